"""Tensors of the vector files, built with `struct` and integer arithmetic alone."""

import struct
from collections.abc import Sequence

from vector_file import Json

MAX_ELEMENTS = 2**27

# name: (ONNX code, bits of an element; 0 for strings)
DTYPES = {
    "FLOAT": (1, 32),
    "UINT8": (2, 8),
    "INT8": (3, 8),
    "UINT16": (4, 16),
    "INT16": (5, 16),
    "INT32": (6, 32),
    "INT64": (7, 64),
    "STRING": (8, 0),
    "BOOL": (9, 8),
    "FLOAT16": (10, 16),
    "DOUBLE": (11, 64),
    "UINT32": (12, 32),
    "UINT64": (13, 64),
    "COMPLEX64": (14, 64),
    "COMPLEX128": (15, 128),
    "BFLOAT16": (16, 16),
    "FLOAT8E4M3FN": (17, 8),
    "FLOAT8E4M3FNUZ": (18, 8),
    "FLOAT8E5M2": (19, 8),
    "FLOAT8E5M2FNUZ": (20, 8),
    "UINT4": (21, 4),
    "INT4": (22, 4),
    "FLOAT4E2M1": (23, 4),
    "FLOAT8E8M0": (24, 8),
    "UINT2": (25, 2),
    "INT2": (26, 2),
    "FLOAT6E2M3": (27, 6),
    "FLOAT6E3M2": (28, 6),
}


def hexadecimal(data: bytes) -> str:
    return "0x" + data.hex()


def header(dtype: str, shape: Sequence[int]) -> bytes:
    return struct.pack(f"<BB{len(shape)}I", DTYPES[dtype][0], len(shape), *shape)


def tensor(dtype: str, shape: Sequence[int], data: bytes, values: Sequence[object]) -> Json:
    """What a decoder must find: `values` are texts, in row-major order."""
    return {
        "dtype": dtype,
        "code": DTYPES[dtype][0],
        "shape": list(shape),
        "data": hexadecimal(data),
        "values": [str(value) for value in values],
    }


def integers(dtype: str, shape: Sequence[int], values: Sequence[int]) -> Json:
    """Integers of any width, packed from the lowest bit of the first byte upwards."""
    bits = DTYPES[dtype][1]
    packed = sum((value % (1 << bits)) << (bits * index) for index, value in enumerate(values))
    size = (bits * len(values) + 7) // 8
    return tensor(dtype, shape, packed.to_bytes(size, "little"), values)


def coded(dtype: str, shape: Sequence[int], codes: dict[int, float]) -> Json:
    """Floats given as bit patterns beside their values."""
    values = [float(value).hex() for value in codes.values()]
    return {**integers(dtype, shape, list(codes)), "values": values}


def floats(dtype: str, shape: Sequence[int], values: Sequence[float]) -> Json:
    letter = {"FLOAT16": "e", "FLOAT": "f", "DOUBLE": "d"}[dtype]
    data = struct.pack(f"<{len(values)}{letter}", *values)
    return tensor(dtype, shape, data, [value.hex() for value in values])


def complexes(dtype: str, values: Sequence[complex]) -> Json:
    letter = {"COMPLEX64": "f", "COMPLEX128": "d"}[dtype]
    data = b"".join(struct.pack(f"<2{letter}", value.real, value.imag) for value in values)
    texts = [f"{value.real.hex()} {value.imag.hex()}" for value in values]
    return tensor(dtype, [len(values)], data, texts)


def string(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def strings(shape: Sequence[int], values: Sequence[str]) -> Json:
    return tensor("STRING", shape, b"".join(string(value.encode()) for value in values), values)
