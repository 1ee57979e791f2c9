"""Inputs to measure a model with: the publisher's own, or some drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.arranging import Given, arrange
from assay.publish.errors import MeasuringError, SampleFailedError
from assay.tensors import DataType, TensorSpec, encode

_SEED = 0
_SIZES = (1, 2, 3)
"""Of the axes without a size of their own: all of one sample have the same."""
_SMALL = 10
"""Wider integers lie below it: they often are indices."""
_LETTERS = "abcdefghij"
_MOST_ELEMENTS = 1 << 26


def given(samples: Sequence[Given], signature: Sequence[TensorSpec]) -> list[bytes]:
    """Encoded inputs, each as `infer` takes it.

    Raises SignatureMismatchError, UnencodableTensorError, or MeasuringError when there are none.
    """
    encoded = [encode(arrange(sample, signature)) for sample in samples]
    if not encoded:
        raise MeasuringError("no samples: give at least one input, or None to draw some at random")
    return encoded


def drawn(signature: Sequence[TensorSpec], count: int) -> list[bytes]:
    """Encoded inputs drawn at random, the same each time.

    Floats are standard normal, integers of 8 bits any, wider ones 0 to 9, booleans even, strings of
    one letter. Axes of any size are 1, 2, 3, 1, … long.

    Raises SampleFailedError for a signature that is too large to be drawn.
    """
    if count < 1:
        raise MeasuringError(f"{count} samples: draw at least one")
    random = np.random.default_rng(_SEED)
    return [
        encode([_array(spec, _SIZES[number % len(_SIZES)], random) for spec in signature])
        for number in range(count)
    ]


def _array(spec: TensorSpec, size: int, random: np.random.Generator) -> npt.NDArray[Any]:
    shape = tuple(size if dim is None else dim for dim in spec.shape)
    if np.prod(shape, dtype=object) > _MOST_ELEMENTS:
        raise SampleFailedError(
            f"input {spec.name} of shape {list(shape)} is too large for any job: correct its shape"
        )
    dtype = spec.dtype.numpy
    if spec.dtype is DataType.STRING:
        return np.asarray(random.choice(list(_LETTERS), shape)).astype(object)
    if spec.dtype is DataType.BOOL:
        return random.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        low, high = (limits.min, limits.max + 1) if dtype.itemsize == 1 else (0, _SMALL)
        return random.integers(low, high, shape).astype(dtype)
    return np.asarray(random.standard_normal(shape)).astype(dtype)
