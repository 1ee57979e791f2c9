"""Writes tests/vectors/tolerance.bin: pairs of float32 at the very edge of a tolerance.

Run it from anywhere: `python scripts/vectors/tolerance_boundaries.py`, with `--check` to compare
only. A record has 17 bytes: the bit patterns of a, b and atol, and rtol in units of 2^-32, each
big-endian, and a byte whose lowest bit says whether the pair is close within one tolerance, and
whose next bit whether it is within three. Exact fractions are the judge.
"""

import random
import struct
from collections.abc import Iterator
from fractions import Fraction

from tolerance import (
    INFINITY,
    LARGEST,
    LARGEST_SUBNORMAL,
    NANS,
    ONE,
    RTOL_MAX,
    RTOL_ONE,
    SIGN,
    SMALLEST_NORMAL,
    close,
    number,
)
from vector_file import write_or_check_bytes

Pair = tuple[int, int, int, int]  # a, b, atol, rtol

SEED = 20_263
ROUNDS = 210
STEPS = (-1, 0, 1)
FACTORS = (1, 3)


def main() -> None:
    """Write or check the file."""
    distinct = dict.fromkeys(pairs())
    write_or_check_bytes("tolerance.bin", b"".join(record(*pair) for pair in distinct))


def record(a: int, b: int, atol: int, rtol: int) -> bytes:
    """One pair, answered."""
    answers = sum(close(a, b, atol, rtol, factor) << bit for bit, factor in enumerate(FACTORS))
    return struct.pack(">4IB", a, b, atol, rtol, answers)


def pairs() -> Iterator[Pair]:
    """Every pair, in a fixed order; some come up more than once."""
    source = random.Random(SEED)  # noqa: S311
    for _ in range(ROUNDS):
        for kind in KINDS:
            for a, b, atol, rtol in kind(source):
                flip = source.choice((0, SIGN))
                one, other = (a ^ flip, b ^ flip) if source.random() < 0.5 else (b ^ flip, a ^ flip)
                yield one, other, atol, rtol


def edge_in_b(source: random.Random) -> Iterator[Pair]:
    """The last b that is close to a, of a's sign or the other, and its neighbours."""
    a = magnitude(source)
    atol, rtol = tolerance(source, a)
    for factor in FACTORS:
        rest = number(a) - factor * allowed(a, atol, rtol)
        b = at_most(abs(rest)) | (SIGN if rest < 0 else 0)
        for step in (*STEPS, 2):
            if 0 <= (b & ~SIGN) + step <= LARGEST:
                yield a, b + step, atol, rtol


def edge_in_rtol(source: random.Random) -> Iterator[Pair]:
    """The least rtol within which two neighbours are close, and one unit beside it."""
    a = magnitude(source)
    distance = source.randrange(1, 1 << source.randrange(1, 24))
    b = min(a + distance, LARGEST)
    atol = source.choice((0, 0, 1, small_atol(source, b)))
    for factor in FACTORS:
        size = (number(b) - number(a)) / factor - number(atol)
        least = -(-size * RTOL_ONE // number(b)) if b else 0
        for step in STEPS:
            if 0 <= least + step <= RTOL_MAX:
                yield a, b, atol, int(least) + step


def edge_in_atol(source: random.Random) -> Iterator[Pair]:
    """The least atol within which two numbers of any signs are close, and its neighbours."""
    a, b = magnitude(source), magnitude(source)
    if source.random() < 0.5:
        b = min(max(a + source.randrange(-(1 << 24), 1 << 24), 0), LARGEST)
    b |= source.choice((0, SIGN))
    rtol = source.choice((0, 1, RTOL_MAX, random_rtol(source)))
    larger = max(abs(number(a)), abs(number(b)))
    for factor in FACTORS:
        size = abs(number(a) - number(b)) / factor - Fraction(rtol, RTOL_ONE) * larger
        least = at_most(max(size, Fraction(0)))
        for step in (*STEPS, 2):
            if 0 <= least + step <= LARGEST:
                yield a, b, least + step, rtol


def edge_of_the_steps(source: random.Random) -> Iterator[Pair]:
    """Patterns `factor * rtol >> 9` apart, about powers of two and at both ends of the normals."""
    rtol = source.choice((0, 511, 512, RTOL_MAX, random_rtol(source), random_rtol(source)))
    power = source.randrange(1, 255) << 23
    for factor in FACTORS:
        steps = factor * rtol >> 9
        a = source.choice(
            (power, power - steps, power - steps // 2, magnitude(source), SMALLEST_NORMAL, LARGEST)
        )
        for step in STEPS:
            for b in (a + steps + step, a - steps - step):
                if min(a, b) >= 0 and max(a, b) <= INFINITY + 2:
                    yield a, b, 0, rtol


def edge_of_half_of_atol(source: random.Random) -> Iterator[Pair]:
    """Opposite numbers whose sum is about one or three atol, subnormal atol among them."""
    atol = source.choice((magnitude(source), source.randrange(SMALLEST_NORMAL * 3), 0, 1, 2, 3))
    for factor in FACTORS:
        half = at_most(min(factor * number(atol) / 2, number(LARGEST)))
        for step in STEPS:
            for other in STEPS:
                if half + min(step, other) >= 0 and half + max(step, other) <= LARGEST:
                    yield half + step, half + other | SIGN, atol, source.choice((0, 0, 1))


def huge_gaps(source: random.Random) -> Iterator[Pair]:
    """A large number and an atol about as large, with a third so small that its bits fall off."""
    a = source.randrange(0x70000000, LARGEST + 1)
    factor = source.choice(FACTORS)
    rtol = source.choice((0, 0, random_rtol(source)))
    target = number(a) * (1 - Fraction(factor * rtol, RTOL_ONE)) / factor
    atol = at_most(target)
    for b in (0, 1, source.randrange(1, 0x10000000)):
        for sign in (0, SIGN):
            for step in (0, 1):
                yield a, b | sign, atol + step, rtol
    yield a, source.randrange(LARGEST), source.randrange(0x10000000), rtol


def special(source: random.Random) -> Iterator[Pair]:
    """NaN, infinities, zeros and their neighbours, against one another and against any number."""
    magnitudes = (INFINITY, LARGEST, ONE, SMALLEST_NORMAL, LARGEST_SUBNORMAL, 1, 0)
    values = [*NANS, *magnitudes, *(SIGN | each for each in magnitudes)]
    for _ in range(5):
        atol = source.choice((0, 1, LARGEST, magnitude(source)))
        rtol = source.choice((0, RTOL_MAX, random_rtol(source)))
        other = source.choice((*values, magnitude(source)))
        yield source.choice(values), other, atol, rtol


KINDS = (
    edge_in_b,
    edge_in_rtol,
    edge_in_atol,
    edge_of_the_steps,
    edge_of_half_of_atol,
    huge_gaps,
    special,
)


def magnitude(source: random.Random) -> int:
    """A finite number that is not negative: mostly any, sometimes subnormal or a power of two."""
    return source.choice(
        (
            source.randrange(LARGEST + 1),
            source.randrange(0x30000000, 0x50000000),
            source.randrange(2 * SMALLEST_NORMAL),
            source.randrange(1, 255) << 23,
        )
    )


def tolerance(source: random.Random, a: int) -> tuple[int, int]:
    """An atol and an rtol of which either or both may be zero; atol is of any size about a."""
    atol = source.choice((0, 1, small_atol(source, a), small_atol(source, a)))
    return atol, source.choice((0, RTOL_MAX, random_rtol(source), random_rtol(source)))


def small_atol(source: random.Random, a: int) -> int:
    """An atol from far below a to about its size."""
    return max(0, min(LARGEST, a - source.randrange(-(1 << 23), 1 << source.randrange(23, 31))))


def random_rtol(source: random.Random) -> int:
    """An rtol of any size, in units of 2^-32."""
    return min(RTOL_MAX, source.getrandbits(source.randrange(1, 32)))


def allowed(a: int, atol: int, rtol: int) -> Fraction:
    """By how much a smaller number may differ from a."""
    return number(atol) + Fraction(rtol, RTOL_ONE) * number(a)


def at_most(value: Fraction) -> int:
    """The greatest float32 that is not above a value from zero to the largest."""
    low, high = 0, LARGEST
    while low < high:
        middle = (low + high + 1) // 2
        if number(middle) <= value:
            low = middle
        else:
            high = middle - 1
    return low


if __name__ == "__main__":
    main()
