"""Signatures: what the inputs or outputs of a model are named, typed and shaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from assay.errors import SignatureMismatchError, UnencodableTensorError
from assay.tensors.dtypes import DataType


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a model. A dim of None is dynamic: any size fits."""

    name: str
    dtype: DataType
    shape: tuple[int | None, ...]

    def faults(self, array: npt.NDArray[Any]) -> Iterator[str]:
        """One sentence for each way in which `array` does not fit."""
        try:
            dtype = DataType.of(array).name
        except UnencodableTensorError:
            dtype = str(array.dtype)
        if dtype != self.dtype.name:
            yield f"{self.name}: dtype {dtype}, expected {self.dtype.name}"
        if not self._fits(array.shape):
            yield f"{self.name}: shape {_shape(array.shape)}, expected {_shape(self.shape)}"

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) == len(self.shape) and all(
            expected is None or dim == expected
            for dim, expected in zip(shape, self.shape, strict=True)
        )


def check_signature(arrays: Sequence[npt.NDArray[Any]], signature: Sequence[TensorSpec]) -> None:
    """Check count, dtypes and shapes of `arrays` against `signature`, in its order.

    Raises:
        SignatureMismatchError: with every difference there is.
    """
    if len(arrays) != len(signature):
        names = ", ".join(spec.name for spec in signature)
        raise SignatureMismatchError(
            [f"{len(arrays)} tensors, expected {len(signature)} ({names})"]
        )
    faults = [
        fault for array, spec in zip(arrays, signature, strict=True) for fault in spec.faults(array)
    ]
    if faults:
        raise SignatureMismatchError(faults)


def _shape(dims: Sequence[int | None]) -> str:
    return "[" + ", ".join("?" if dim is None else str(dim) for dim in dims) + "]"
