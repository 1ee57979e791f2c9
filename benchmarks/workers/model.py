"""The smallest model there is to answer jobs with: adds one to four integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

from assay.client import Client
from assay.manifest import Manifest, manifest_uri
from worker.inspection import graph

COLUMNS = 4


def publish(client: Client, folder: Path) -> tuple[bytes, Manifest]:
    """Publishes it as an EXACT version, from files in the folder; its id, and its manifest."""
    one = numpy_helper.from_array(np.ones((1, COLUMNS), np.int32), "one")
    shape = [1, COLUMNS]
    made = helper.make_model(
        helper.make_graph(
            [helper.make_node("Add", ["x", "one"], ["y"])],
            "plus-one",
            [helper.make_tensor_value_info("x", TensorProto.INT32, shape)],
            [helper.make_tensor_value_info("y", TensorProto.INT32, shape)],
            [one],
        ),
        opset_imports=[helper.make_opsetid("", 21)],
        ir_version=10,
    )
    found = graph.inspect(made)
    manifest = Manifest(
        description="Adds one.",
        licence="MIT",
        inputs=found.inputs,
        outputs=found.outputs,
        opset=found.opset,
        runtime="any",
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "plus-one.onnx"
    path.write_bytes(made.SerializeToString())
    Path(manifest_uri(str(path))).write_bytes(manifest.canonical())
    publication = client.publish("plus-one", path, manifest, uris=[path.as_uri()])
    return publication.version_id, manifest


def row(number: int) -> npt.NDArray[np.int32]:
    """An input of its own for each job."""
    return np.full((1, COLUMNS), number, np.int32)
