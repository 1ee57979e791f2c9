"""Samples: given ones are checked, others are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from assay.errors import SignatureMismatchError
from assay.inspection.graph import RUNTIME_TYPES
from assay.publish.errors import MeasuringError, SampleFailedError
from assay.publish.samples import drawn, given
from assay.tensors import DataType, TensorSpec, check_signature, decode, encode

FLOATS = [TensorSpec("x", DataType.FLOAT, (1, 2))]


@pytest.mark.parametrize("code", sorted(RUNTIME_TYPES))
@pytest.mark.parametrize("shape", [(), (4,), (2, None, 3)])
def test_drawn__any_type_and_shape__fits_and_stays_the_same(
    code: int, shape: tuple[int | None, ...]
) -> None:
    signature = [TensorSpec("x", DataType(code), shape)]
    samples = drawn(signature, 4)
    assert samples == drawn(signature, 4)
    for sample in samples:
        check_signature(decode(sample), signature)


def test_drawn__axes_of_any_size__all_of_one_sample_alike() -> None:
    signature = [TensorSpec(name, DataType.FLOAT, (None, 2, None)) for name in "ab"]
    sizes = [{dim for array in decode(s) for dim in array.shape[::2]} for s in drawn(signature, 5)]
    assert sizes == [{1}, {2}, {3}, {1}, {2}]


def test_drawn__integers__small_where_they_may_be_indices() -> None:
    (wide,) = decode(drawn([TensorSpec("x", DataType.INT64, (500,))], 1)[0])
    (narrow,) = decode(drawn([TensorSpec("x", DataType.UINT8, (5_000,))], 1)[0])
    assert set(wide.tolist()) == set(range(10))
    assert set(narrow.tolist()) == set(range(256))


def test_drawn__absurd_shape__refused() -> None:
    with pytest.raises(SampleFailedError, match="input x of shape"):
        drawn([TensorSpec("x", DataType.FLOAT, (1 << 20, 1 << 20))], 1)


@pytest.mark.parametrize("count", [0, -1])
def test_drawn__none__refused(count: int) -> None:
    with pytest.raises(MeasuringError, match="draw at least one"):
        drawn(FLOATS, count)


def test_given__as_infer_takes_them__encoded() -> None:
    array = np.array([[1, 2]], np.float32)
    assert given([{"x": [[1, 2]]}, array, encode([array])], FLOATS) == [encode([array])] * 3


def test_given__other_shape__refused_with_the_difference() -> None:
    with pytest.raises(SignatureMismatchError, match=r"shape \[1, 3\], expected \[1, 2\]"):
        given([np.zeros((1, 3), np.float32)], FLOATS)


def test_given__none__refused() -> None:
    with pytest.raises(MeasuringError, match="give at least one input"):
        given([], FLOATS)
