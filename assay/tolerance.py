"""When two results count as the same: the comparison of TOLERANCE versions.

Two float32 values are close within `factor` tolerances when

    |a - b| <= factor * (atol + rtol * max(|a|, |b|))

holds for the real numbers that their bits stand for, with no rounding anywhere. NaN is close to
any NaN and to nothing else, an infinity to itself only; +0 and -0 are the same number. Tensors of
every other type must be equal byte for byte. `contracts/libraries` decides the same way, and both
are tested against `tests/vectors/tolerance.json`.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.errors import AssayError
from assay.tensors import DataType, decode, encode

SUPPORT = 1
"""Factor within which a reveal may support a reference."""

RIGHT = 3
"""Factor within which a revealed result is right, measured from the settled reference."""

NEAR = SUPPORT + SUPPORT + RIGHT
"""Factor within which an answer may turn out right, measured from a true result.

The settled reference may be two tolerances from a true result, since a seat's result can be one
from each, and an answer is right up to three from that reference. From an rtol of 1/5 on, all
finite numbers of one sign are that near.
"""

RTOL_ONE = 1 << 32
"""The Q0.32 integer that would stand for an rtol of 1."""

_LARGEST_FINITE = 0x7F7FFFFF
_MANTISSA_BITS = 23

# Each float64 step of the fast path errs by at most 2^-53 of its value: one in the distance,
# three in the bound. Outside a margin of 2^-49 around equality their order is the true one.
_MARGIN = 2.0**-49


class ToleranceError(AssayError):
    """A tolerance outside the protocol's bounds."""


@dataclass(frozen=True)
class Tolerance:
    """The numbers a TOLERANCE version declares, as they stand on chain.

    `atol` is the bit pattern of a finite float32 that is not negative; `rtol` is an unsigned
    Q0.32 fixed-point number below 1/3. Raises ToleranceError for anything else.
    """

    atol: int
    rtol: int

    def __str__(self) -> str:
        return f"atol {self.atol_value:g}, rtol {self.rtol_value:g}"

    def __post_init__(self) -> None:
        if not 0 <= self.atol <= _LARGEST_FINITE:
            raise ToleranceError(
                f"atol has the float32 bits {self.atol:#010x}: expected a finite number, not "
                "negative (0x00000000 to 0x7f7fffff)"
            )
        if not 0 <= 3 * self.rtol < RTOL_ONE:
            raise ToleranceError(
                f"rtol is {self.rtol} / 2^32: expected at least 0 and less than 1/3 "
                f"(at most {(RTOL_ONE - 1) // 3}); choose a smaller one"
            )

    @classmethod
    def at_least(cls, atol: float, rtol: float) -> Tolerance:
        """The smallest tolerance on chain that is not below the numbers given."""
        if not (0 <= atol <= float(np.finfo(np.float32).max) and 0 <= rtol <= 1):
            raise ToleranceError(
                f"atol {atol} and rtol {rtol}: expected an atol that a finite float32 can hold "
                "and an rtol below 1/3, neither negative"
            )
        nearest = np.float32(atol)
        if float(nearest) < atol:
            nearest = np.nextafter(nearest, np.float32(np.inf))
        (bits,) = struct.unpack("<I", struct.pack("<f", nearest))
        return cls(atol=bits, rtol=math.ceil(Fraction(rtol) * RTOL_ONE))

    @property
    def atol_value(self) -> float:
        """`atol` as a number, exact."""
        value: float = struct.unpack("<f", struct.pack("<I", self.atol))[0]
        return value

    @property
    def rtol_value(self) -> float:
        """`rtol` as a number, exact."""
        return self.rtol / RTOL_ONE


def payloads_close(first: bytes, second: bytes, tolerance: Tolerance, factor: int) -> bool:
    """Whether two payloads agree in count, dtypes and shapes and are close in every element.

    Raises MalformedPayloadError when either is no payload.
    """
    left, right = decode(first), decode(second)
    return len(left) == len(right) and all(
        _tensors_close(a, b, tolerance, factor) for a, b in zip(left, right, strict=True)
    )


def elements_close(
    first: npt.NDArray[np.uint32], second: npt.NDArray[np.uint32], tolerance: Tolerance, factor: int
) -> npt.NDArray[np.bool_]:
    """Which elements are close, from the bit patterns of two flat float32 arrays of one length."""
    with np.errstate(invalid="ignore"):  # signalling NaN, infinity minus infinity: masked below
        a = first.view(np.float32).astype(np.float64)  # exact: float64 holds every float32
        b = second.view(np.float32).astype(np.float64)
        distance = np.abs(a - b)
        bound = factor * (
            tolerance.atol_value + tolerance.rtol_value * np.maximum(np.abs(a), np.abs(b))
        )
        finite = np.isfinite(a) & np.isfinite(b)
        close: npt.NDArray[np.bool_] = (
            (a == b) | (np.isnan(a) & np.isnan(b)) | (finite & (distance < bound))
        )
        unsure = finite & (a != b) & (np.abs(distance - bound) <= _MARGIN * bound)
    for index in np.flatnonzero(unsure):
        close[index] = _close_exactly(int(first[index]), int(second[index]), tolerance, factor)
    return close


def _tensors_close(
    a: npt.NDArray[Any], b: npt.NDArray[Any], tolerance: Tolerance, factor: int
) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype != DataType.FLOAT.numpy:
        return encode([a]) == encode([b])
    first, second = (tensor.view(np.uint32).ravel() for tensor in (a, b))
    return bool(elements_close(first, second, tolerance, factor).all())


def _close_exactly(first: int, second: int, tolerance: Tolerance, factor: int) -> bool:
    """The definition itself for two finite float32 bit patterns, in integers."""
    a, b, atol = _fixed_point(first), _fixed_point(second), _fixed_point(tolerance.atol)
    bound = atol * RTOL_ONE + tolerance.rtol * max(abs(a), abs(b))
    return abs(a - b) * RTOL_ONE <= factor * bound


def _fixed_point(bits: int) -> int:
    """The value of a finite float32 bit pattern in units of 2^-149, the smallest subnormal."""
    exponent = bits >> _MANTISSA_BITS & 0xFF
    mantissa = bits & ((1 << _MANTISSA_BITS) - 1)
    if exponent:
        mantissa = (mantissa | 1 << _MANTISSA_BITS) << (exponent - 1)
    return -mantissa if bits >> 31 else mantissa
