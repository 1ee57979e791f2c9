"""Small ONNX models for the tests: well-behaved ones and hostile ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

Dims = Sequence[int | str | None]

FLOAT, INT32, INT64, BOOL = (
    TensorProto.FLOAT,
    TensorProto.INT32,
    TensorProto.INT64,
    TensorProto.BOOL,
)


def value(name: str, dtype: int = FLOAT, shape: Dims = (2,)) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def node(
    operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
) -> NodeProto:
    return helper.make_node(operator, inputs, outputs, **attributes)


def model(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: dict[str, Any] | None = None,
    opset: dict[str, int] | None = None,
    ir_version: int = 10,
) -> onnx.ModelProto:
    initializers = [
        numpy_helper.from_array(np.asarray(array), name)
        for name, array in (constants or {}).items()
    ]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    imports = [helper.make_opsetid(*entry) for entry in (opset or {"": 21}).items()]
    return helper.make_model(graph, opset_imports=imports, ir_version=ir_version)


def identity(dtype: int = FLOAT, shape: Dims = (2,)) -> onnx.ModelProto:
    """y = x."""
    return model(
        [node("Identity", ["x"], ["y"])], [value("x", dtype, shape)], [value("y", dtype, shape)]
    )


def linear() -> onnx.ModelProto:
    """y = x W + b over floats, batch of any size: x [?, 3], y [?, 2]."""
    weights = np.arange(6, dtype=np.float32).reshape(3, 2)
    return model(
        [node("Gemm", ["x", "w", "b"], ["y"], name="dense")],
        [value("x", FLOAT, (None, 3))],
        [value("y", FLOAT, (None, 2))],
        {"w": weights, "b": np.array([0.5, -0.5], np.float32)},
    )


def integer_product() -> onnx.ModelProto:
    """y = x W over int8, accumulated in int32."""
    return model(
        [node("MatMulInteger", ["x", "w"], ["y"])],
        [value("x", TensorProto.UINT8, (1, 4))],
        [value("y", INT32, (1, 2))],
        {"w": np.array([[127, -128]] * 4, np.int8)},
    )


def expand_bomb() -> onnx.ModelProto:
    """Asks for n by n floats: 40 GB for n = 100,000."""
    return model(
        [
            node("Concat", ["n", "n"], ["shape"], axis=0),
            node("Expand", ["one", "shape"], ["big"]),
            node("ReduceSum", ["big"], ["y"], keepdims=0),
        ],
        [value("n", INT64, (1,))],
        [value("y", FLOAT, ())],
        {"one": np.ones((1, 1), np.float32)},
    )


def huge_output() -> onnx.ModelProto:
    """Gives out n floats."""
    return model(
        [node("Expand", ["one", "n"], ["y"])],
        [value("n", INT64, (1,))],
        [value("y", FLOAT, (None,))],
        {"one": np.ones(1, np.float32)},
    )


def loop_bomb() -> onnx.ModelProto:
    """Counts to n, one iteration of Loop at a time."""
    body = helper.make_graph(
        [node("Identity", ["go"], ["go_on"]), node("Add", ["count", "step"], ["next"])],
        "body",
        [value("i", INT64, ()), value("go", BOOL, ()), value("count", INT64, ())],
        [value("go_on", BOOL, ()), value("next", INT64, ())],
    )
    return model(
        [node("Loop", ["n", "true", "zero"], ["y"], body=body)],
        [value("n", INT64, ())],
        [value("y", INT64, ())],
        {"true": np.array(True), "zero": np.int64(0), "step": np.int64(1)},
    )


def out_of_range() -> onnx.ModelProto:
    """Gathers the element that the input names, and throws when there is none."""
    return model(
        [node("Gather", ["table", "index"], ["y"])],
        [value("index", INT64, ())],
        [value("y", FLOAT, ())],
        {"table": np.array([10, 20, 30], np.float32)},
    )


def convolution(*, with_label: bool = False) -> onnx.ModelProto:
    """Conv and BatchNormalization, which onnxruntime's optimiser folds into other weights.

    The results differ in their last bits between optimisation levels; so does the label, taken
    from those bits.
    """
    source = np.random.default_rng(0)
    weights = source.standard_normal((4, 3, 3, 3)).astype(np.float32)
    scale, offset, mean, variance = source.uniform(0.5, 1.5, (4, 4)).astype(np.float32)
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("BatchNormalization", ["c", "scale", "offset", "mean", "variance"], ["y"]),
    ]
    outputs = [value("y", FLOAT, (1, 4, 14, 14))]
    if with_label:
        nodes += [node("Mul", ["y", "many"], ["m"]), node("Cast", ["m"], ["label"], to=INT64)]
        outputs += [value("label", INT64, (1, 4, 14, 14))]
    constants = {
        "w": weights,
        "scale": scale,
        "offset": offset,
        "mean": mean,
        "variance": variance,
        "many": np.float32(1 << 30),
    }
    return model(nodes, [value("x", FLOAT, (1, 3, 16, 16))], outputs, constants)
