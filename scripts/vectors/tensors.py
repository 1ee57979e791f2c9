"""Writes tests/vectors/tensors.json: payloads that both implementations of the encoding must meet.

Run it from anywhere: `python scripts/vectors/tensors.py`, with `--check` to compare only. It
imports nothing of the package, so that the vectors can disagree with the code under test.
"""

from collections.abc import Iterator

from tensor_blocks import (
    DTYPES,
    MAX_ELEMENTS,
    coded,
    complexes,
    floats,
    header,
    hexadecimal,
    integers,
    strings,
)
from tensors_malformed import malformed_cases
from vector_file import Json, write_or_check

NAN, INFINITY = float("nan"), float("inf")


def valid(name: str, *tensors: Json) -> Json:
    payload = bytes([len(tensors)])
    for one in tensors:
        payload += header(one["dtype"], one["shape"]) + bytes.fromhex(one["data"][2:])
    return {"name": name, "payload": hexadecimal(payload), "tensors": list(tensors)}


def valid_cases() -> Iterator[Json]:
    yield valid("empty payload")
    yield valid("float scalar", floats("FLOAT", [], [1.5]))
    yield valid("float vector", floats("FLOAT", [3], [1.5, -0.25, 3.0]))
    yield valid("float matrix row major", floats("FLOAT", [2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    yield valid(
        "float special bits",
        coded(
            "FLOAT",
            [9],
            {
                0x00000000: 0.0,
                0x80000000: -0.0,
                0x00000001: 2**-149,
                0x7F7FFFFF: (2 - 2**-23) * 2**127,
                0x7F800000: INFINITY,
                0xFF800000: -INFINITY,
                0x7FC00000: NAN,
                0xFFC12345: NAN,
                0x7F800001: NAN,
            },
        ),
    )
    yield valid("rank eight", floats("FLOAT", [1, 1, 1, 2, 1, 1, 1, 1], [0.5, -0.5]))
    yield from integer_cases()
    yield from small_float_cases()
    yield valid("float16", floats("FLOAT16", [3], [1.0, -2.5, 65504.0]))
    yield valid("double", floats("DOUBLE", [3], [0.1, -0.0, 1e300]))
    yield valid("complex64", complexes("COMPLEX64", [1.5 - 2.5j, -0.0 + 1j]))
    yield valid("complex128", complexes("COMPLEX128", [0.1 + 0.2j, 3.0 - 4.0j]))
    yield valid("booleans in one word", integers("BOOL", [2, 2], [1, 0, 0, 1]))
    yield valid(
        "booleans over a word", integers("BOOL", [35], [int(i % 3 == 0) for i in range(35)])
    )
    yield from string_cases()
    yield from empty_tensor_cases()
    yield valid(
        "label and probabilities",
        integers("INT64", [1], [7]),
        floats("FLOAT", [1, 2], [0.25, 0.75]),
    )
    yield valid(
        "every kind together",
        integers("UINT4", [3], [1, 2, 3]),
        strings([2], ["no", "ýes"]),
        integers("BOOL", [1], [1]),
        floats("DOUBLE", [], [2.0]),
        integers("INT8", [2], [-1, 1]),
    )
    yield valid("most tensors", *[integers("UINT8", [1], [i]) for i in range(255)])


def integer_cases() -> Iterator[Json]:
    for bits in (2, 4, 8, 16, 32, 64):
        top = 1 << bits
        yield valid(f"uint{bits}", integers(f"UINT{bits}", [4], [0, 1, top // 2, top - 1]))
        signed = [0, -1, top // 2 - 1, -top // 2]
        yield valid(f"int{bits}", integers(f"INT{bits}", [2, 2], signed))
    for count in (1, 2, 3, 5):
        yield valid(
            f"uint4 of {count}", integers("UINT4", [count], list(range(15, 15 - count, -1)))
        )
        yield valid(f"int2 of {count}", integers("INT2", [count], [-1, 1, -2, 0, 1][:count]))
    yield valid("int4 scalar", integers("INT4", [], [-8]))
    yield valid("int4 over words", integers("INT4", [70], [i % 16 - 8 for i in range(70)]))


def small_float_cases() -> Iterator[Json]:
    named: dict[str, dict[int, float]] = {
        "BFLOAT16": {0x3F80: 1, 0xBF80: -1, 0x0001: 2**-133, 0xFF80: -INFINITY, 0x7FC1: NAN},
        "FLOAT8E4M3FN": {0x38: 1, 0xB8: -1, 0x01: 2**-9, 0x7E: 448, 0x7F: NAN},
        "FLOAT8E4M3FNUZ": {0x40: 1, 0xC0: -1, 0x01: 2**-10, 0x7F: 240, 0x80: NAN},
        "FLOAT8E5M2": {0x3C: 1, 0xBC: -1, 0x01: 2**-16, 0x7B: 57344, 0x7C: INFINITY, 0x7D: NAN},
        "FLOAT8E5M2FNUZ": {0x40: 1, 0xC0: -1, 0x01: 2**-17, 0x7F: 57344, 0x80: NAN},
        "FLOAT8E8M0": {0x7F: 1, 0x00: 2**-127, 0xFE: 2**127, 0xFF: NAN},
        "FLOAT4E2M1": {0x2: 1, 0xA: -1, 0x1: 0.5, 0x7: 6, 0x8: -0.0},
        "FLOAT6E2M3": {0x08: 1, 0x28: -1, 0x01: 0.125, 0x1F: 7.5, 0x20: -0.0},
        "FLOAT6E3M2": {0x0C: 1, 0x2C: -1, 0x01: 0.0625, 0x1F: 28},
    }
    for dtype, codes in named.items():
        yield valid(dtype.lower(), coded(dtype, [len(codes)], codes))
    for count in (1, 2, 3):
        codes = dict(list(named["FLOAT6E2M3"].items())[:count])
        yield valid(f"float6e2m3 of {count}", coded("FLOAT6E2M3", [count], codes))


def string_cases() -> Iterator[Json]:
    yield valid("string scalar", strings([], ["assay"]))
    yield valid("strings of every width", strings([2, 3], ["", "a", "é", "€", "😀", "a\0b"]))
    edges = ["\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufeff", "\uffff"]
    yield valid("string edges", strings([10], [*edges, "\U00010000", "\U0010ffff"]))
    yield valid(
        "long strings",
        strings([4], ["x" * 32, "x" * 33 + "é", "x" * 31 + "😀" + "y" * 40, "ß" * 40]),
    )


def empty_tensor_cases() -> Iterator[Json]:
    yield valid("no floats", floats("FLOAT", [0], []))
    yield valid("no rows", floats("FLOAT", [0, 4], []), floats("FLOAT", [1], [1.0]))
    yield valid("zero in the middle", integers("INT64", [2, 0, 3], []))
    yield valid("no strings", strings([0], []))
    yield valid("no nibbles", integers("UINT4", [3, 0], []))
    yield valid("no booleans", integers("BOOL", [0], []))
    yield valid("empty at the bound", integers("UINT8", [0, MAX_ELEMENTS], []))


if __name__ == "__main__":
    write_or_check(
        "tensors.json",
        {
            "dtypes": [
                {"name": n, "code": code, "bits": bits} for n, (code, bits) in DTYPES.items()
            ],
            "valid": list(valid_cases()),
            "malformed": list(malformed_cases()),
        },
    )
