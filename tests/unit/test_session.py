"""onnxruntime behind `Session`: every type that goes in comes out with the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from onnx import TensorProto
from onnxruntime import ExecutionMode, GraphOptimizationLevel

from assay.execution.levels import Level
from assay.execution.session import ResultTooLargeError, Session, _options
from assay.inspection import graph
from assay.inspection.graph import RUNTIME_TYPES
from assay.tensors import DataType, TensorSpec, encode
from tests.unit import onnx_models
from tests.unit.onnx_models import model, node, value

LIMIT = 1 << 16
NUMBERS = sorted(RUNTIME_TYPES - {DataType.STRING})


def run_identity(array: npt.NDArray[Any], max_bytes: int = LIMIT) -> npt.NDArray[Any]:
    dtype = DataType.of(array)
    proto = onnx_models.identity(dtype, array.shape)
    spec = TensorSpec("x", dtype, array.shape)
    session = Session(proto.SerializeToString(), [spec], Level.AS_PUBLISHED)
    (output,) = session.run([array], max_bytes)
    return output


@pytest.mark.parametrize("code", NUMBERS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4)])
def test_run__numbers_of_any_type_and_shape__the_same_bits(
    code: int, shape: tuple[int, ...]
) -> None:
    dtype = DataType(code)
    size = int(np.prod(shape)) * dtype.numpy.itemsize
    pattern = np.random.default_rng(code).integers(0, 2 if code == DataType.BOOL else 256, size)
    array = pattern.astype(np.uint8).view(dtype.numpy).reshape(shape)
    assert encode([run_identity(array)]) == encode([array])


@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_run__strings__the_same_text(shape: tuple[int, ...]) -> None:
    words = np.array(["", "añ", "x" * 300, "🜚"], object)
    array = words.reshape(shape) if shape else np.array("word", object)
    assert encode([run_identity(array)]) == encode([array])


def test_run__strings_beside_numbers__both_come_out() -> None:
    proto = model(
        [node("Identity", ["x"], ["y"]), node("Identity", ["n"], ["m"])],
        [value("x", TensorProto.STRING, (1,)), value("n", TensorProto.INT64, (1,))],
        [value("y", TensorProto.STRING, (1,)), value("m", TensorProto.INT64, (1,))],
    )
    specs = [TensorSpec("x", DataType.STRING, (1,)), TensorSpec("n", DataType.INT64, (1,))]
    session = Session(proto.SerializeToString(), specs, Level.AS_PUBLISHED)
    inputs = [np.array(["word"], object), np.array([7])]
    assert encode(session.run(inputs, LIMIT)) == encode(inputs)


def test_run__nan_payloads_and_signed_zeros__kept() -> None:
    bits = np.array([0x7FC00001, 0xFFC00000, 0x7F800001, 0x80000000, 0x00000001], np.uint32)
    output = run_identity(bits.view(np.float32))
    assert output.view(np.uint32).tolist() == bits.tolist()


def test_run__outputs_above_the_limit__refused_before_they_are_copied() -> None:
    array = np.zeros(16, np.float32)
    assert run_identity(array, 64).shape == (16,)
    with pytest.raises(ResultTooLargeError, match="64 bytes: expected at most 63"):
        run_identity(array, 63)


def test_run__second_time__the_same_bits() -> None:
    proto = onnx_models.convolution()
    spec = TensorSpec("x", DataType.FLOAT, (1, 3, 16, 16))
    image = np.random.default_rng(3).standard_normal(spec.shape).astype(np.float32)  # type: ignore[arg-type]
    session = Session(proto.SerializeToString(), [spec], Level.AS_PUBLISHED)
    assert encode(session.run([image], LIMIT)) == encode(session.run([image], LIMIT))


def test_session__bytes_that_also_look_like_another_format__loaded_as_onnx() -> None:
    field = b"\x32\x06..ORTM"  # doc_string; the mark of onnxruntime's own format is at byte 4
    content = field + onnx_models.identity().SerializeToString()
    assert graph.parse(content, LIMIT).doc_string == "..ORTM"
    session = Session(content, [TensorSpec("x", DataType.FLOAT, (2,))], Level.AS_PUBLISHED)
    inputs = [np.array([1, 2], np.float32)]
    assert encode(session.run(inputs, LIMIT)) == encode(inputs)


def test_session__integers__widened_and_nothing_folded() -> None:
    options = _options(Level.INTEGERS)
    assert options.get_session_config_entry("session.x64quantprecision") == "1"
    assert options.graph_optimization_level == GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    proto = onnx_models.integer_product()
    spec = TensorSpec("x", DataType.UINT8, (1, 4))
    session = Session(proto.SerializeToString(), [spec], Level.INTEGERS)
    (output,) = session.run([np.full((1, 4), 255, np.uint8)], LIMIT)
    assert output.tolist() == [[4 * 255 * 127, 4 * 255 * -128]]


def test_session__options__pinned_for_the_same_bits_everywhere() -> None:
    options = _options(Level.AS_PUBLISHED)
    assert options.get_session_config_entry("session.x64quantprecision") == "1"
    assert options.get_session_config_entry("session.set_denormal_as_zero") == "0"
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.graph_optimization_level == GraphOptimizationLevel.ORT_DISABLE_ALL
    assert options.execution_mode == ExecutionMode.ORT_SEQUENTIAL
    assert options.use_deterministic_compute
    assert not options.enable_cpu_mem_arena
    assert not options.enable_mem_pattern
