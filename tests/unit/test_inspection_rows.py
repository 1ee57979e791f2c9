"""Which graphs treat rows apart: those that pass give the same bits together as one by one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import NodeProto, TensorProto

from assay.inspection.rows import is_by_rows
from tests.unit import onnx_models
from tests.unit.onnx_models import BOOL, INT32, INT64, model, node, value
from worker.executor.together import NotByRowsError, run_together

UINT8 = TensorProto.UINT8
TABLE = np.arange(40, dtype=np.int32).reshape(10, 4)


def graph(
    *nodes: NodeProto,
    shape: Sequence[int | str | None] = ("n", 4),
    out: Sequence[int | str | None] = ("n", None),
    kind: int = INT32,
    out_kind: int = INT32,
    **constants: Any,
) -> onnx.ModelProto:
    return model(list(nodes), [value("x", kind, shape)], [value("y", out_kind, out)], constants)


def axes(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


BY_ROWS = {
    "add a row": graph(node("Add", ["x", "c"], ["y"]), c=np.arange(4, dtype=np.int32)),
    "add one row of rank two": graph(
        node("Mul", ["x", "c"], ["y"]), c=np.full((1, 4), 3, np.int32)
    ),
    "rows meet rows": graph(node("Neg", ["x"], ["a"]), node("Sub", ["x", "a"], ["y"])),
    "constant node": graph(
        node("Constant", [], ["c"], value=onnx.numpy_helper.from_array(np.int32([7]))),
        node("Max", ["x", "c"], ["y"]),
    ),
    "product": graph(
        node("MatMulInteger", ["x", "w", "z"], ["y"]),
        kind=UINT8,
        w=np.array([[127, -128]] * 4, np.int8),
        z=np.uint8(3),
    ),
    "convolution and flatten": graph(
        node("ConvInteger", ["x", "w"], ["a"]),
        node("Flatten", ["a"], ["y"]),
        shape=("n", 1, 4, 4),
        kind=UINT8,
        w=np.arange(8, dtype=np.uint8).reshape(2, 1, 2, 2),
    ),
    "reshape that copies the first axis": graph(
        node("Reshape", ["x", "s"], ["y"]), out=("n", None, None), s=axes(0, 2, -1)
    ),
    "transpose of the other axes": graph(
        node("Transpose", ["x"], ["y"], perm=[0, 2, 1]), shape=("n", 2, 3), out=("n", 3, 2)
    ),
    "concatenation of columns": graph(node("Concat", ["x", "x"], ["y"], axis=-1)),
    "sum of columns": graph(
        node("ReduceSum", ["x", "a"], ["y"], keepdims=0), out=("n",), a=axes(-1)
    ),
    "largest column": graph(
        node("ArgMax", ["x"], ["y"], axis=1), out=("n", 1), out_kind=INT64
    ),
    "table": graph(
        node("Gather", ["t", "x"], ["y"]), shape=("n", 2), out=("n", 2, 4), t=TABLE
    ),
    "some columns": graph(node("Gather", ["x", "i"], ["y"], axis=1), i=axes(2, 0)),
    "choice by comparison": graph(
        node("Greater", ["x", "c"], ["b"]),
        node("Where", ["b", "x", "c"], ["y"]),
        c=np.int32(2),
    ),
    "another axis and back": graph(
        node("Unsqueeze", ["x", "a"], ["u"]), node("Squeeze", ["u", "a"], ["y"]), a=axes(1)
    ),
}  # fmt: skip

MIXED = {
    "sum of rows": graph(node("ReduceSum", ["x", "a"], ["y"]), out=(1, 4), a=axes(0)),
    "sum of all": graph(node("ReduceSum", ["x"], ["y"]), out=(1, 1)),
    "largest row": graph(node("ArgMax", ["x"], ["y"]), out=(1, 4), out_kind=INT64),
    "a constant for each row": graph(
        node("Add", ["x", "c"], ["y"]), c=np.arange(8, dtype=np.int32).reshape(2, 4)
    ),
    "a constant of higher rank": graph(
        node("Add", ["x", "c"], ["y"]), out=(2, "n", 4), c=np.zeros((2, 1, 4), np.int32)
    ),
    "rows meet rows of another rank": graph(
        node("ReduceSum", ["x", "a"], ["s"], keepdims=0), node("Add", ["x", "s"], ["y"]), a=axes(1)
    ),
    "product with itself": graph(
        node("Transpose", ["x"], ["t"]), node("MatMul", ["x", "t"], ["y"])
    ),
    "transposed": graph(node("Transpose", ["x"], ["y"]), out=(4, "n")),
    "one below the other": graph(node("Concat", ["x", "x"], ["y"], axis=0)),
    "reshape of all": graph(node("Reshape", ["x", "s"], ["y"]), s=axes(-1, 2)),
    "reshape where zero is a length": graph(
        node("Reshape", ["x", "s"], ["y"], allowzero=1), s=axes(0, 4)
    ),
    "flattened whole": graph(node("Flatten", ["x"], ["y"], axis=0)),
    "first row": graph(node("Gather", ["x", "i"], ["y"], axis=0), i=axes(0)),
    "running sum": graph(node("CumSum", ["x", "a"], ["y"]), a=np.int64(0)),
    "a zero point for each row": graph(
        node("MatMulInteger", ["x", "w", "z"], ["y"]),
        kind=UINT8,
        w=np.ones((4, 2), np.int8),
        z=np.array([1, 2], np.uint8),
    ),
    "first axis taken away": graph(
        node("Squeeze", ["x", "a"], ["y"]), out=(4,), a=axes(-2)
    ),
    "an axis named twice when taken away": graph(
        node("Squeeze", ["x", "a"], ["s"]), node("Squeeze", ["s", "b"], ["y"]),
        shape=("n", 1, 4), out=(None,), a=axes(1, 1), b=axes(1),
    ),
    "an axis named twice from both ends": graph(
        node("ReduceSum", ["x", "a"], ["s"], keepdims=0), node("Add", ["s", "c"], ["y"]),
        shape=("n", 2, 4), a=axes(2, -1), c=np.zeros((2,), np.int32),
    ),
    "an axis added twice": graph(
        node("Unsqueeze", ["x", "a"], ["y"]), out=("n", 1, 1, 4), a=axes(1, 1)
    ),
    "a look-up without indices": graph(node("Gather", ["x"], ["y"])),
    "number of rows": graph(node("Shape", ["x"], ["y"]), out=(2,), out_kind=INT64),
    "output that is no row": graph(
        node("Identity", ["c"], ["y"]), c=np.zeros((1, 4), np.int32)
    ),
    "fixed number of rows": graph(node("Neg", ["x"], ["y"]), shape=(1, 4)),
    "no axis at all": graph(node("Neg", ["x"], ["y"]), shape=(), out=()),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_ROWS)
def test_is_by_rows__rows_apart__true_and_the_same_bits_together(name: str) -> None:
    made = BY_ROWS[name]
    assert is_by_rows(made)
    session = onnxruntime.InferenceSession(made.SerializeToString())
    (given,) = session.get_inputs()
    dtype = np.uint8 if "uint8" in given.type else np.int32
    random = np.random.default_rng(7)
    inputs = [[random.integers(0, 10, (rows, *given.shape[1:]), dtype)] for rows in (1, 3, 1, 2)]

    def run(arrays: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = session.run(None, {"x": arrays[0]})
        return found

    together = run_together(inputs, run)
    for arrays, outputs in zip(inputs, together, strict=True):
        for alone, part in zip(run(arrays), outputs, strict=True):
            np.testing.assert_array_equal(part, alone, strict=True)


@pytest.mark.parametrize("name", MIXED)
def test_is_by_rows__rows_may_be_mixed__false(name: str) -> None:
    assert not is_by_rows(MIXED[name])


def test_is_by_rows__loop__false() -> None:
    assert not is_by_rows(onnx_models.loop_bomb())


def test_is_by_rows__inputs_of_which_one_has_fixed_rows__false() -> None:
    made = model(
        [node("Add", ["x", "z"], ["y"])],
        [value("x", INT32, ("n", 4)), value("z", INT32, (1, 4))],
        [value("y", INT32, ("n", 4))],
    )
    assert not is_by_rows(made)


def test_is_by_rows__bool_rows__true() -> None:
    made = graph(node("Not", ["x"], ["y"]), kind=BOOL, out_kind=BOOL)
    assert is_by_rows(made)


def test_run_together__shapes_differ__each_shape_by_itself_and_what_has_no_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda count: count - 1)
    runs: list[int] = []

    def run(arrays: Sequence[Any]) -> Sequence[Any]:
        runs.append(len(arrays[0]))
        return [arrays[0] + 1]

    shapes = [(1, 2), (1, 3), (2, 2), (0, 2), (0, 2), (1, 3)]
    inputs = [[np.full(shape, place)] for place, shape in enumerate(shapes)]
    outputs = run_together(inputs, run)
    assert runs == [3, 2, 2, 1, 0, 0]  # each shape together, and one of it alone
    for (given,), (found,) in zip(inputs, outputs, strict=True):
        np.testing.assert_array_equal(found, given + 1)


def test_run_together__rows_depend_on_their_neighbours__refused() -> None:
    inputs = [[np.full((1, 2), place)] for place in range(3)]
    with pytest.raises(NotByRowsError, match="other outputs together"):
        run_together(inputs, lambda arrays: [arrays[0] + arrays[0].sum()])


def test_run_together__any_but_one_input_spoils_its_neighbour__found_sooner_or_later() -> None:
    """Which input is run alone cannot be foreseen: no place in a batch is safe to be wrong in."""
    inputs = [[np.full((1, 2), place)] for place in range(3)]

    def run(arrays: Sequence[Any]) -> Sequence[Any]:
        spoiled = arrays[0].copy()
        if len(spoiled) > 1:
            spoiled[1] += 1
        return [spoiled]

    found = 0
    for _ in range(200):
        try:
            run_together(inputs, run)
        except NotByRowsError:
            found += 1
    assert found


def test_run_together__fewer_rows_come_out__refused() -> None:
    with pytest.raises(NotByRowsError, match="2 rows went in"):
        run_together([[np.zeros((1, 2))]] * 2, lambda arrays: [arrays[0][:1]])
