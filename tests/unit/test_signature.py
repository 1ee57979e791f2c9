"""Arrays against a model's signature."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assay.errors import SignatureMismatchError
from assay.tensors import DataType, TensorSpec, check_signature

IMAGE = TensorSpec("image", DataType.FLOAT, (None, 8, 8))
LABELS = TensorSpec("labels", DataType.STRING, (None,))
SCALE = TensorSpec("scale", DataType.DOUBLE, ())


def faults(arrays: list[npt.NDArray[Any]], *signature: TensorSpec) -> tuple[str, ...]:
    with pytest.raises(SignatureMismatchError) as caught:
        check_signature(arrays, signature)
    return caught.value.faults


def image(rows: int = 8, dtype: Any = np.float32) -> npt.NDArray[Any]:
    return np.zeros((2, rows, 8), dtype)


@pytest.mark.parametrize("batch", [0, 1, 7])
def test_check_signature__dynamic_axis__any_size_fits(batch: int) -> None:
    arrays = [np.zeros((batch, 8, 8), ">f4"), np.full(batch, "a"), np.array(1.0)]
    check_signature(arrays, [IMAGE, LABELS, SCALE])


def test_check_signature__no_tensors__fit_no_signature_but_the_empty() -> None:
    check_signature([], [])
    assert faults([], IMAGE) == ("0 tensors, expected 1 (image)",)


def test_check_signature__one_tensor_too_many__refused() -> None:
    assert faults([image(), image()], IMAGE) == ("2 tensors, expected 1 (image)",)


def test_check_signature__another_dtype__refused() -> None:
    assert faults([image(dtype=np.float64)], IMAGE) == ("image: dtype DOUBLE, expected FLOAT",)


def test_check_signature__dtype_without_onnx_type__named() -> None:
    (fault,) = faults([np.zeros((), "M8[s]")], SCALE)
    assert fault == "scale: dtype datetime64[s], expected DOUBLE"


@pytest.mark.parametrize("shape", [(2, 7, 8), (2, 64), (8, 8), (1, 2, 8, 8), ()])
def test_check_signature__another_shape__refused(shape: tuple[int, ...]) -> None:
    listed = list(shape)
    assert faults([np.zeros(shape, np.float32)], IMAGE) == (
        f"image: shape {listed}, expected [?, 8, 8]",
    )


def test_check_signature__several_faults__all_reported() -> None:
    found = faults([image(7, np.int8), np.zeros(3), np.zeros(1)], IMAGE, LABELS, SCALE)
    assert found == (
        "image: dtype INT8, expected FLOAT",
        "image: shape [2, 7, 8], expected [?, 8, 8]",
        "labels: dtype DOUBLE, expected STRING",
        "scale: shape [1], expected []",
    )


def test_signature_mismatch__message__lists_the_faults() -> None:
    with pytest.raises(SignatureMismatchError, match="do not fit the signature: image: dtype"):
        check_signature([image(dtype=np.int8)], [IMAGE])
