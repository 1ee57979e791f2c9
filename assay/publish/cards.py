"""Manifests, written from graphs. Imports onnxruntime, to name it."""

from __future__ import annotations

from collections.abc import Sequence

import onnxruntime

from assay.inspection.report import Inspection
from assay.manifest import Manifest


def manifest_of(
    found: Inspection, *, description: str, licence: str, lineage: Sequence[str] = ()
) -> Manifest:
    """The manifest of a graph, and what the graph does not say. Raises ManifestError."""
    manifest = Manifest(
        description=description,
        licence=licence,
        inputs=found.inputs,
        outputs=found.outputs,
        opset=found.opset,
        runtime=f"onnxruntime {onnxruntime.__version__}",
        lineage=tuple(lineage),
    )
    return Manifest.parse(manifest.canonical())  # as workers will, within their bounds
