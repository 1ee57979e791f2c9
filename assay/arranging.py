"""What a caller gives as inputs, as the arrays that a model takes.

Arrays are taken as they are: their dtype is the caller's word. Numbers, texts and lists of them get
the dtype of the input, if it can hold each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.errors import SignatureMismatchError
from assay.remote_inputs import RemoteInput
from assay.tensors import DataType, TensorSpec, decode

Array = npt.NDArray[Any]
Value = Array | float | str | Sequence[Any]
"""One input: an array, or a number, a text, or lists of those, nested as deep as its shape."""

Given = bytes | Mapping[str, Value] | Value
"""By name, in the model's order, the only one there is, or an encoded payload."""

Inputs = Given | RemoteInput
"""The same, or where the payload lies."""


def arrange(inputs: Given, signature: Sequence[TensorSpec]) -> list[Array]:
    """The arrays of `inputs`, in the order of the signature.

    A list is one value for each input of the model; for a model with one input it is that input,
    unless its elements are arrays.

    Raises:
        SignatureMismatchError: with every difference there is, and what would do.
        MalformedPayloadError: bytes that are no payload.
    """
    if isinstance(inputs, bytes):
        arrays: list[Array] = decode(inputs)
        values: Sequence[Value] = arrays
    elif isinstance(inputs, Mapping):
        values = _by_name(inputs, signature)
    else:
        values = _in_order(inputs, signature)
    if len(values) != len(signature):
        raise SignatureMismatchError(
            [f"{len(values)} inputs, expected {len(signature)}: {_described(signature)}"]
        )
    faults: list[str] = []
    arranged = []
    for value, spec in zip(values, signature, strict=True):
        array = _array(value, spec, faults)
        if array is not None:
            faults += [f"{fault}{_hint(array, spec)}" for fault in spec.faults(array)]
            arranged.append(array)
    if faults:
        raise SignatureMismatchError(faults)
    return arranged


def _by_name(inputs: Mapping[str, Value], signature: Sequence[TensorSpec]) -> list[Value]:
    names = [spec.name for spec in signature]
    faults = [f"{spec.name}: missing, expected {_of(spec)}" for spec in signature]
    faults = [fault for fault, name in zip(faults, names, strict=True) if name not in inputs]
    strange = [name for name in inputs if name not in names]
    faults += [
        f"{name}: no input of the model; it takes {_described(signature)}" for name in strange
    ]
    if faults:
        raise SignatureMismatchError(faults)
    return [inputs[name] for name in names]


def _in_order(inputs: Value, signature: Sequence[TensorSpec]) -> Sequence[Value]:
    if not isinstance(inputs, list | tuple):
        return [inputs]
    if len(signature) == 1 and not any(isinstance(value, np.ndarray) for value in inputs):
        return [inputs]
    return inputs


def _array(value: Value, spec: TensorSpec, faults: list[str]) -> Array | None:
    """The value as an array; None where it cannot be one of the dtype, which is a fault."""
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    try:
        given = np.asarray(value, dtype=object if spec.dtype is DataType.STRING else None)
    except ValueError:
        faults.append(f"{spec.name}: lists of unequal lengths; expected {_of(spec)}")
        return None
    reason = next(_unfit(given, spec.dtype), None)
    if reason is not None:
        faults.append(f"{spec.name}: {reason}; expected {_of(spec)}")
        return None
    return given.astype(spec.dtype.numpy)


def _unfit(given: Array, dtype: DataType) -> Iterator[str]:
    """Why `dtype` cannot hold what Python's own numbers and texts say."""
    if dtype is DataType.STRING:
        if not all(isinstance(item, str) for item in given.ravel()):
            yield "not all are texts"
        return
    kind, target = given.dtype.kind, dtype.numpy
    if kind not in "biuf":
        yield "not all are numbers"
    elif (target == np.bool_) != (kind == "b"):
        yield "numbers and truth values are not each other"
    elif np.issubdtype(target, np.integer):
        if kind == "f" and given.size:
            yield "not all are integers"
        elif given.size and not _in_range(given, np.iinfo(target)):
            limits = np.iinfo(target)
            yield f"not all lie from {limits.min} to {limits.max}"
    elif target != np.bool_ and dtype not in _CONVERTED:
        yield f"{dtype.name} is only taken as an array"
    elif _overflows(given, target):
        yield f"not all are small enough for {dtype.name}"


def _overflows(given: Array, target: np.dtype[Any]) -> bool:
    with np.errstate(over="ignore"):
        return not np.array_equal(np.isinf(given.astype(target)), np.isinf(given))


_CONVERTED = (
    DataType.FLOAT,
    DataType.DOUBLE,
    DataType.FLOAT16,
    DataType.BFLOAT16,
    DataType.COMPLEX64,
    DataType.COMPLEX128,
)
"""Types of real and complex numbers that take what Python's numbers say, rounded."""


def _in_range(given: Array, limits: np.iinfo[Any]) -> bool:
    return int(given.min()) >= limits.min and int(given.max()) <= limits.max


def _hint(array: Array, spec: TensorSpec) -> str:
    """What would make the array fit, where that is easily said."""
    if array.dtype.kind in "biuf" and array.dtype != spec.dtype.numpy:
        if spec.dtype.numpy.kind in "biuf":
            return f" (convert it with .astype(numpy.{spec.dtype.numpy.name}) if nothing is lost)"
    elif len(array.shape) + 1 == len(spec.shape) and spec.shape[0] in (None, 1):
        return " (the first axis counts rows: give array[None] for one)"
    return ""


def _described(signature: Sequence[TensorSpec]) -> str:
    return ", ".join(f"{spec.name} {_of(spec)}" for spec in signature) or "none"


def _of(spec: TensorSpec) -> str:
    dims = ", ".join("?" if dim is None else str(dim) for dim in spec.shape)
    return f"{spec.dtype.name} [{dims}]"
