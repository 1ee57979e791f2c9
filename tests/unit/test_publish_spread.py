"""How far two results are from each other, output by output."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assay.execution.levels import Level
from assay.publish.settings import Setting
from assay.publish.spread import SAFETY, Deviation, Extent, deviations, extents, tolerance_for
from assay.tensors import DataType, TensorSpec, encode
from assay.tolerance import ToleranceError

SETTING = Setting(level=Level.BASIC, threads=2)
NAN, INF = float("nan"), float("inf")


def compared(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> Deviation:
    spec = TensorSpec("y", DataType.of(one), (None,) * one.ndim)
    (found,) = deviations(SETTING, [spec], [encode([one])], [encode([other])])
    return found


def floats(*values: float) -> npt.NDArray[Any]:
    return np.array(values, np.float32)


def test_deviations__floats__distance_and_proportion() -> None:
    found = compared(floats(1, -8, 100), floats(1, -10, 101))
    assert (found.elements, found.differing, found.apart) == (3, 2, 0)
    assert found.distance == 2
    assert found.relative == pytest.approx(0.2)
    assert str(found.setting) == "basic, 2 threads"


def test_deviations__same_bits__nothing() -> None:
    found = compared(floats(1, NAN, INF), floats(1, NAN, INF))
    assert (found.differing, found.apart, found.distance, found.relative) == (0, 0, 0, 0)


def test_deviations__zeros_of_two_signs__differ_by_nothing() -> None:
    found = compared(floats(0.0), floats(-0.0))
    assert (found.differing, found.apart, found.distance, found.relative) == (1, 0, 0, 0)


def test_deviations__nan_and_infinities__apart_unless_the_same() -> None:
    other_nan = np.array([0x7FC00001], np.uint32).view(np.float32)[0]
    found = compared(floats(NAN, NAN, INF, INF, 1), floats(float(other_nan), 1, INF, -INF, 2))
    assert found.apart == 2
    assert found.distance == 1


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, np.float64, np.float16, np.object_])
def test_deviations__other_types__apart_wherever_they_differ(dtype: type) -> None:
    one: npt.NDArray[Any] = np.array([0, 1, 1]).astype(dtype)
    other: npt.NDArray[Any] = np.array([0, 1, 0]).astype(dtype)
    if dtype is np.object_:
        one, other = np.array(["a", "b"], object), np.array(["a", "c"], object)
    found = compared(one, other)
    assert (found.differing, found.apart, found.distance) == (1, 1, 0)


def test_deviations__other_shape__all_apart() -> None:
    assert compared(floats(1, 2), floats(1, 2, 3)).apart == 3


def test_extents__numbers__lowest_highest_and_strange() -> None:
    specs = [TensorSpec("y", DataType.FLOAT, (None,)), TensorSpec("n", DataType.INT64, ())]
    votes = [
        encode([floats(1, NAN, -INF), np.array(5)]),
        encode([floats(-3, 2, 0), np.array(6)]),
    ]
    found, other = extents(specs, votes)
    assert found == Extent(spec=specs[0], lowest=-3, highest=2, strange=2)
    assert (found.range, found.largest) == (5, 3)
    assert (other.lowest, other.highest, other.range) == (0, 0, 0)


def test_tolerance_for__spread__with_room_around_it() -> None:
    tolerance = tolerance_for(0.5)
    assert tolerance.atol_value == SAFETY * 0.5
    assert tolerance.rtol_value == SAFETY * 2.0**-23


def test_tolerance_for__more_than_a_float_holds__refused() -> None:
    with pytest.raises(ToleranceError):
        tolerance_for(1e38)
