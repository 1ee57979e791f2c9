"""Writes tests/vectors/fixed_point.json: floats beside their 18-decimal integers, and back.

Run it from anywhere: `python scripts/vectors/fixed_point.py`, with `--check` to compare only. It
imports nothing of the package: every number comes from exact fractions.
"""

import hashlib
from collections.abc import Iterator
from fractions import Fraction

from vector_file import Json, write_or_check

WAD = 10**18

# name: (exponent bits, fraction bits) of the IEEE-like types that convert to fixed point
BINARY_FLOATS = {"FLOAT16": (5, 10), "BFLOAT16": (8, 7), "FLOAT": (8, 23), "DOUBLE": (11, 52)}


def exact(bits: int, exponent_bits: int, fraction_bits: int) -> Fraction | None:
    """The number behind a bit pattern; None for NaN and the infinities."""
    fraction = bits % (1 << fraction_bits)
    exponent = (bits >> fraction_bits) % (1 << exponent_bits)
    sign = -1 if bits >> (fraction_bits + exponent_bits) else 1
    if exponent == (1 << exponent_bits) - 1:
        return None
    bias = (1 << (exponent_bits - 1)) - 1
    significand = fraction + (1 << fraction_bits if exponent else 0)
    return sign * significand * Fraction(2) ** (max(exponent, 1) - bias - fraction_bits)


def nearest_float32(value: Fraction) -> int | None:
    """Bits of the float32 nearest to `value`, ties to even; None where none is finite.

    For |value| of 0 or at least 2**-126: fixed point has nothing between.
    """
    sign = 1 << 31 if value < 0 else 0
    value = abs(value)
    if not value:
        return 0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    exponent -= value < Fraction(2) ** exponent
    significand = round(value * Fraction(2) ** (23 - exponent))
    bits = ((exponent + 126) << 23) + significand  # adding lets the significand carry over
    return None if bits >= 0xFF << 23 else sign + bits


DOCUMENTED = (0x3FC00000, 0x3DCCCCCD, 0xA1800000, 0x21000000)  # float32, docs/encoding.md


def to_fixed_cases() -> Iterator[Json]:
    """Bits of a float type and the 18-decimal integer, or the error's name."""
    for dtype, (exponent_bits, fraction_bits) in BINARY_FLOATS.items():
        width = 1 + exponent_bits + fraction_bits
        for bits in float_patterns(dtype, exponent_bits, fraction_bits):
            number = exact(bits, exponent_bits, fraction_bits)
            fixed, error = "0", ""
            if number is None:
                error = "NotFinite"
            elif abs(round(number * WAD)) >= 2**255:
                error = "OutOfRange"
            else:
                fixed = str(round(number * WAD))
            yield {
                "dtype": dtype,
                "bits": f"0x{bits:0{width // 4}x}",
                "value": fixed,
                "failure": error,
            }


def float_patterns(dtype: str, exponent_bits: int, fraction_bits: int) -> Iterator[int]:
    bias = (1 << (exponent_bits - 1)) - 1
    one = bias << fraction_bits
    top = (1 << exponent_bits) - 1 << fraction_bits
    sign = 1 << (exponent_bits + fraction_bits)
    edges = [0, 1, (1 << fraction_bits) - 1, 1 << fraction_bits, one - 1, one, one + 1]
    edges += [one + (1 << (fraction_bits - 1)), top - 1, top, top + 1]
    if dtype == "FLOAT":
        yield from DOCUMENTED
    for edge in edges:
        yield edge
        yield edge + sign
    # Around the last digit: values from 2**-64 to 2**-56 meet the rounding of 1e-18.
    last = [exponent for exponent in range(bias - 64, bias - 56) if exponent > 0]
    # Around the largest fixed-point number, 2**195 and a bit.
    last += [exponent for exponent in range(bias + 193, bias + 198) if exponent < 2 * bias]
    for index, exponent in enumerate(last * 3):
        fraction = pattern(f"{dtype} edge", index, fraction_bits)
        yield (index % 2) * sign + (exponent << fraction_bits) + fraction
    for index in range(60):
        yield pattern(dtype, index, 1 + exponent_bits + fraction_bits)
    for index in range(40):  # magnitudes that models produce
        span = min(40, bias)
        exponent = bias - span // 2 + pattern(f"{dtype} exponent", index, 16) % span
        fraction = pattern(f"{dtype} fraction", index, fraction_bits)
        yield (index % 2) * sign + (exponent << fraction_bits) + fraction


def to_float32_cases() -> Iterator[Json]:
    """18-decimal integers and the nearest float32, or the error's name."""
    for fixed in fixed_numbers():
        bits = nearest_float32(Fraction(fixed, WAD))
        yield {
            "value": str(fixed),
            "bits": f"0x{bits or 0:08x}",
            "failure": "OutOfRange" if bits is None else "",
        }


def fixed_numbers() -> Iterator[int]:
    largest = (2**24 - 1) * 2**104 * WAD  # the largest finite float32, in fixed point
    tie = largest + 2**103 * WAD  # half-way to the next power of two
    edges = [0, 1, 2, 3, WAD - 1, WAD, WAD + 1, largest, tie - 1, tie, tie + 1, 2**255 - 1]
    # Half-way between two neighbours, with an even and an odd lower one, and one digit beside.
    for exponent in (0, 10, 40, 100):
        for odd in (0, 1):
            half = (2 * (2**23 + odd) + 1) * 2**exponent * WAD // 2**6
            edges += [half - 1, half, half + 1]
    edges.append((2**25 - 1) * WAD)  # carries into the next power of two
    for edge in edges:
        yield edge
        yield -edge
    yield -(2**255)
    for index in range(120):
        magnitude = pattern("fixed", index, 255) >> (index * 2)
        yield -magnitude if index % 2 else magnitude


def pattern(label: str, index: int, bits: int) -> int:
    """Reproducible noise: the first `bits` bits of a SHA-256."""
    digest = hashlib.sha256(f"{label} {index}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits)


if __name__ == "__main__":
    write_or_check(
        "fixed_point.json",
        {"to_fixed": list(to_fixed_cases()), "to_float32": list(to_float32_cases())},
    )
