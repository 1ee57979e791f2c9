"""How far a model's results move with the way they are computed, and the tolerance for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.publish.settings import Setting
from assay.tensors import DataType, TensorSpec, decode, encode
from assay.tolerance import Tolerance

SAFETY = 64
"""Other processors move results further than other settings on this one: measured on small
networks, by up to 1.6e-6 between CPU generations."""

FLOAT32_STEP = 2.0**-23
"""Between 1 and the next float32: what rounding once can do to a number, relatively."""

Array = npt.NDArray[Any]


def tolerance_for(spread: float) -> Tolerance:
    """A tolerance with room to spare around a distance that was seen.

    Raises ToleranceError when no float32 holds it.
    """
    return Tolerance.at_least(atol=SAFETY * spread, rtol=SAFETY * FLOAT32_STEP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """How one output differs at one setting from the results that workers vote for."""

    setting: Setting
    output: str
    elements: int
    """Of all samples together."""
    differing: int
    """Elements of other bits."""
    apart: int
    """Elements that no tolerance brings together: those of other types than float32, and where one
    is NaN or infinite and the other is not the same."""
    distance: float
    """Largest distance of two float32 elements, in the output's own unit; 0 for other types."""
    relative: float
    """Largest distance in proportion to the larger of the two."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extent:
    """What an output holds at the setting that workers vote with, all samples together."""

    spec: TensorSpec
    lowest: float
    """Of its finite float32 elements; 0 if there are none."""
    highest: float
    strange: int
    """Elements that are NaN or infinite."""

    @property
    def range(self) -> float:
        """From the lowest to the highest; the larger of them where all are one number."""
        return self.highest - self.lowest or self.largest

    @property
    def largest(self) -> float:
        """The largest magnitude."""
        return max(abs(self.lowest), abs(self.highest))


def deviations(
    setting: Setting,
    outputs: Sequence[TensorSpec],
    votes: Sequence[bytes],
    results: Sequence[bytes],
) -> list[Deviation]:
    """One for each output; both sequences hold a payload for each sample."""
    pairs = [
        zip(decode(vote), decode(result), strict=True)
        for vote, result in zip(votes, results, strict=True)
    ]
    columns = zip(*pairs, strict=True)
    return [
        _deviation(setting, spec.name, column)
        for spec, column in zip(outputs, columns, strict=True)
    ]


def extents(outputs: Sequence[TensorSpec], votes: Sequence[bytes]) -> list[Extent]:
    """One for each output."""
    columns = zip(*map(decode, votes), strict=True)
    return [_extent(spec, column) for spec, column in zip(outputs, columns, strict=True)]


def _deviation(setting: Setting, output: str, pairs: Iterable[tuple[Array, Array]]) -> Deviation:
    elements = differing = apart = 0
    distance = relative = 0.0
    for one, other in pairs:
        elements += one.size
        if encode([one]) == encode([other]):
            continue
        differs = _differs(one, other)
        differing += int(differs.sum())
        if one.dtype != DataType.FLOAT.numpy or one.shape != other.shape:
            apart += int(differs.sum())
            continue
        left, right = one.astype(np.float64), other.astype(np.float64)
        finite = np.isfinite(left) & np.isfinite(right)
        apart += int((~finite & (left != right) & ~(np.isnan(left) & np.isnan(right))).sum())
        far = np.abs(left[finite] - right[finite])
        size = np.maximum(np.abs(left[finite]), np.abs(right[finite]))
        distance = max(distance, float(far.max(initial=0)))
        relative = max(relative, float((far[size > 0] / size[size > 0]).max(initial=0)))
    return Deviation(
        setting=setting,
        output=output,
        elements=elements,
        differing=differing,
        apart=apart,
        distance=distance,
        relative=relative,
    )


def _differs(one: Array, other: Array) -> npt.NDArray[np.bool_]:
    """Which elements have other bits; all, where they have no counterpart."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return np.ones(max(one.size, other.size, 1), np.bool_)
    if one.dtype.kind in "OUT":
        texts: npt.NDArray[np.bool_] = np.asarray(one != other, np.bool_)
        return texts
    width = one.dtype.itemsize
    bits = [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in (one, other)]
    unequal: npt.NDArray[np.bool_] = (bits[0] != bits[1]).reshape(-1, width).any(axis=1)
    return unequal


def _extent(spec: TensorSpec, arrays: Iterable[Array]) -> Extent:
    lowest, highest, strange = np.inf, -np.inf, 0
    for array in arrays:
        if array.dtype == DataType.FLOAT.numpy:
            finite = array[np.isfinite(array)]
            strange += array.size - finite.size
            lowest = min(lowest, float(finite.min(initial=np.inf)))
            highest = max(highest, float(finite.max(initial=-np.inf)))
    seen = lowest <= highest
    return Extent(
        spec=spec,
        lowest=lowest if seen else 0.0,
        highest=highest if seen else 0.0,
        strange=strange,
    )
