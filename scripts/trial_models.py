"""Small models to try workers with: an exact one, a tolerant one, and some that mean harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, ValueInfoProto, helper, numpy_helper

from assay.client import Client
from assay.inspection import graph
from assay.manifest import Manifest, manifest_uri
from assay.tolerance import Tolerance

COLUMNS = 4
_TOLERANCE = Tolerance(atol=0x3A800000, rtol=0)
"""2^-10."""
_OPSET = 21
_IR_VERSION = 10


@dataclass(frozen=True)
class TrialModel:
    """A published version, and one of its inputs for each number."""

    version_id: bytes
    dtype: type[np.generic]
    shape: tuple[int, ...]

    def row(self, number: int) -> npt.NDArray[Any]:
        """An input of its own for each job."""
        return np.full(self.shape, number, self.dtype)


def plus_one(client: Client, folder: Path) -> TrialModel:
    """EXACT: adds one to four integers."""
    made = _adding("plus-one", TensorProto.INT32, np.int32)
    return TrialModel(_publish(client, folder, "plus-one", made), np.int32, (1, COLUMNS))


def plus_half(client: Client, folder: Path) -> TrialModel:
    """TOLERANCE: adds a half to four floats."""
    made = _adding("plus-half", TensorProto.FLOAT, np.float32, 0.5)
    version = _publish(client, folder, "plus-half", made, _TOLERANCE)
    return TrialModel(version, np.float32, (1, COLUMNS))


def endless(client: Client, folder: Path) -> TrialModel:
    """Hostile: counts to its input, which is larger than anybody can wait for."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Add", ["count", "step"], ["next"]),
        ],
        "body",
        [
            _value("i", TensorProto.INT64, ()),
            _value("go", TensorProto.BOOL, ()),
            _value("count", TensorProto.INT64, ()),
        ],
        [_value("go_on", TensorProto.BOOL, ()), _value("next", TensorProto.INT64, ())],
    )
    made = _model(
        "endless",
        [helper.make_node("Loop", ["n", "true", "zero"], ["y"], body=body)],
        [_value("n", TensorProto.INT64, ())],
        [_value("y", TensorProto.INT64, ())],
        {"true": np.array(True), "zero": np.int64(0), "step": np.int64(1)},
    )
    return _Enormous(_publish(client, folder, "endless", made), np.int64, ())


def boundless(client: Client, folder: Path) -> TrialModel:
    """Hostile: wants as many floats as the square of its input."""
    made = _model(
        "boundless",
        [
            helper.make_node("Concat", ["n", "n"], ["shape"], axis=0),
            helper.make_node("Expand", ["one", "shape"], ["big"]),
            helper.make_node("ReduceSum", ["big"], ["y"], keepdims=0),
        ],
        [_value("n", TensorProto.INT64, (1,))],
        [_value("y", TensorProto.FLOAT, ())],
        {"one": np.ones((1, 1), np.float32)},
    )
    return _Enormous(_publish(client, folder, "boundless", made), np.int64, (1,))


def replaced(client: Client, folder: Path) -> TrialModel:
    """Hostile: once it is published its file is another one."""
    made = _adding("replaced", TensorProto.INT32, np.int32, 3)
    version = _publish(client, folder, "replaced", made)
    other = _adding("replaced", TensorProto.INT32, np.int32, 4)
    (folder / "replaced.onnx").write_bytes(other.SerializeToString())
    return TrialModel(version, np.int32, (1, COLUMNS))


class _Enormous(TrialModel):
    """A model whose inputs do the harm."""

    def row(self, number: int) -> npt.NDArray[Any]:
        return np.full(self.shape, 10**9 + number, self.dtype)


def _adding(name: str, dtype: int, kind: type[np.generic], what: float = 1) -> onnx.ModelProto:
    return _model(
        name,
        [helper.make_node("Add", ["x", "what"], ["y"])],
        [_value("x", dtype, ("rows", COLUMNS))],
        [_value("y", dtype, ("rows", COLUMNS))],
        {"what": np.full((1, COLUMNS), what, kind)},
    )


def _model(
    name: str,
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[ValueInfoProto],
    outputs: Sequence[ValueInfoProto],
    constants: dict[str, Any],
) -> onnx.ModelProto:
    values = [numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items()]
    made = helper.make_graph(nodes, name, inputs, outputs, values)
    imports = [helper.make_opsetid("", _OPSET)]
    return helper.make_model(made, opset_imports=imports, ir_version=_IR_VERSION)


def _value(name: str, dtype: int, shape: tuple[int | str, ...]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def _publish(
    client: Client,
    folder: Path,
    name: str,
    made: onnx.ModelProto,
    tolerance: Tolerance | None = None,
) -> bytes:
    """From files in the folder, which workers have to be allowed to read."""
    found = graph.inspect(made)
    manifest = Manifest(
        description=name,
        licence="MIT",
        inputs=found.inputs,
        outputs=found.outputs,
        opset=found.opset,
        runtime="any",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(made.SerializeToString())
    Path(manifest_uri(str(path))).write_bytes(manifest.canonical())
    uris = [path.as_uri()]
    return client.register(name, path, manifest, uris=uris, tolerance=tolerance).version_id
