"""Int8 products that saturate on some processors. Imports onnx."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from assay.inspection.walk import graphs

_WEIGHTS = {"MatMulInteger": 1, "ConvInteger": 1, "QLinearMatMul": 3, "QLinearConv": 3}
"""Which input of an operator its weights are."""
_SEVEN_BITS = 64
"""Two products with a byte of up to 255 fit into 16 bits as long as weights are no larger."""


def saturating_node(model: ModelProto) -> str | None:
    """Operator and weights of a node whose int8 products may not fit into 16 bits; None if none.

    Processors with AVX2 and without VNNI add two of them in 16 bits, and cut what is beyond.
    """
    constants = {tensor.name: tensor for tensor in _constants(model)}
    for graph in graphs(model):
        for node in graph.node:
            place = _WEIGHTS.get(node.op_type)
            if place is None or len(node.input) <= place:
                continue
            tensor = constants.get(node.input[place])
            if tensor is not None and _is_wide(tensor):
                return f"{node.op_type} with the weights {tensor.name!r}"
    return None


def _constants(model: ModelProto) -> Iterator[TensorProto]:
    for graph in graphs(model):
        yield from graph.initializer
        yield from filter(None, map(_constant, graph.node))


def _constant(node: NodeProto) -> TensorProto | None:
    if node.op_type != "Constant":
        return None
    for attribute in node.attribute:
        if attribute.name == "value":
            named = TensorProto()
            named.CopyFrom(attribute.t)
            named.name = node.output[0]
            return named
    return None


def _is_wide(tensor: TensorProto) -> bool:
    if tensor.data_type != TensorProto.INT8:
        return False
    weights = numpy_helper.to_array(tensor).astype(np.int16)
    return bool(weights.size) and bool(np.abs(weights).max() > _SEVEN_BITS)
