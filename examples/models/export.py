"""From a trained scikit-learn pipeline to an artefact, its manifest and what a version says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from onnx import ModelProto, helper
from skl2onnx import __version__ as skl2onnx_version
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.pipeline import Pipeline

from assay.inspection import graph
from assay.manifest import Manifest, manifest_uri
from assay.publish.cards import manifest_of
from assay.tolerance import Tolerance
from examples.models.split import Array, Part
from examples.models.spread import suggested_tolerance

_OPSETS = {"": 21, "ai.onnx.ml": 3}
_ROWS_MEASURED = 50


@dataclass(frozen=True)
class Recipe:
    """What a manifest cannot find out from the graph, and the names of its one input and output."""

    name: str
    description: str
    licence: str
    lineage: tuple[str, ...]
    input: str
    output: str


@dataclass(frozen=True)
class ExampleModel:
    """A model on disk, ready to publish. `test` was held out; `tolerance` is a suggestion.

    Inputs are one row at a time, float32 [1, columns]; the output is float32 [1, outputs].
    """

    name: str
    artefact: Path
    sha256: bytes
    manifest: Manifest
    tolerance: Tolerance
    test: Part

    def metadata(self) -> dict[str, Any]:
        """What a version of it says, as plain values."""
        return {
            "artefact": str(self.artefact),
            "sha256": "0x" + self.sha256.hex(),
            "manifest_digest": "0x" + self.manifest.digest.hex(),
            "atol": f"{self.tolerance.atol:#010x}",
            "atol_value": self.tolerance.atol_value,
            "rtol": self.tolerance.rtol,
            "rtol_value": self.tolerance.rtol_value,
            "test_rows": len(self.test.rows),
        }


def export(
    recipe: Recipe,
    pipeline: Pipeline,
    predict: Callable[[Array], Array],
    test: Part,
    folder: Path,
) -> ExampleModel:
    """Write `<name>.onnx` and its manifest to the folder, and measure the tolerance it needs."""
    columns = test.rows.shape[1]
    exported = to_onnx(
        pipeline,
        initial_types=[(recipe.input, FloatTensorType([1, columns]))],
        options={"zipmap": False} if hasattr(pipeline, "predict_proba") else None,
        target_opset=_OPSETS,
    )
    model = _only(exported, recipe)
    content = model.SerializeToString()
    inspection = graph.inspect(model)
    manifest = manifest_of(
        inspection,
        description=recipe.description,
        licence=recipe.licence,
        lineage=recipe.lineage,
    )
    folder.mkdir(parents=True, exist_ok=True)
    artefact = folder / f"{recipe.name}.onnx"
    artefact.write_bytes(content)
    Path(manifest_uri(str(artefact))).write_bytes(manifest.canonical())
    rows = test.rows[:_ROWS_MEASURED]
    return ExampleModel(
        name=recipe.name,
        artefact=artefact,
        sha256=hashlib.sha256(content).digest(),
        manifest=manifest,
        tolerance=suggested_tolerance(content, inspection, rows, predict(rows)),
        test=test,
    )


def _only(model: ModelProto, recipe: Recipe) -> ModelProto:
    """The part of the graph that leads to the one output, and nothing that varies by accident."""
    part = onnx.utils.Extractor(model).extract_model([recipe.input], [recipe.output])
    part.graph.name = recipe.name
    part.producer_name, part.producer_version = "skl2onnx", skl2onnx_version
    domains = {node.domain for node in part.graph.node}
    del part.opset_import[:]
    part.opset_import.extend(
        helper.make_opsetid(domain, version)
        for domain, version in _OPSETS.items()
        if domain in domains
    )
    return part
