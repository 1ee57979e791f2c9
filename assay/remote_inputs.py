"""Inputs by reference: where a job's input lies, in place of the input itself.

The layout is specified in docs/encoding.md.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy.typing as npt

from assay.errors import TensorError
from assay.tensors import decode, encode

MARK = b"\xff\x00"
"""The first bytes of a reference, and of no payload: 255 tensors, the first of a type ONNX calls
UNDEFINED."""

VERSION = 1

MAX_INPUT_BYTES = 1 << 30
"""Of the payload that a reference names."""

MAX_URIS = 8
MAX_URI_BYTES = 512
"""The registry's bounds, too."""

_HEAD = struct.Struct("<2sB32sQB")
_LENGTH = struct.Struct("<H")
_VERSION_AT = len(MARK)


class RemoteInputError(TensorError):
    """Something about an input by reference was refused."""


class UnencodableReferenceError(RemoteInputError):
    """A reference that cannot be written: its digest, size or URIs are out of bounds."""


class MalformedReferenceError(RemoteInputError):
    """Bytes that begin like a reference and are none; as an input they fit no model.

    Every child carries two integers in `args`, the same two as the error of the same name in
    `contracts/libraries/RemoteInputs.sol`. Offsets count bytes from the start of the reference.
    """

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first, second)


class RemoteInputUnmarkedError(MalformedReferenceError):
    """`args`: the first two bytes of a reference as a number, those received."""

    def __str__(self) -> str:
        expected, received = self.args
        return f"begins with {received:04x}: a reference begins with {expected:04x}"


class RemoteInputTruncatedError(MalformedReferenceError):
    """`args`: the length in bytes that is needed at least, the length received."""

    def __str__(self) -> str:
        needed, length = self.args
        return f"reference ends after {length} bytes where at least {needed} are needed"


class RemoteInputTrailingError(MalformedReferenceError):
    """`args`: the length in bytes that the reference takes, the length received."""

    def __str__(self) -> str:
        expected, length = self.args
        return f"reference has {length} bytes but ends after {expected}: remove those that trail"


class RemoteInputSizeError(MalformedReferenceError):
    """`args`: the largest size of a payload in bytes, the size received."""

    def __str__(self) -> str:
        most, received = self.args
        return f"reference to {received} bytes: expected 1 to {most}"


class RemoteInputUriCountError(MalformedReferenceError):
    """`args`: the most URIs, the number received."""

    def __str__(self) -> str:
        most, received = self.args
        return f"reference with {received} URIs: expected 1 to {most}"


class RemoteInputUriLengthError(MalformedReferenceError):
    """`args`: the longest URI in bytes, the length received."""

    def __str__(self) -> str:
        longest, received = self.args
        return f"URI of {received} bytes in a reference: expected 1 to {longest}"


class RemoteInputInvalidUtf8Error(MalformedReferenceError):
    """`args`: the offset of the first byte of the bad sequence, that byte."""

    def __str__(self) -> str:
        offset, byte = self.args
        return f"invalid UTF-8 from byte {offset} (0x{byte:02x}) of a reference"


class RemoteInputUnknownVersionError(RemoteInputError):
    """`args`: the version that is known here, the version received.

    Others may know it, so that nothing about the input follows: who meets it abstains.
    """

    def __str__(self) -> str:
        known, received = self.args
        return f"reference of version {received}: {known} is known here; update, or post that one"


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteInput:
    """An encoded payload by its sha256 and size, and the URIs that serve it.

    Raises UnencodableReferenceError when it is made of what a reference cannot hold.
    """

    sha256: bytes
    size: int
    """Bytes."""
    uris: tuple[str, ...]
    """Tried in this order. They are public: put no password or token into one."""

    def __post_init__(self) -> None:
        faults = "; ".join(self._faults())
        if faults:
            raise UnencodableReferenceError(f"no input can be referred to so: {faults}")

    @classmethod
    def of(cls, inputs: bytes | Sequence[npt.NDArray[Any]], uris: Sequence[str]) -> Self:
        """The reference to an encoded payload, or to that of arrays in the model's order.

        The payload is what the URIs have to serve, byte for byte: `assay.tensors.encode` makes it.

        Raises MalformedPayloadError, UnencodableTensorError or UnencodableReferenceError.
        """
        payload = inputs if isinstance(inputs, bytes) else encode(inputs)
        decode(payload)
        digest = hashlib.sha256(payload).digest()
        return cls(sha256=digest, size=len(payload), uris=tuple(uris))

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The reference that these bytes are.

        Raises MalformedReferenceError, whose child says why and where, or
        RemoteInputUnknownVersionError.
        """
        _need(data, len(MARK))
        if not is_reference(data):
            raise RemoteInputUnmarkedError(_number(MARK), _number(data[: len(MARK)]))
        _need(data, _VERSION_AT + 1)
        if data[_VERSION_AT] != VERSION:
            raise RemoteInputUnknownVersionError(VERSION, data[_VERSION_AT])
        _need(data, _HEAD.size)
        _, _, digest, size, count = _HEAD.unpack_from(data)
        if not 1 <= size <= MAX_INPUT_BYTES:
            raise RemoteInputSizeError(MAX_INPUT_BYTES, size)
        if not 1 <= count <= MAX_URIS:
            raise RemoteInputUriCountError(MAX_URIS, count)
        position, uris = _HEAD.size, []
        for _ in range(count):
            uri, position = _uri(data, position)
            uris.append(uri)
        if position != len(data):
            raise RemoteInputTrailingError(position, len(data))
        return cls(sha256=digest, size=size, uris=tuple(uris))

    def encode(self) -> bytes:
        """The bytes to post as a job's input."""
        head = _HEAD.pack(MARK, VERSION, self.sha256, self.size, len(self.uris))
        texts = [uri.encode() for uri in self.uris]
        return head + b"".join(_LENGTH.pack(len(text)) + text for text in texts)

    def _faults(self) -> Iterator[str]:
        if len(self.sha256) != hashlib.sha256().digest_size:
            yield f"a sha256 of {len(self.sha256)} bytes, expected 32"
        if not 1 <= self.size <= MAX_INPUT_BYTES:
            yield f"{self.size} bytes, expected 1 to {MAX_INPUT_BYTES}"
        if not 1 <= len(self.uris) <= MAX_URIS:
            yield f"{len(self.uris)} URIs, expected 1 to {MAX_URIS}"
        for uri in self.uris:
            length = len(uri.encode("utf-8", "replace"))
            if not 1 <= length <= MAX_URI_BYTES:
                yield f"a URI of {length} bytes, expected 1 to {MAX_URI_BYTES}"
            elif any("\ud800" <= character <= "\udfff" for character in uri):
                yield "a URI with half of a surrogate pair, which UTF-8 cannot hold"


def is_reference(data: bytes) -> bool:
    """Whether an input says that it is a reference, well formed or not."""
    return data[: len(MARK)] == MARK


def check_input(data: bytes) -> None:
    """Whether these bytes are an input that some model could take: a payload, or a reference.

    Raises MalformedPayloadError, MalformedReferenceError or RemoteInputUnknownVersionError.
    """
    if is_reference(data):
        RemoteInput.decode(data)
    else:
        decode(data)


def find(data: bytes) -> RemoteInput | None:
    """The reference that an input is; None for a payload, and for what is neither.

    Raises RemoteInputUnknownVersionError.
    """
    if not is_reference(data):
        return None
    try:
        return RemoteInput.decode(data)
    except MalformedReferenceError:
        return None


def _uri(data: bytes, position: int) -> tuple[str, int]:
    """The URI whose length is at `position`, and where it ends."""
    start = position + _LENGTH.size
    _need(data, start)
    (length,) = _LENGTH.unpack_from(data, position)
    if not 1 <= length <= MAX_URI_BYTES:
        raise RemoteInputUriLengthError(MAX_URI_BYTES, length)
    end = start + length
    _need(data, end)
    try:
        return data[start:end].decode(), end
    except UnicodeDecodeError as error:
        offset = start + error.start
        raise RemoteInputInvalidUtf8Error(offset, data[offset]) from None


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise RemoteInputTruncatedError(size, len(data))


def _number(first: bytes) -> int:
    return int.from_bytes(first, "big")
