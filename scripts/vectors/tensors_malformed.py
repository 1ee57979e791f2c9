"""Malformed payloads, each with the error's name and its two arguments (docs/encoding.md)."""

import struct
from collections.abc import Iterator, Sequence

from tensor_blocks import MAX_ELEMENTS, header, hexadecimal, string
from vector_file import Json


def malformed_cases() -> Iterator[Json]:
    cases = [
        *truncated_cases(),
        *trailing_cases(),
        *header_cases(),
        *content_cases(),
        *utf8_cases(),
        *precedence_cases(),
    ]
    for name, payload, error, *args in cases:
        yield {
            "name": name,
            "payload": hexadecimal(payload),
            "failure": error,
            "args": [str(arg) for arg in args],
        }


Case = tuple[str, bytes, str, int, int]

VECTOR = bytes([1]) + header("FLOAT", [3]) + struct.pack("<3f", 1.5, -0.25, 3.0)
TEXTS = bytes([1]) + header("STRING", [2]) + string(b"no") + string(b"yes")


def truncated_cases() -> Iterator[Case]:
    def case(name: str, payload: bytes, needed: int) -> Case:
        return (name, payload, "Truncated", needed, len(payload))

    yield case("no bytes at all", b"", 1)
    yield case("count without tensor", b"\x01", 2)
    yield case("dtype without rank", b"\x01\x01", 3)
    yield case("rank without dims", b"\x01\x01\x02", 11)
    yield case("dims cut", VECTOR[:6], 7)
    yield case("data missing", VECTOR[:7], 19)
    yield case("data cut", VECTOR[:-1], 19)
    yield case("count too high", b"\x02" + VECTOR[1:], 20)
    yield case("scalar without data", bytes([1]) + header("DOUBLE", []), 11)
    yield case("packed data cut", bytes([1]) + header("UINT4", [3]) + b"\x21", 9)
    yield case("six bit data cut", bytes([1]) + header("FLOAT6E2M3", [3]) + b"\x08\x08", 10)
    yield case("string length missing", TEXTS[:7], 11)
    yield case("string length cut", TEXTS[:15], 17)
    yield case("string cut", TEXTS[:-1], 20)
    yield case("string of 4 GiB", bytes([1]) + header("STRING", []) + b"\xff" * 4, 7 + 2**32 - 1)
    yield case("floats at the bound", bytes([1]) + header("FLOAT", [MAX_ELEMENTS]), 7 + 2**29)
    yield case("strings at the bound", bytes([1]) + header("STRING", [MAX_ELEMENTS]), 11)


def trailing_cases() -> Iterator[Case]:
    def case(name: str, payload: bytes, expected: int) -> Case:
        return (name, payload, "Trailing", expected, len(payload))

    yield case("trailing after nothing", b"\x00\x00", 1)
    yield case("trailing byte", VECTOR + b"\x00", 19)
    yield case("trailing tensor", VECTOR + VECTOR[1:], 19)
    yield case("trailing after strings", TEXTS + b"\x00" * 40, 20)
    yield case("count too low", b"\x00" + VECTOR[1:], 1)


def header_cases() -> Iterator[Case]:
    def dims(name: str, shape: Sequence[int], product: int) -> Case:
        payload = bytes([1]) + header("FLOAT", shape)
        return (name, payload, "TooManyElements", MAX_ELEMENTS, product)

    for code in (0, 29, 128, 255):
        yield (f"dtype {code}", bytes([1, code, 0, 0, 0, 0, 0]), "UnknownDtype", 1, code)
    second = VECTOR[1:] + b"\x1d\x00"
    yield ("second dtype unknown", b"\x02" + second, "UnknownDtype", 19, 29)
    yield (
        "rank 9",
        bytes([1, 1, 9]) + struct.pack("<9I", *[1] * 9) + bytes(4),
        "RankTooHigh",
        8,
        9,
    )
    yield ("rank 255", bytes([1, 1, 255]), "RankTooHigh", 8, 255)
    yield dims("one dim over the bound", [MAX_ELEMENTS + 1], MAX_ELEMENTS + 1)
    yield dims("greatest dims", [2**32 - 1] * 8, 2**32 - 1)
    yield dims("product over the bound", [2, MAX_ELEMENTS], 2 * MAX_ELEMENTS)
    yield dims("product of 2**64", [2**16] * 4, 2**32)
    yield dims("over the bound beside zero", [0, 2**32 - 1], 2**32 - 1)
    yield dims("over the bound before zero", [2**14, 2**14, 0], 2**28)


def content_cases() -> Iterator[Case]:
    flags = bytes([1]) + header("BOOL", [3])
    yield ("boolean 2", flags + b"\x01\x02\x00", "InvalidBool", 8, 2)
    yield ("boolean 255 first", flags + b"\xff\x00\x80", "InvalidBool", 7, 255)
    many = bytes([1]) + header("BOOL", [70])
    yield ("boolean in the second word", many + b"\x01" * 40 + b"\x03" * 30, "InvalidBool", 47, 3)
    yield ("boolean last", many + b"\x00" * 69 + b"\x80", "InvalidBool", 76, 128)
    for dtype, count, data in (
        ("UINT4", 1, b"\x10"),
        ("INT4", 3, b"\x21\xf3"),
        ("FLOAT4E2M1", 1, b"\x80"),
        ("UINT2", 1, b"\x04"),
        ("INT2", 3, b"\x40"),
        ("INT2", 5, b"\x00\x04"),
        ("FLOAT6E2M3", 1, b"\x48"),
        ("FLOAT6E3M2", 2, b"\x00\x10"),
        ("FLOAT6E3M2", 3, b"\x00\x00\x80"),
    ):
        payload = bytes([1]) + header(dtype, [count]) + data
        name = f"padding of {dtype} of {count}"
        yield (name, payload, "NonzeroPadding", len(payload) - 1, payload[-1])


def utf8_cases() -> Iterator[Case]:
    """Strings whose bad sequence starts after `good` bytes."""
    for name, good, bad in (
        ("lone continuation", b"", b"\x80"),
        ("continuation after text", b"ab\xc3\xa9", b"\xbf"),
        ("overlong two bytes", b"", b"\xc0\x80"),
        ("overlong two bytes, highest", b"", b"\xc1\xbf"),
        ("overlong three bytes", b"", b"\xe0\x80\x80"),
        ("overlong three bytes, highest", b"", b"\xe0\x9f\xbf"),
        ("overlong four bytes", b"", b"\xf0\x80\x80\x80"),
        ("overlong four bytes, highest", b"", b"\xf0\x8f\xbf\xbf"),
        ("first surrogate", b"", b"\xed\xa0\x80"),
        ("last surrogate", b"x", b"\xed\xbf\xbf"),
        ("above the last character", b"", b"\xf4\x90\x80\x80"),
        ("lead byte f5", b"", b"\xf5\x80\x80\x80"),
        ("lead byte ff", b"", b"\xff"),
        ("two bytes cut", b"abc", b"\xc3"),
        ("three bytes cut", b"", b"\xe2\x82"),
        ("four bytes cut", b"", b"\xf0\x9f\x98"),
        ("two bytes broken", b"", b"\xc3A"),
        ("two bytes followed by lead", b"", b"\xc3\xc3\xa9"),
        ("three bytes broken last", b"", b"\xe2\x82A"),
        ("three bytes broken middle", b"", b"\xe2A\xac"),
        ("four bytes broken last", b"", b"\xf0\x9f\x98A"),
        ("four bytes broken third", b"", b"\xf0\x9fA\x80"),
        ("bad right after a word of text", b"x" * 32, b"\x80"),
        ("bad in the second word of text", b"x" * 45, b"\xff\x41"),
        ("bad after wide text", "😀€é".encode() * 9, b"\x80"),
        ("bad at the end of a word", b"x" * 31, b"\xf0\x9f\x98"),
    ):
        payload = bytes([1]) + header("STRING", [1]) + string(good + bad)
        yield (f"utf-8: {name}", payload, "InvalidUtf8", 11 + len(good), bad[0])
    # The next string starts with bytes that would complete the sequence (a length of 0x80...).
    split = bytes([1]) + header("STRING", [2]) + string(b"\xc3") + string(b"y" * 0xA9)
    yield ("utf-8: completed by the next length", split, "InvalidUtf8", 11, 0xC3)
    second = bytes([1]) + header("STRING", [2]) + string(b"fine") + string(b"b\xc0d")
    yield ("utf-8: second string", second, "InvalidUtf8", 20, 0xC0)


def precedence_cases() -> Iterator[Case]:
    """Two faults at once: the header before the data, lengths before contents, the end last."""
    bad_text = header("STRING", [2]) + string(b"\xff")
    yield ("cut after bad text", b"\x01" + bad_text, "Truncated", 16, 12)
    yield (
        "bad boolean, then trailing",
        b"\x01" + header("BOOL", [1]) + b"\x02\x00",
        "InvalidBool",
        7,
        2,
    )
    yield (
        "bad boolean, then bad dtype",
        b"\x02" + header("BOOL", []) + b"\x02\x00",
        "InvalidBool",
        3,
        2,
    )
    yield ("unknown dtype, then cut", b"\x01\x1e", "UnknownDtype", 1, 30)
    yield ("rank too high, then cut", b"\x01\x08\x09", "RankTooHigh", 8, 9)
