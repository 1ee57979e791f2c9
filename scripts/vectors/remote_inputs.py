"""Writes tests/vectors/remote_inputs.json: references that both implementations must meet.

Run it from anywhere: `python scripts/vectors/remote_inputs.py`, with `--check` to compare only. It
imports nothing of the package, so that the vectors can disagree with the code under test.
"""

import hashlib
import struct
from collections.abc import Iterator

from tensor_blocks import hexadecimal
from vector_file import Json, write_or_check

DIGEST = hashlib.sha256(b"\x00").digest()
MOST_BYTES = 2**30
URI = b"https://a.example/x"

Malformed = tuple[str, bytes, str, int, int]


def main() -> None:
    write_or_check(
        "remote_inputs.json", {"valid": list(valid_cases()), "malformed": list(malformed_cases())}
    )


def head(size: int = 1, count: int = 1, version: int = 1) -> bytes:
    return b"\xff\x00" + bytes([version]) + DIGEST + struct.pack("<Q", size) + bytes([count])


def text(uri: bytes) -> bytes:
    return struct.pack("<H", len(uri)) + uri


def reference(size: int, *uris: bytes) -> bytes:
    return head(size, len(uris)) + b"".join(map(text, uris))


def valid_cases() -> Iterator[Json]:
    cases: list[tuple[str, int, list[str]]] = [
        ("one place", 1, [URI.decode()]),
        ("three places", 12_582_931, ["https://a.example/x", "ipfs://bafy/x", "file:///a/x"]),
        ("largest payload", MOST_BYTES, ["x"]),
        ("most and longest places", 2**24 + 5, [f"{number}" + "x" * 511 for number in range(8)]),
        ("the same place twice", 258, ["x", "x"]),
        ("beyond ASCII", 7, ["https://ä.example/€/𝄞"]),
        ("no URI, but a text", 7, [" \u0000 "]),
    ]
    for name, size, uris in cases:
        yield {
            "name": name,
            "input": hexadecimal(reference(size, *(uri.encode() for uri in uris))),
            "digest": hexadecimal(DIGEST),
            "size": size,
            "uris": uris,
        }


def malformed_cases() -> Iterator[Json]:
    cases = [*first_cases(), *truncated_cases(), *bound_cases(), *text_cases(), *order_cases()]
    for name, given, failure, *args in cases:
        yield {
            "name": name,
            "input": hexadecimal(given),
            "failure": failure,
            "args": [str(arg) for arg in args],
        }


def first_cases() -> Iterator[Malformed]:
    yield "no bytes at all", b"", "Truncated", 2, 0
    yield "one byte", b"\xff", "Truncated", 2, 1
    yield "a payload", b"\x01\x01\x00" + bytes(4), "Unmarked", 0xFF00, 0x0101
    yield "a payload of 255 tensors", b"\xff\x01\x00", "Unmarked", 0xFF00, 0xFF01
    yield "the empty payload", b"\x00\x00", "Unmarked", 0xFF00, 0
    yield "no version", b"\xff\x00", "Truncated", 3, 2
    yield "version 0", head(version=0) + text(URI), "UnknownVersion", 1, 0
    yield "version 2", head(version=2) + text(URI), "UnknownVersion", 1, 2
    yield "version 255 alone", b"\xff\x00\xff", "UnknownVersion", 1, 255


def truncated_cases() -> Iterator[Malformed]:
    whole = reference(1, URI, b"y")
    yield "nothing after the version", whole[:3], "Truncated", 44, 3
    yield "digest cut", whole[:34], "Truncated", 44, 34
    yield "size cut", whole[:42], "Truncated", 44, 42
    yield "no count", whole[:43], "Truncated", 44, 43
    yield "no URI", whole[:44], "Truncated", 46, 44
    yield "length cut", whole[:45], "Truncated", 46, 45
    yield "URI cut", whole[:64], "Truncated", 65, 64
    yield "second URI missing", whole[:65], "Truncated", 67, 65
    yield "second URI cut", whole[:-1], "Truncated", 68, 67
    yield "a byte trails", whole + b"\x00", "Trailing", 68, 69
    yield "a third URI trails", whole + text(b"z"), "Trailing", 68, 71


def bound_cases() -> Iterator[Malformed]:
    yield "size 0", reference(0, URI), "Size", MOST_BYTES, 0
    yield "size above the bound", reference(MOST_BYTES + 1, URI), "Size", MOST_BYTES, MOST_BYTES + 1
    yield "largest number as size", reference(2**64 - 1, URI), "Size", MOST_BYTES, 2**64 - 1
    yield "no places", reference(1), "UriCount", 8, 0
    yield "nine places", reference(1, *[b"x"] * 9), "UriCount", 8, 9
    yield "255 places", head(count=255) + text(URI), "UriCount", 8, 255
    yield "URI without text", reference(1, b""), "UriLength", 512, 0
    yield "second URI without text", reference(1, URI, b""), "UriLength", 512, 0
    yield "URI too long", reference(1, b"x" * 513), "UriLength", 512, 513
    yield "length in the other order", head() + b"\x00\x13" + URI, "UriLength", 512, 0x1300


def text_cases() -> Iterator[Malformed]:
    yield "continuation byte alone", reference(1, b"a\x80"), "InvalidUtf8", 47, 0x80
    yield "overlong", reference(1, b"\xc0\xaf"), "InvalidUtf8", 46, 0xC0
    yield "surrogate", reference(1, b"abc\xed\xa0\x80"), "InvalidUtf8", 49, 0xED
    yield "above U+10FFFF", reference(1, b"\xf4\x90\x80\x80"), "InvalidUtf8", 46, 0xF4
    yield "sequence cut by the end", reference(1, b"x", b"\xe2\x82"), "InvalidUtf8", 49, 0xE2


def order_cases() -> Iterator[Malformed]:
    """Of several faults the first is told."""
    yield "version and length", b"\xff\x00\x02\x00", "UnknownVersion", 1, 2
    yield "size and count", head(0, 0), "Size", MOST_BYTES, 0
    yield "length and text cut", head() + b"\xff\xff", "UriLength", 512, 0xFFFF
    yield "text and what trails", reference(1, b"\xff") + b"\x00", "InvalidUtf8", 46, 0xFF


if __name__ == "__main__":
    main()
