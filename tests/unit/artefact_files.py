"""Files as a version would name them, for the tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import onnx

from assay.artefacts.model import ModelArtefact
from assay.inspection import graph
from assay.inspection.report import Inspection
from assay.manifest import Manifest


def manifest_of(found: Inspection) -> Manifest:
    return Manifest(
        description="for a test",
        licence="MIT",
        inputs=found.inputs,
        outputs=found.outputs,
        opset=found.opset,
        runtime="any",
    )


def stored(folder: Path, content: bytes, manifest: Manifest) -> ModelArtefact:
    digest = hashlib.sha256(content).digest()
    path = folder / digest.hex()
    path.write_bytes(content)
    return ModelArtefact(digest, path, manifest)


def artefact_of(folder: Path, model: onnx.ModelProto) -> ModelArtefact:
    """The model with a manifest that fits it."""
    return stored(folder, model.SerializeToString(), manifest_of(graph.inspect(model)))
