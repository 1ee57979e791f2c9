"""What callers give as inputs, as what models take."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from assay.arranging import arrange
from assay.errors import MalformedPayloadError, SignatureMismatchError
from assay.tensors import DataType, TensorSpec, encode

PIXELS = TensorSpec("pixels", DataType.FLOAT, (None, 3))
SCALE = TensorSpec("scale", DataType.INT64, ())
TEXT = TensorSpec("text", DataType.STRING, (None,))
FLAG = TensorSpec("flag", DataType.BOOL, (2,))
ROW = np.array([[1.0, 2.0, 3.0]], np.float32)


def faults(inputs: Any, *signature: TensorSpec) -> str:
    with pytest.raises(SignatureMismatchError) as caught:
        arrange(inputs, signature)
    return "; ".join(caught.value.faults)


# --- ways to give them ---


def test_arrange__by_name__in_the_order_of_the_model() -> None:
    pixels, scale = arrange({"scale": 3, "pixels": ROW}, [PIXELS, SCALE])
    assert pixels is ROW or np.array_equal(pixels, ROW)
    assert (scale.dtype, scale.shape, scale.item()) == (np.int64, (), 3)


def test_arrange__list_of_values__one_for_each_input() -> None:
    pixels, scale = arrange([ROW, 7], [PIXELS, SCALE])
    assert (pixels.shape, scale.item()) == ((1, 3), 7)


@pytest.mark.parametrize("given", [ROW, [ROW], [[1, 2, 3]], [[1.0, 2.0, 3.0]], ((1, 2, 3),)])
def test_arrange__only_input__given_by_itself(given: Any) -> None:
    (pixels,) = arrange(given, [PIXELS])
    assert pixels.dtype == np.float32
    assert pixels.tolist() == [[1.0, 2.0, 3.0]]


def test_arrange__payload__decoded_and_checked() -> None:
    (pixels,) = arrange(encode([ROW]), [PIXELS])
    assert np.array_equal(pixels, ROW)
    assert "2 inputs, expected 1" in faults(encode([ROW, ROW]), PIXELS)
    with pytest.raises(MalformedPayloadError):
        arrange(b"\x01", [PIXELS])


def test_arrange__texts__as_strings() -> None:
    (texts,) = arrange(["one", "zwei"], [TEXT])
    assert texts.tolist() == ["one", "zwei"]
    assert encode([texts])


def test_arrange__no_input__none() -> None:
    assert arrange({}, []) == []


# --- names and numbers of inputs ---


def test_arrange__wrong_name__says_which_there_are() -> None:
    said = faults({"pixel": ROW}, PIXELS)
    assert "pixels: missing, expected FLOAT [?, 3]" in said
    assert "pixel: no input of the model; it takes pixels FLOAT [?, 3]" in said


def test_arrange__too_few_or_too_many__says_what_it_takes() -> None:
    assert "1 inputs, expected 2: pixels FLOAT [?, 3], scale INT64 []" in faults(ROW, PIXELS, SCALE)
    assert "2 inputs, expected 1" in faults([ROW, ROW], PIXELS)


# --- dtypes and shapes ---


def test_arrange__array_of_another_dtype__not_converted_but_told_how() -> None:
    said = faults(ROW.astype(np.float64), PIXELS)
    assert "pixels: dtype DOUBLE, expected FLOAT" in said
    assert ".astype(numpy.float32)" in said


def test_arrange__row_without_its_axis__told_how() -> None:
    said = faults(ROW[0], PIXELS)
    assert "shape [3], expected [?, 3]" in said
    assert "array[None]" in said


def test_arrange__several_faults__all_named() -> None:
    said = faults({"pixels": ROW.astype(np.int32), "scale": 0.5}, PIXELS, SCALE)
    assert "pixels: dtype INT32" in said
    assert "scale: not all are integers" in said


@pytest.mark.parametrize(
    ("given", "spec", "reason"),
    [
        ([[1, 2], [3]], PIXELS, "unequal lengths"),
        ([["1", "2", "3"]], PIXELS, "not all are numbers"),
        ([[1, None, 3]], PIXELS, "not all are numbers"),
        ([[True, False, True]], PIXELS, "truth values"),
        ([1, 0], FLAG, "truth values"),
        ([1, "two"], TEXT, "not all are texts"),
        (1.0, SCALE, "not all are integers"),
        (1 << 63, SCALE, "not all lie from -9223372036854775808"),
        (-1, TensorSpec("x", DataType.UINT8, ()), "not all lie from 0 to 255"),
        (256, TensorSpec("x", DataType.UINT8, ()), "not all lie from 0 to 255"),
        ([[1e39, 0, 0]], PIXELS, "small enough for FLOAT"),
        (1, TensorSpec("x", DataType.INT4, ()), "only taken as an array"),
    ],
)
def test_arrange__what_the_dtype_cannot_hold__refused(
    given: Any, spec: TensorSpec, reason: str
) -> None:
    assert reason in faults(given, spec)


def test_arrange__ragged_lists_for_an_endless_shape__refused_without_the_memory() -> None:
    endless = TensorSpec("x", DataType.FLOAT, ((1 << 32) - 1, (1 << 32) - 1))
    assert "unequal lengths" in faults([[1, 2], [3]], endless)


def test_arrange__infinities_and_nan__kept() -> None:
    (pixels,) = arrange([[float("inf"), float("-inf"), float("nan")]], [PIXELS])
    assert np.array_equal(pixels, [[np.inf, -np.inf, np.nan]], equal_nan=True)


def test_arrange__rare_types__from_numbers_where_they_are_rounded_anyway() -> None:
    (halves,) = arrange([0.5, 2], [TensorSpec("x", DataType.BFLOAT16, (2,))])
    assert halves.dtype == ml_dtypes.bfloat16
    (flags,) = arrange([True, False], [FLAG])
    assert flags.tolist() == [True, False]
    (empty,) = arrange([], [TensorSpec("x", DataType.INT32, (None,))])
    assert empty.shape == (0,)
