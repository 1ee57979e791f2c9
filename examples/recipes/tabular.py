"""Rows of a table: a scikit-learn pipeline, asked about rows that it has not seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from skl2onnx import to_onnx
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay import Client


def run(publisher: Client, requester: Client, store: Path) -> Iterator[str]:
    """Wines of three cultivars, by thirteen measurements of each."""
    wine = load_wine()
    rows, unseen, kinds, truth = train_test_split(
        wine.data.astype(np.float32), wine.target, random_state=0, stratify=wine.target
    )
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, kinds)

    # Probabilities only: a label in the graph flips between machines when two are nearly equal.
    exported = to_onnx(pipeline, rows[:1], options={"zipmap": False}, target_opset=21)
    model = onnx.utils.Extractor(exported).extract_model(["X"], ["probabilities"])
    published = publisher.publish(
        model,
        "wine",
        description="Thirteen measurements of a wine to the probabilities of three cultivars.",
        licence="CC-BY-4.0",
        lineage=["UCI Wine", "scikit-learn load_wine"],
        samples=list(rows[:20, None]),
        store=store,
    )

    answers = requester.infer_many(
        published.version_id, list(unseen[:3, None]), max_price=10**18, mode="committee"
    )
    for number, answer in enumerate(answers):
        said = int(answer["probabilities"].argmax())
        agreed = len(answer.provenance.agreed)
        yield (
            f"wine {number}: {wine.target_names[said]}, say {agreed} workers; "
            f"it is {wine.target_names[truth[number]]}"
        )
