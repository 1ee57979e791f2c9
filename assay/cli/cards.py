"""Versions and their manifests as they are printed."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from assay.cli.output import fields, rows
from assay.manifest import Manifest
from assay.tensors import TensorSpec
from assay.terms import Numerics
from assay.tolerance import Tolerance
from assay.versions import PublishedVersion, Version


def document(published: PublishedVersion) -> dict[str, Any]:
    """A version for programs."""
    version = published.version
    return {
        "version": published.version_id,
        "model": published.model_id,
        "deprecated": published.deprecated,
        "numerics": version.numerics.name,
        **_tolerance(version),
        "royalty_bps": version.royalty_bps,
        "artefact": version.artefact,
        "manifest": version.manifest,
        "uris": version.uris,
    }


def manifest_document(manifest: Manifest | None, reason: str) -> dict[str, Any]:
    """A manifest for programs, or why there is none."""
    if manifest is None:
        return {"unavailable": reason}
    return manifest.model_dump(mode="json")


def parts(
    published: PublishedVersion, manifest: Manifest | None, reason: str
) -> list[RenderableType]:
    """A version and its manifest for people."""
    version = published.version
    values: dict[str, object] = {
        "version": published.version_id,
        "in service": not published.deprecated,
        "numerics": numerics(version),
        "royalty": percent(version.royalty_bps),
        "artefact, sha256": version.artefact.hex(),
        "fetched from": "\n".join(version.uris) or None,
    }
    if manifest is None:
        return ["", fields({**values, "manifest": f"not to be had: {reason}"})]
    values |= {
        "description": manifest.description,
        "licence": manifest.licence,
        "runtime": manifest.runtime,
        "lineage": "\n".join(manifest.lineage) or None,
    }
    tensors = [("input", one) for one in manifest.inputs]
    tensors += [("output", one) for one in manifest.outputs]
    signature = rows(
        ["", "name", "type", "shape"],
        [(kind, spec.name, spec.dtype.name, shape(spec)) for kind, spec in tensors],
    )
    return ["", fields(values), signature]


def numerics(version: Version) -> str:
    """When two results are the same."""
    if version.numerics is Numerics.EXACT:
        return "EXACT"
    tolerance = Tolerance(version.atol, version.rtol)
    return f"TOLERANCE atol {tolerance.atol_value:g}, rtol {tolerance.rtol_value:g}"


def percent(bps: int) -> str:
    """Basis points for people."""
    return f"{bps / 100:g} %"


def shape(spec: TensorSpec) -> str:
    """A shape for people; a dim of any size is a question mark."""
    return "[" + ", ".join("?" if dim is None else str(dim) for dim in spec.shape) + "]"


def _tolerance(version: Version) -> dict[str, float]:
    if version.numerics is Numerics.EXACT:
        return {}
    tolerance = Tolerance(version.atol, version.rtol)
    return {"atol": tolerance.atol_value, "rtol": tolerance.rtol_value}
