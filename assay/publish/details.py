"""What a publisher says about a model, beyond its graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Required, TypedDict

from assay.arranging import Given
from assay.publish.numerics import Numerics
from assay.publish.settings import Measuring
from assay.publish.stores.base import Store


class Details(TypedDict, total=False):
    """The arguments of `Client.draft` and `Client.publish`; description and licence are needed."""

    description: Required[str]
    """What goes in, what comes out, what it is for; at most 8,192 characters."""
    licence: Required[str]
    """Best an SPDX identifier."""
    weights: Sequence[str]
    """Files beside the model that weights are folded in from, where they are not called
    `….data` or after it (`model.onnx_data`, `model.bin`)."""
    lineage: Sequence[str]
    """What the model was made from: data sets, models, papers."""
    store: str | Path | Store | None
    """Where the files are put: see `assay.publish.stores.opening.open_store`."""
    uris: Sequence[str]
    """Where the artefact can be fetched already, its manifest beside it."""
    samples: Sequence[Given] | None
    """Inputs from real use, each as `infer` takes it, to measure the spread with; None draws some
    at random."""
    numerics: Numerics
    """None: as suggested. "exact", or a Tolerance of one's own."""
    royalty_bps: int
    """The owner's share of every seat fee, basis points; at most 5,000."""
    measuring: Measuring | None
    """Bounds of measuring, and the processors that are emulated."""
