"""Does a graph treat the rows of its inputs apart? Then the inputs of several jobs can run as one.

A value is by rows when its first axis is that of the inputs, and each of its rows depends on that
row of them alone. Only operators of integer graphs that are known to keep it so are passed: others
are what a worker has to run job by job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

_T = TypeVar("_T", int, list[int])

_UNARY = "Abs BitwiseNot Cast Identity Neg Not Relu Sign"
_BROADCAST = (
    "Add And BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less "
    "LessOrEqual Max Min Mod Mul Or Sub Where Xor"
)
_REDUCTIONS = "ReduceMax ReduceMin ReduceProd ReduceSum"
_MOST_AXES = 1_024
"""Elements of a constant that is read for axes or a shape."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A value by rows."""

    rank: int


_Value = _Rows | TensorProto
"""By rows, or constant."""


class _MixedError(Exception):
    """Rows may be mixed, or it is not known that they are not."""


_UNKNOWN = (_MixedError, LookupError, TypeError, ValueError)
"""What a graph that no rule foresees may raise."""


def is_by_rows(model: ModelProto) -> bool:
    """Whether every output is by rows, the inputs' first axes being of any length."""
    try:
        values = _givens(model.graph)
        for node in model.graph.node:
            values.update(dict.fromkeys(filter(None, node.output), _result(node, values)))
        return all(isinstance(values.get(o.name), _Rows) for o in model.graph.output)
    except _UNKNOWN:
        return False


def _givens(graph: GraphProto) -> dict[str, _Value]:
    if graph.sparse_initializer:
        raise _MixedError
    values: dict[str, _Value] = {tensor.name: tensor for tensor in graph.initializer}
    for given in graph.input:
        if given.name in values:
            continue
        dims = given.type.tensor_type.shape.dim
        if not dims or dims[0].HasField("dim_value"):
            raise _MixedError
        values[given.name] = _Rows(len(dims))
    return values


def _result(node: NodeProto, values: Mapping[str, _Value]) -> _Value:
    """What the outputs of a node are. Raises _MixedError."""
    if node.domain not in ("", "ai.onnx"):
        raise _MixedError
    if node.op_type == "Constant":
        return _constant(node)
    rule = _RULES.get(node.op_type)
    if rule is None or len(node.output) != 1:
        raise _MixedError
    inputs = [values.get(name) if name else None for name in node.input]
    return _Rows(rule(node, inputs))


_Inputs = Sequence[_Value | None]


def _constant(node: NodeProto) -> TensorProto:
    for attribute in node.attribute:
        if attribute.name == "value":
            return attribute.t
    raise _MixedError


def _unary(_node: NodeProto, inputs: _Inputs) -> int:
    if len(inputs) != 1:
        raise _MixedError
    return _rank(inputs[0])


def _broadcast(_node: NodeProto, inputs: _Inputs) -> int:
    """Constants must be stretched along the first axis, and rows meet rows of the same rank."""
    ranks = {value.rank for value in inputs if isinstance(value, _Rows)}
    if len(ranks) != 1:
        raise _MixedError
    (rank,) = ranks
    for value in inputs:
        if not isinstance(value, _Rows):
            _require_stretched(value, rank)
    return rank


def _product(node: NodeProto, inputs: _Inputs) -> int:
    """Rows times a constant matrix. A zero point of the rows must be one for all of them."""
    rank = _rank(inputs[0])
    if rank < 2 or len(_constant_of(inputs, 1).dims) != 2:
        raise _MixedError
    if node.op_type == "MatMulInteger" and len(inputs) > 2:
        _require_single(inputs[2])
    for value in inputs[3:]:
        _require_constant(value)
    return rank


def _gemm(node: NodeProto, inputs: _Inputs) -> int:
    if _rank(inputs[0]) != 2 or _attribute(node, "transA", 0):
        raise _MixedError
    _constant_of(inputs, 1)
    if len(inputs) > 2:
        _require_stretched(inputs[2], 2)
    return 2


def _convolution(_node: NodeProto, inputs: _Inputs) -> int:
    rank = _rank(inputs[0])
    if rank < 3:
        raise _MixedError
    _constant_of(inputs, 1)
    if len(inputs) > 2:
        _require_single(inputs[2])
    for value in inputs[3:]:
        _require_constant(value)
    return rank


def _pooling(_node: NodeProto, inputs: _Inputs) -> int:
    rank = _rank(inputs[0])
    if rank < 3:
        raise _MixedError
    return rank


def _flatten(node: NodeProto, inputs: _Inputs) -> int:
    _rank(inputs[0])
    if _attribute(node, "axis", 1) != 1:
        raise _MixedError
    return 2


def _reshape(node: NodeProto, inputs: _Inputs) -> int:
    """The first axis has to be copied; the elements of each row then stay together."""
    _rank(inputs[0])
    shape = _numbers(_constant_of(inputs, 1))
    if not shape or shape[0] != 0 or _attribute(node, "allowzero", 0):
        raise _MixedError
    return len(shape)


def _transpose(node: NodeProto, inputs: _Inputs) -> int:
    rank = _rank(inputs[0])
    if _attribute(node, "perm", [rank - 1])[0] != 0:
        raise _MixedError
    return rank


def _concat(node: NodeProto, inputs: _Inputs) -> int:
    ranks = {_rank(value) for value in inputs}
    if len(ranks) != 1:
        raise _MixedError
    (rank,) = ranks
    _require_others([_attribute(node, "axis", 0)], rank)
    return rank


def _reduction(node: NodeProto, inputs: _Inputs) -> int:
    rank = _rank(inputs[0])
    axes = _axes(node, inputs)
    _require_others(axes, rank)
    return rank if _attribute(node, "keepdims", 1) else rank - len(axes)


def _choice(node: NodeProto, inputs: _Inputs) -> int:
    rank = _rank(inputs[0])
    _require_others([_attribute(node, "axis", 0)], rank)
    return rank if _attribute(node, "keepdims", 1) else rank - 1


def _gather(node: NodeProto, inputs: _Inputs) -> int:
    axis = _attribute(node, "axis", 0)
    data, indices = inputs
    if isinstance(data, TensorProto) and axis == 0:  # a table that the rows look things up in
        return _rank(indices) + len(data.dims) - 1
    rank = _rank(data)
    _require_others([axis], rank)
    return rank - 1 + len(_constant_of(inputs, 1).dims)


def _squeeze(node: NodeProto, inputs: _Inputs) -> int:
    rank, axes = _rank(inputs[0]), _axes(node, inputs)
    _require_others(axes, rank)
    return rank - len(axes)


def _unsqueeze(node: NodeProto, inputs: _Inputs) -> int:
    axes = _axes(node, inputs)
    rank = _rank(inputs[0]) + len(axes)
    _require_others(axes, rank)
    return rank


_Rule = Callable[[NodeProto, _Inputs], int]
"""The rank of a node's output, which is by rows. Raises _MixedError."""

_RULES: dict[str, _Rule] = {
    **dict.fromkeys(_UNARY.split(), _unary),
    **dict.fromkeys(_BROADCAST.split(), _broadcast),
    **dict.fromkeys(("MatMul", "MatMulInteger"), _product),
    "Gemm": _gemm,
    "ConvInteger": _convolution,
    "MaxPool": _pooling,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Concat": _concat,
    **dict.fromkeys(_REDUCTIONS.split(), _reduction),
    **dict.fromkeys(("ArgMax", "ArgMin"), _choice),
    "Gather": _gather,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
}


def _rank(value: _Value | None) -> int:
    if not isinstance(value, _Rows):
        raise _MixedError
    return value.rank


def _constant_of(inputs: _Inputs, index: int) -> TensorProto:
    value = inputs[index] if index < len(inputs) else None
    if not isinstance(value, TensorProto):
        raise _MixedError
    return value


def _require_constant(value: _Value | None) -> None:
    if isinstance(value, _Rows):
        raise _MixedError


def _require_single(value: _Value | None) -> None:
    """One number, or none at all."""
    if value is None:
        return
    if isinstance(value, _Rows) or any(dim != 1 for dim in value.dims):
        raise _MixedError


def _require_stretched(value: _Value | None, rank: int) -> None:
    """A constant that is the same for every row of a value of that rank."""
    if not isinstance(value, TensorProto):
        raise _MixedError
    if len(value.dims) > rank or (len(value.dims) == rank and value.dims[0] != 1):
        raise _MixedError


def _require_others(axes: Sequence[int], rank: int) -> None:
    """Some axes, each once, and not the first."""
    if not axes or not all(-rank <= axis < rank for axis in axes):
        raise _MixedError
    places = {axis % rank for axis in axes}
    if 0 in places or len(places) != len(axes):
        raise _MixedError


def _axes(node: NodeProto, inputs: _Inputs) -> Sequence[int]:
    """Given as an attribute in older opsets, as a constant in newer ones."""
    if len(inputs) > 1:
        return _numbers(_constant_of(inputs, 1))
    return _attribute(node, "axes", [])


def _numbers(tensor: TensorProto) -> list[int]:
    if len(tensor.dims) != 1 or tensor.dims[0] > _MOST_AXES:
        raise _MixedError
    return [int(number) for number in numpy_helper.to_array(tensor)]


def _attribute(node: NodeProto, name: str, otherwise: _T) -> _T:
    for attribute in node.attribute:
        if attribute.name == name:
            value: _T = helper.get_attribute_value(attribute)
            return value
    return otherwise
