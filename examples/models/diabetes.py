"""Diabetes: 10 measurements of a patient to the progress of the disease after a year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.models.export import ExampleModel, Recipe, export
from examples.models.split import Array, held_out

RECIPE = Recipe(
    name="diabetes",
    description="Age, sex, body mass index, blood pressure and six blood values, as measured, to "
    "the progression of diabetes one year later. A linear model; no medical advice.",
    licence="CC0-1.0",
    lineage=("Efron et al., Least Angle Regression (2004)", "scikit-learn load_diabetes"),
    input="measurements",
    output="variable",
)


def build(folder: Path, seed: int = 0) -> ExampleModel:
    """Train, export and measure; the same seed gives the same files."""
    data = load_diabetes(scaled=False)
    train, test = held_out(data.data, data.target, seed)
    pipeline = make_pipeline(StandardScaler(), Ridge()).fit(train.rows, train.targets)

    def predict(rows: Array) -> Array:
        return np.asarray(pipeline.predict(rows)).reshape(-1, 1)

    return export(RECIPE, pipeline, predict, test, folder)
