"""The elements of one tensor: arrays to data bytes, and located data bytes to arrays."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.errors import (
    TensorInvalidBoolError,
    TensorInvalidUtf8Error,
    TensorNonzeroPaddingError,
    UnencodableTensorError,
)
from assay.tensors.dtypes import DataType


def pack(array: npt.NDArray[Any], dtype: DataType) -> bytes:
    """The data bytes of a tensor of any fixed-width type, elements in row-major order."""
    if dtype is DataType.BOOL:
        # A view may hide other bytes behind np.bool_; numpy takes them all for true.
        return np.not_equal(array.view(np.uint8), 0).tobytes()
    if dtype.bits < 8:
        octets = np.frombuffer(array.tobytes(), np.uint8).reshape(-1, 1)
        bits = np.unpackbits(octets, axis=1, count=dtype.bits, bitorder="little")
        return np.packbits(bits, bitorder="little").tobytes()
    if dtype.numpy.isbuiltin != 1:
        array = array.view(dtype.wire.newbyteorder("="))
    return array.astype(dtype.wire, copy=False).tobytes()


def pack_strings(array: npt.NDArray[Any]) -> bytes:
    """The data bytes of a tensor of strings: `u32 length + UTF-8` each, in row-major order.

    Raises:
        UnencodableTensorError: an element is not a str, or holds a lone surrogate.
    """
    parts: list[bytes] = []
    for index, text in enumerate(array.astype(np.object_).ravel()):
        if not isinstance(text, str):
            raise UnencodableTensorError(
                f"element {index} is a {type(text).__name__}: expected str; "
                "convert the array with astype first"
            )
        try:
            encoded = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise UnencodableTensorError(
                f"element {index} holds a lone surrogate at character {error.start}: "
                "expected text that UTF-8 can carry"
            ) from error
        parts += (len(encoded).to_bytes(4, "little"), encoded)
    return b"".join(parts)


def unpack(
    payload: bytes, offset: int, dtype: DataType, shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    """The array whose data starts at `offset`, in memory of its own; the bytes are all there.

    Raises:
        TensorInvalidBoolError: a boolean other than 0 and 1.
        TensorNonzeroPaddingError: bits set above the last element of a packed type.
    """
    elements = math.prod(shape)
    if dtype.bits < 8:
        flat = _unpack_bits(payload, offset, dtype, elements)
    else:
        read = np.frombuffer(payload, dtype.wire, elements, offset)
        if dtype is DataType.BOOL:
            _check_booleans(payload, offset, elements)
        flat = read.astype(dtype.wire.newbyteorder("=")).view(dtype.numpy)
    return flat.reshape(shape)


def unpack_strings(
    payload: bytes, spans: list[tuple[int, int]], shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    """The object array of the strings at `spans` (start and end offsets).

    Raises:
        TensorInvalidUtf8Error: bytes that are not strict UTF-8.
    """
    array = np.empty(len(spans), np.object_)
    for index, (start, end) in enumerate(spans):
        try:
            array[index] = payload[start:end].decode("utf-8")
        except UnicodeDecodeError as error:
            at = start + error.start
            raise TensorInvalidUtf8Error(at, payload[at]) from error
    return array.reshape(shape)


def _unpack_bits(payload: bytes, offset: int, dtype: DataType, elements: int) -> npt.NDArray[Any]:
    used = elements * dtype.bits
    size = (used + 7) // 8
    packed = np.frombuffer(payload, np.uint8, size, offset)
    bits = np.unpackbits(packed, bitorder="little")
    if bits[used:].any():
        last = offset + size - 1
        raise TensorNonzeroPaddingError(last, payload[last])
    octets = np.packbits(bits[:used].reshape(elements, dtype.bits), axis=1, bitorder="little")
    return octets.ravel().view(dtype.numpy)


def _check_booleans(payload: bytes, offset: int, elements: int) -> None:
    wrong = np.flatnonzero(np.frombuffer(payload, np.uint8, elements, offset) > 1)
    if wrong.size:
        at = offset + int(wrong[0])
        raise TensorInvalidBoolError(at, payload[at])
