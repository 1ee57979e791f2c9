"""Handwritten digits: 64 grey values to 10 probabilities; the label is the likeliest."""

from __future__ import annotations

from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from examples.models.export import ExampleModel, Recipe, export
from examples.models.split import held_out

RECIPE = Recipe(
    name="digits",
    description="Handwritten digits of 8 by 8 pixels (row by row, 0 white to 16 black) to the "
    "probabilities of the digits 0 to 9. A network with one hidden layer.",
    licence="CC-BY-4.0",
    lineage=(
        "UCI Optical Recognition of Handwritten Digits, test part",
        "scikit-learn load_digits",
    ),
    input="pixels",
    output="probabilities",
)


def build(folder: Path, seed: int = 0) -> ExampleModel:
    """Train, export and measure; the same seed gives the same files. Takes about a second."""
    data = load_digits()
    train, test = held_out(data.data, data.target, seed, stratify=True)
    network = MLPClassifier((64,), max_iter=1_000, tol=1e-3, n_iter_no_change=5, random_state=seed)
    pipeline = make_pipeline(MinMaxScaler(), network).fit(train.rows, train.targets)
    return export(RECIPE, pipeline, pipeline.predict_proba, test, folder)
