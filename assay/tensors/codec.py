"""Payloads: a list of arrays to bytes and back. The layout is specified in docs/encoding.md."""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.errors import (
    TensorRankTooHighError,
    TensorTooManyElementsError,
    TensorTrailingError,
    TensorTruncatedError,
    TensorUnknownDtypeError,
    UnencodableTensorError,
)
from assay.tensors.dtypes import DataType
from assay.tensors.elements import pack, pack_strings, unpack, unpack_strings
from assay.tensors.limits import MAX_ELEMENTS, MAX_RANK, MAX_TENSORS, Limits

EMPTY_PAYLOAD = b"\x00"
"""Zero tensors: the right answer to an input that does not decode to the model's signature."""

NO_LIMITS = Limits()


def encode(arrays: Sequence[npt.NDArray[Any]]) -> bytes:
    """The payload of `arrays`, in their order; equal arrays give equal bytes.

    Any memory layout, byte order and shape, 0-d and zero-size included. Strings are str arrays,
    or object arrays whose elements are all str.

    Raises:
        UnencodableTensorError: too many arrays, or one whose dtype, rank, size or text does not
            fit; the message gives its index.
    """
    if len(arrays) > MAX_TENSORS:
        raise UnencodableTensorError(
            f"{len(arrays)} tensors: a payload holds at most {MAX_TENSORS}; concatenate some"
        )
    parts = [bytes((len(arrays),))]
    for index, array in enumerate(arrays):
        try:
            parts.append(_encode_tensor(array))
        except UnencodableTensorError as error:
            raise UnencodableTensorError(f"tensor {index}: {error}") from error
    return b"".join(parts)


def decode(payload: bytes, *, limits: Limits = NO_LIMITS) -> list[npt.NDArray[Any]]:
    """The arrays of `payload`: native byte order, writable, strings as object arrays of str.

    Whatever this accepts, `encode` writes back to the same bytes.

    Raises:
        MalformedPayloadError: the bytes are no payload; the child says why and where.
        PayloadLimitError: the payload is over one of the caller's own `limits`.
    """
    limits.check_payload(len(payload))
    reader = _Reader(payload)
    arrays: list[npt.NDArray[Any]] = []
    elements = 0
    for _ in range(reader.u8()):
        dtype, shape = _read_header(reader)
        elements += math.prod(shape)
        limits.check_elements(elements)
        arrays.append(_read_array(reader, dtype, shape))
    if reader.position != len(payload):
        raise TensorTrailingError(reader.position, len(payload))
    return arrays


class _Reader:
    """Walks a payload from its start and never past its end."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.position = 0

    def skip(self, size: int) -> int:
        """Move over `size` bytes and return the offset of the first."""
        start, end = self.position, self.position + size
        if end > len(self.payload):
            raise TensorTruncatedError(end, len(self.payload))
        self.position = end
        return start

    def u8(self) -> int:
        return self.payload[self.skip(1)]

    def u32(self) -> int:
        start = self.skip(4)
        return int.from_bytes(self.payload[start : start + 4], "little")


def _encode_tensor(array: npt.NDArray[Any]) -> bytes:
    if not isinstance(array, np.ndarray):
        raise UnencodableTensorError(
            f"{type(array).__name__} is no numpy array: convert it with numpy.asarray"
        )
    dtype = DataType.of(array)
    if array.ndim > MAX_RANK:
        raise UnencodableTensorError(f"rank {array.ndim}: expected at most {MAX_RANK}; reshape it")
    if _saturating_product(array.shape) > MAX_ELEMENTS:
        raise UnencodableTensorError(
            f"shape {array.shape}: expected at most {MAX_ELEMENTS} elements; split the tensor"
        )
    header = struct.pack(f"<BB{array.ndim}I", dtype, array.ndim, *array.shape)
    return header + (pack_strings(array) if dtype is DataType.STRING else pack(array, dtype))


def _read_header(reader: _Reader) -> tuple[DataType, tuple[int, ...]]:
    code = reader.u8()
    try:
        dtype = DataType(code)
    except ValueError as error:
        raise TensorUnknownDtypeError(reader.position - 1, code) from error
    rank = reader.u8()
    if rank > MAX_RANK:
        raise TensorRankTooHighError(MAX_RANK, rank)
    shape = struct.unpack_from(f"<{rank}I", reader.payload, reader.skip(4 * rank))
    product = _saturating_product(shape)
    if product > MAX_ELEMENTS:
        raise TensorTooManyElementsError(MAX_ELEMENTS, product)
    return dtype, shape


def _read_array(reader: _Reader, dtype: DataType, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    elements = math.prod(shape)
    if dtype is not DataType.STRING:
        start = reader.skip((elements * dtype.bits + 7) // 8)
        return unpack(reader.payload, start, dtype, shape)
    spans: list[tuple[int, int]] = []
    for _ in range(elements):
        start = reader.skip(reader.u32())
        spans.append((start, reader.position))
    return unpack_strings(reader.payload, spans, shape)


def _saturating_product(shape: Sequence[int]) -> int:
    """The product of the dims, a zero counted as one, up to the first that is over the bound.

    Zeros count as one because the other dims of an empty tensor must be bounded as well: numpy
    refuses shapes whose non-zero dims overflow.
    """
    product = 1
    for dim in shape:
        product *= max(dim, 1)
        if product > MAX_ELEMENTS:
            break
    return product
