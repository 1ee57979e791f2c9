"""Does a graph compute in floating point? If not, its results are the same bits everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

from assay.inspection.walk import bodies, graphs

_FLOATS = frozenset(
    number
    for name, number in TensorProto.DataType.items()
    if "FLOAT" in name or name in ("DOUBLE", "COMPLEX64", "COMPLEX128")
)

# Operators of ai.onnx that copy or compare floats and never round one.
_MOVES = frozenset(
    "Compress Concat Constant ConstantOfShape DepthToSpace Equal Expand EyeLike Flatten Gather "
    "GatherElements GatherND Greater GreaterOrEqual Identity If IsInf IsNaN Less LessOrEqual Loop "
    "Pad Reshape ReverseSequence Scan Shape Size Slice SpaceToDepth Split Squeeze Tile Transpose "
    "Trilu Unsqueeze Where".split()
)

_Types = dict[str, bool]  # value name: whether it may hold floats


def first_float_node(model: ModelProto) -> str | None:
    """Operator and name of a node that rounds floats; None when there is none.

    A value whose type is not known counts as float: a worker must not vouch for the graph then.
    """
    stated = _types(graphs(model))
    for graph in graphs(model):
        for node in graph.node:
            if _rounds(node, stated, unknown=False):
                return _label(node)
    inferred = _types(_inferred(model))
    for graph in graphs(model):
        for node in graph.node:
            if _rounds(node, inferred, unknown=True):
                return _label(node)
    return None


def float_outputs(model: ModelProto) -> frozenset[str]:
    """Names of the graph's outputs that hang on a node that rounds floats, or may.

    Of whatever type: a label is one, if it is taken from floats that were computed.
    """
    known = _types(_inferred(model))
    marked: set[str] = set()
    for node in model.graph.node:  # sorted: each after those whose values it takes
        if any(_rounds(part, known, unknown=True) for part in _with_bodies(node)) or any(
            name in marked for part in _with_bodies(node) for name in part.input
        ):
            marked.update(filter(None, node.output))
    return frozenset(output.name for output in model.graph.output if output.name in marked)


def _with_bodies(node: NodeProto) -> Iterator[NodeProto]:
    """The node, and those of the graphs inside it."""
    yield node
    for body in bodies(node):
        yield from body.node


def _rounds(node: NodeProto, floats: _Types, *, unknown: bool) -> bool:
    if node.domain != "ai.onnx.ml" and node.op_type in _MOVES:
        return False
    return any(floats.get(name, unknown) for name in (*node.input, *node.output) if name)


def _inferred(model: ModelProto) -> Iterable[GraphProto]:
    try:
        return list(graphs(onnx.shape_inference.infer_shapes(model)))
    except (onnx.shape_inference.InferenceError, RuntimeError, ValueError):
        return list(graphs(model))


def _types(found: Iterable[GraphProto]) -> _Types:
    floats: _Types = {}

    def note(name: str, number: int) -> None:
        floats[name] = floats.get(name, False) or number in _FLOATS

    for graph in found:
        for tensor in graph.initializer:
            note(tensor.name, tensor.data_type)
        for sparse in graph.sparse_initializer:
            note(sparse.values.name, sparse.values.data_type)
        for value in (*graph.input, *graph.value_info, *graph.output):
            if (number := _element_type(value)) is not None:
                note(value.name, number)
    return floats


def _element_type(value: ValueInfoProto) -> int | None:
    if value.type.WhichOneof("value") != "tensor_type":
        return None
    return value.type.tensor_type.elem_type or None


def _label(node: NodeProto) -> str:
    return f"{node.op_type} {node.name[:64]!r}" if node.name else node.op_type
