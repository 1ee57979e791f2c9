"""Drafts of versions as they are printed, before anything is uploaded or sent."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.table import Column

from assay.cli.cards import percent, shape
from assay.cli.output import fields, rows
from assay.publish.draft import Draft
from assay.tolerance import Tolerance

_MEBIBYTE = 1 << 20


def document(draft: Draft) -> dict[str, Any]:
    """A draft for programs."""
    return {
        "model": draft.model,
        "sha256": draft.sha256,
        "size": draft.size,
        "manifest": draft.manifest.model_dump(mode="json"),
        "numerics": "EXACT" if draft.tolerance is None else "TOLERANCE",
        "tolerance": _tolerance(draft.tolerance),
        "suggested": _tolerance(draft.suggested),
        "royalty_bps": draft.royalty_bps,
        "uris": draft.foreseen_uris,
        "spread": [
            {
                "setting": str(one.setting),
                "output": one.output,
                "differing": one.differing,
                "elements": one.elements,
                "distance": one.distance,
            }
            for one in draft.measured.deviations
        ],
        "cautions": [{"kind": one.kind.value, "says": one.message} for one in draft.cautions],
        "gas": draft.gas,
        "gas_price": draft.gas_price,
        "gas_cost": draft.gas_cost,
    }


def parts(draft: Draft) -> list[RenderableType]:
    """A draft for people: signature, what was measured, cautions."""
    card = draft.manifest
    tensors = [("input", one) for one in card.inputs] + [("output", one) for one in card.outputs]
    signature = rows(
        ["", "name", "type", "shape"],
        [(kind, spec.name, spec.dtype.name, shape(spec)) for kind, spec in tensors],
    )
    spread = rows(
        ["setting", "output", Column("differ", justify="right"), Column("by", justify="right")],
        [
            (str(one.setting), one.output, f"{one.differing} of {one.elements}", _by(one.distance))
            for one in draft.measured.deviations
        ],
        title="How far results move",
    )
    return [signature, spread, *(f"caution: {one}" for one in draft.cautions)]


def lines(draft: Draft) -> dict[str, object]:
    """What is about to be published, for people."""
    return {
        "model": draft.model,
        "artefact, sha256": draft.sha256.hex(),
        "size": f"{draft.size / _MEBIBYTE:.2f} MiB",
        "numerics": _numerics(draft.tolerance),
        "suggested": _numerics(draft.suggested),
        "royalty": percent(draft.royalty_bps),
        "to be fetched from": "\n".join(draft.foreseen_uris) or None,
    }


def head(draft: Draft) -> RenderableType:
    """The same as a table."""
    return fields({**lines(draft), "gas, about": f"{draft.gas or 0:,}"})


def _numerics(tolerance: Tolerance | None) -> str:
    if tolerance is None:
        return "EXACT"
    return f"TOLERANCE {tolerance}"


def _tolerance(tolerance: Tolerance | None) -> dict[str, float] | None:
    if tolerance is None:
        return None
    return {"atol": tolerance.atol_value, "rtol": tolerance.rtol_value}


def _by(distance: float) -> str:
    return f"{distance:.3g}"
