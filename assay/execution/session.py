"""One model in onnxruntime, set up to give the same bits wherever it can.

For child processes only: a worker's is sandboxed, a publisher's has bounds on memory and time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime import ExecutionMode, GraphOptimizationLevel, OrtValue, SessionOptions

from assay.execution.levels import Level
from assay.tensors import DataType, TensorSpec

_LEVELS = {
    Level.AS_PUBLISHED: GraphOptimizationLevel.ORT_DISABLE_ALL,
    Level.INTEGERS: GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    Level.BASIC: GraphOptimizationLevel.ORT_ENABLE_BASIC,
    Level.EXTENDED: GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    Level.REWRITTEN: GraphOptimizationLevel.ORT_ENABLE_ALL,
}
_CONFIGURATION = {
    # Else bytes that parse as ONNX, and were inspected as such, may be loaded as something else.
    "session.load_model_format": "ONNX",
    # Without it int8 products saturate on AVX2 machines that lack VNNI, and differ elsewhere. It is
    # heeded from ORT_ENABLE_EXTENDED on.
    "session.x64quantprecision": "1",
    "session.set_denormal_as_zero": "0",
    "session.intra_op.allow_spinning": "0",
    "mlas.enable_gemm_fastmath_arm64_bfloat16": "0",
}

Arrays = Sequence[npt.NDArray[Any]]


class ResultTooLargeError(Exception):
    """The outputs exceed what the caller is willing to take."""


class Session:
    """A loaded model. Errors of onnxruntime pass through as they are."""

    def __init__(
        self, model: bytes, inputs: Sequence[TensorSpec], level: Level, threads: int = 1
    ) -> None:
        """`threads` for one operator: votes are cast with one."""
        self._inputs = inputs
        self._session = onnxruntime.InferenceSession(
            model,
            _options(level, threads),
            providers=["CPUExecutionProvider"],
            disabled_optimizers=_disabled(level),
        )

    def run(self, arrays: Arrays, max_bytes: int) -> list[npt.NDArray[Any]]:
        """The outputs for inputs that fit the signature.

        Raises ResultTooLargeError before it copies more than `max_bytes` of them.
        """
        if any(spec.dtype is DataType.STRING for spec in self._inputs):
            return self._run_with_strings(arrays, max_bytes)
        feeds = {
            spec.name: _to_runtime(array, spec.dtype)
            for spec, array in zip(self._inputs, arrays, strict=True)
        }
        outputs = self._session.run_with_ort_values(None, feeds)
        _check_size(sum(value.tensor_size_in_bytes() for value in outputs), max_bytes)
        return [_from_runtime(value) for value in outputs]

    def _run_with_strings(self, arrays: Arrays, max_bytes: int) -> list[npt.NDArray[Any]]:
        """By way of numpy, which knows strings but none of the 8-bit and brain floats."""
        feeds = {spec.name: array for spec, array in zip(self._inputs, arrays, strict=True)}
        outputs = self._session.run(None, feeds)
        _check_size(sum(array.nbytes for array in outputs), max_bytes)
        return list(outputs)


def _options(level: Level, threads: int = 1) -> SessionOptions:
    options = SessionOptions()
    options.graph_optimization_level = _LEVELS[level]
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.enable_cpu_mem_arena = False  # memory goes back after a run, and limits bite at once
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    for name, value in _CONFIGURATION.items():
        options.add_session_config_entry(name, value)
    return options


def _disabled(level: Level) -> list[str]:
    """Rewritings left out: votes are cast without folding what a hostile graph holds."""
    return ["ConstantFolding"] if level is Level.INTEGERS else []


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise ResultTooLargeError(f"the outputs take {size} bytes: expected at most {max_bytes}")


def _to_runtime(array: npt.NDArray[Any], dtype: DataType) -> OrtValue:
    if dtype.numpy.isbuiltin == 1:
        return OrtValue.ortvalue_from_numpy(array)
    return OrtValue.ortvalue_from_numpy_with_onnx_type(array, int(dtype))


def _from_runtime(value: OrtValue) -> npt.NDArray[Any]:
    """A copy of the tensor: numpy() of the binding lacks brain floats and loses 8-bit ones."""
    dtype = DataType(value.element_type())
    if dtype is DataType.STRING:
        strings: npt.NDArray[Any] = value.numpy()
        return strings
    size = value.tensor_size_in_bytes()
    data = ctypes.string_at(value.data_ptr(), size) if size else b""
    return np.frombuffer(data, dtype.numpy).reshape(value.shape())
