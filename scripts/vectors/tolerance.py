"""Writes tests/vectors/tolerance.json: cases of the comparison that TOLERANCE versions use.

Run it from anywhere: `python scripts/vectors/tolerance.py`, with `--check` to compare only. The
answers come from the definition, in fractions, and share no code with the package. `a`, `b` and
`atol` are float32 bit patterns, `rtol` counts 2^-32; `within1` and `within3` say whether the case
is close within one tolerance and within three.
"""

import random
import struct
from collections.abc import Iterator
from fractions import Fraction

from vector_file import Json, write_or_check

RTOL_ONE = 1 << 32
RTOL_MAX = (RTOL_ONE - 1) // 3
INFINITY, LARGEST, SIGN = 0x7F800000, 0x7F7FFFFF, 0x80000000
ONE, SMALLEST_NORMAL, LARGEST_SUBNORMAL = 0x3F800000, 0x00800000, 0x007FFFFF
NANS = (0x7FC00000, 0xFFC00000, 0x7F800001, 0xFFFFFFFF)

Case = tuple[str, int, int, int, int]  # name, a, b, atol, rtol


def main() -> None:
    """Write or check the file."""
    elements = [element(*case) for case in cases()]
    write_or_check("tolerance.json", {"elements": elements, "payloads": list(payload_cases())})


def element(name: str, a: int, b: int, atol: int, rtol: int) -> Json:
    """One case of two elements, answered."""
    return {
        "name": name,
        "a": f"0x{a:08x}",
        "b": f"0x{b:08x}",
        "atol": f"0x{atol:08x}",
        "rtol": rtol,
        "within1": close(a, b, atol, rtol, 1),
        "within3": close(a, b, atol, rtol, 3),
    }


def number(bits: int) -> Fraction:
    """The exact value of a finite float32 bit pattern."""
    return Fraction(struct.unpack("<f", struct.pack("<I", bits))[0])


def is_nan(bits: int) -> bool:
    """Whether the bit pattern is one of the NaNs."""
    return bits & ~SIGN > INFINITY


def close(a: int, b: int, atol: int, rtol: int, factor: int) -> bool:
    """The definition."""
    if is_nan(a) or is_nan(b):
        return is_nan(a) and is_nan(b)
    if INFINITY in (a & ~SIGN, b & ~SIGN):
        return a == b
    x, y = number(a), number(b)
    allowed = number(atol) + Fraction(rtol, RTOL_ONE) * max(abs(x), abs(y))
    return abs(x - y) <= factor * allowed


def cases() -> Iterator[Case]:
    """Every element case, in a fixed order."""
    yield from special_cases()
    yield from absolute_ties()
    yield from relative_ties()
    yield from mixed_ties()
    yield from extremes()
    yield from random_cases(random.Random(20_261))  # noqa: S311
    yield from misjudged_in_float64(random.Random(20_262))  # noqa: S311


def special_cases() -> Iterator[Case]:
    """NaN, infinities and zeros: with and without room in the tolerance."""
    for atol, rtol in ((0, 0), (LARGEST, RTOL_MAX)):
        for nan in NANS:
            yield "nan and nan", nan, NANS[0], atol, rtol
            yield "nan and one", nan, ONE, atol, rtol
            yield "infinity and nan", INFINITY, nan, atol, rtol
        for sign in (0, SIGN):
            yield "infinity and itself", INFINITY | sign, INFINITY | sign, atol, rtol
            yield "infinity and its opposite", INFINITY | sign, INFINITY | sign ^ SIGN, atol, rtol
            yield "infinity and largest", INFINITY | sign, LARGEST | sign, atol, rtol
            yield "zero and signed zero", sign, SIGN, atol, rtol
            yield "zero and smallest subnormal", 0, 1 | sign, atol, rtol
            yield "one and itself", ONE | sign, ONE | sign, atol, rtol
            yield "one and its opposite", ONE, ONE | sign, atol, rtol
            yield "one and next", ONE | sign, ONE + 1 | sign, atol, rtol


def absolute_ties() -> Iterator[Case]:
    """rtol 0: a difference of exactly 1, 2, 3 or 4 atol, and one unit beside it."""
    for atol in (1, 5, LARGEST_SUBNORMAL // 4, SMALLEST_NORMAL, 0x33800000):
        for times in (1, 2, 3, 4):
            reached = bits_of(number(atol) * times)
            for step in (-1, 0, 1):
                yield f"{times} atol{step:+d}", reached + step, 0, atol, 0
                yield f"{times} atol{step:+d}, negative", SIGN, reached + step | SIGN, atol, 0


def relative_ties() -> Iterator[Case]:
    """atol 0: |a-b| is exactly rtol or 3 rtol times the larger, and a unit beside it."""
    for exponent in (0x00800000, 0x20000000, ONE, 0x7F000000):
        larger = exponent | 0x400000  # 1.5 times a power of two
        for fraction in (1, 3, 1 << 20, 0x155555):
            rtol = fraction << 9
            for factor in (1, 3):
                near = bits_or_none(number(larger) * (1 - factor * Fraction(rtol, RTOL_ONE)))
                if near is None:
                    continue
                for step in (-1, 0, 1):
                    yield f"{factor} rtol{step:+d}", larger, near + step, 0, rtol
                for unit in (-1, 1):
                    yield f"{factor} rtol, rtol{unit:+d}", near, larger, 0, rtol + unit


def mixed_ties() -> Iterator[Case]:
    """Both terms: 1 - b = k (atol + rtol), with every number exact, and a unit beside each."""
    atol, rtol = 0x37000000, 1 << 13  # 2^-17 and 2^-19
    for factor in (1, 3):
        allowed = factor * (number(atol) + Fraction(rtol, RTOL_ONE))
        near = bits_of(1 - allowed)
        for sign in (0, SIGN):
            one, other = ONE | sign, near | sign
            yield f"{factor} mixed", one, other, atol, rtol
            yield f"{factor} mixed, b outside", one, other - 1, atol, rtol
            yield f"{factor} mixed, b inside", one, other + 1, atol, rtol
            yield f"{factor} mixed, rtol less", one, other, atol, rtol - 1
            yield f"{factor} mixed, atol less", one, other, atol - 1, rtol


def extremes() -> Iterator[Case]:
    """The ends of the ranges, where a careless implementation overflows or flushes to zero."""
    for rtol in (0, 1, RTOL_MAX):
        for atol in (0, 1, SMALLEST_NORMAL, LARGEST):
            yield "largest and its opposite", LARGEST, LARGEST | SIGN, atol, rtol
            yield "largest and next", LARGEST, LARGEST - 1, atol, rtol
            yield "largest and zero", LARGEST, 0, atol, rtol
            yield "largest and smallest", LARGEST, 1, atol, rtol
            yield "smallest and its opposite", 1, 1 | SIGN, atol, rtol
            yield "smallest and twice", 1, 2, atol, rtol
            yield "across the subnormal edge", LARGEST_SUBNORMAL, SMALLEST_NORMAL, atol, rtol
    for gap in (0x2AAAAA, 0x2AAAAB, 0x400000):
        yield "third of a subnormal", LARGEST_SUBNORMAL, LARGEST_SUBNORMAL - gap, 0, RTOL_MAX


def random_cases(source: random.Random) -> Iterator[Case]:
    """Bit patterns at random, and neighbours whose difference is near the tolerance."""
    for _ in range(60):
        a, b, atol = source.getrandbits(32), source.getrandbits(32), source.randrange(INFINITY)
        yield "random", a, b, atol, source.randrange(RTOL_MAX + 1)
    for _ in range(120):
        a = source.randrange(SMALLEST_NORMAL, LARGEST - (1 << 20)) | source.choice((0, SIGN))
        distance = source.randrange(1, 1 << 12)
        size = Fraction(distance, source.choice((1, 3))) / 2 ** source.choice((23, 24))
        rtol = min(RTOL_MAX, max(0, int(size * RTOL_ONE) + source.randrange(-64, 64)))
        yield "neighbours", a, a + distance, source.choice((0, 0, 1, 0x00001000)), rtol


def misjudged_in_float64(source: random.Random) -> Iterator[Case]:
    """Differences so near to the tolerance that double precision gets them wrong.

    b is the small rest between a and atol + rtol * a, so a - b has more bits than a double holds.
    """
    for factor in (1, 3):
        found = 0
        while found < 20:
            a = source.randrange(ONE, 0x7E000000)
            guess = Fraction(source.randrange(RTOL_MAX - 1_000), RTOL_ONE)
            atol = nearest(number(a) * (Fraction(1, factor) - guess))
            rtol = int((Fraction(1, factor) - number(atol) / number(a)) * RTOL_ONE)
            allowed = number(atol) + Fraction(rtol, RTOL_ONE) * number(a)
            rest = nearest(number(a) - factor * allowed)
            for b in (rest - 1, rest, rest + 1):
                if close(a, b, atol, rtol, factor) != close_in_doubles(a, b, atol, rtol, factor):
                    found += 1
                    yield f"{factor}, wrong in doubles", a, b, atol, rtol


def close_in_doubles(a: int, b: int, atol: int, rtol: int, factor: int) -> bool:
    """The tempting shortcut."""
    x, y, absolute = (float(number(bits)) for bits in (a, b, atol))
    return abs(x - y) <= factor * (absolute + rtol / RTOL_ONE * max(abs(x), abs(y)))


def nearest(value: Fraction) -> int:
    """The bit pattern of a float32 next to a value."""
    (bits,) = struct.unpack("<I", struct.pack("<f", float(value)))
    return int(bits)


def bits_or_none(value: Fraction) -> int | None:
    """The float32 bit pattern of a value, or None when it has none."""
    try:
        (bits,) = struct.unpack("<I", struct.pack("<f", float(value)))
    except OverflowError:
        return None
    return bits if bits != INFINITY and number(bits) == value else None


def bits_of(value: Fraction) -> int:
    """The float32 bit pattern of a value that has one."""
    bits = bits_or_none(value)
    if bits is None:
        raise ValueError(f"{value} is no float32")
    return bits


def payload_cases() -> Iterator[Json]:
    """Whole payloads: what decides besides the elements."""
    atol, rtol = 0x3A83126F, 0  # float32(0.001)
    exact = floats((2,), 1.0, 2.0)
    near, far, outside = (floats((2,), 1.0, 2.0 + d) for d in (0.0005, 0.002, 0.01))
    labels, other_labels = tensor(7, (1,), "q", 3), tensor(7, (1,), "q", 4)

    def case(name: str, a: bytes, b: bytes, within1: bool, within3: bool) -> Json:
        return {
            "name": name,
            "a": "0x" + a.hex(),
            "b": "0x" + b.hex(),
            "atol": f"0x{atol:08x}",
            "rtol": rtol,
            "within1": within1,
            "within3": within3,
        }

    yield case("no tensors", payload(), payload(), True, True)
    yield case("equal", payload(exact), payload(exact), True, True)
    yield case("one element moves", payload(exact), payload(near), True, True)
    yield case("one element moves further", payload(exact), payload(far), False, True)
    yield case("one element moves too far", payload(exact), payload(outside), False, False)
    yield case(
        "the worse tensor decides", payload(exact, near), payload(exact, outside), False, False
    )
    yield case("another count", payload(exact), payload(exact, exact), False, False)
    yield case("no tensors and one", payload(), payload(exact), False, False)
    yield case("another rank", payload(exact), payload(floats((1, 2), 1.0, 2.0)), False, False)
    yield case(
        "dims swapped", payload(floats((2, 1), 1, 2)), payload(floats((1, 2), 1, 2)), False, False
    )
    yield case(
        "another dtype", payload(exact), payload(tensor(11, (2,), "d", 1.0, 2.0)), False, False
    )
    yield case("scalar", payload(floats((), 1.0)), payload(floats((), 1.0005)), True, True)
    yield case("nothing in it", payload(floats((0, 3))), payload(floats((0, 3))), True, True)
    yield case(
        "nothing, other dims", payload(floats((0, 3))), payload(floats((3, 0))), False, False
    )
    yield case("label equal", payload(near, labels), payload(exact, labels), True, True)
    yield case("label differs", payload(exact, labels), payload(exact, other_labels), False, False)
    nan, signalling = tensor(1, (1,), "I", NANS[1]), tensor(1, (1,), "I", NANS[2])
    yield case("nan of other bits", payload(nan), payload(signalling), True, True)
    plus, minus = floats((1,), 0.0), floats((1,), -0.0)
    yield case("zeros of both signs", payload(plus), payload(minus), True, True)
    plus, minus = tensor(11, (1,), "d", 0.0), tensor(11, (1,), "d", -0.0)
    yield case("float64 zeros of both signs", payload(plus), payload(minus), False, False)
    half, next_half = tensor(10, (1,), "H", 0x3C00), tensor(10, (1,), "H", 0x3C01)
    yield case("float16 is compared by bytes", payload(half), payload(next_half), False, False)
    true, false = tensor(9, (2,), "B", 1, 0), tensor(9, (2,), "B", 1, 1)
    yield case("booleans equal", payload(true), payload(true), True, True)
    yield case("booleans differ", payload(true), payload(false), False, False)
    text, other_text = (tensor(8, (1,), "I", 2) + word for word in (b"no", b"on"))
    yield case("strings equal", payload(text), payload(text), True, True)
    yield case("strings differ", payload(text), payload(other_text), False, False)


def floats(shape: tuple[int, ...], *values: float) -> bytes:
    """An encoded float32 tensor."""
    return tensor(1, shape, "f", *values)


def tensor(dtype: int, shape: tuple[int, ...], code: str, *values: float) -> bytes:
    """An encoded tensor; `code` is the struct code of its elements."""
    header = struct.pack(f"<BB{len(shape)}I", dtype, len(shape), *shape)
    return header + struct.pack(f"<{len(values)}{code}", *values)


def payload(*tensors: bytes) -> bytes:
    """An encoded list of tensors."""
    return bytes((len(tensors),)) + b"".join(tensors)


if __name__ == "__main__":
    main()
