"""Volatility: the last 24 log returns of a price to the standard deviation of the next one."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.models.export import ExampleModel, Recipe, export
from examples.models.garch import simulate
from examples.models.split import Array, held_out

WINDOW = 24
"""Returns in an input, oldest first."""

RECIPE = Recipe(
    name="volatility",
    description="The last 24 log returns of a price at equal intervals, oldest first (0.01 is "
    "1 %), to the standard deviation of the next return in percent. Trained on simulated "
    "GARCH(1,1) returns of 0.1 % to 2 % and nothing else: it has never seen a real market.",
    licence="CC0-1.0",
    lineage=("Bollerslev, Generalized Autoregressive Conditional Heteroskedasticity (1986)",),
    input="returns",
    output="variable",
)


def build(folder: Path, seed: int = 0) -> ExampleModel:
    """Train, export and measure; the same seed gives the same files. Takes a few seconds.

    On held-out paths the squared error is about half of that of the returns' own standard
    deviation.
    """
    paths = simulate(8_000, WINDOW, seed)
    train, test = held_out(paths.returns, paths.volatility, seed)
    network = MLPRegressor(
        hidden_layer_sizes=(32,), solver="lbfgs", max_iter=300, random_state=seed
    )
    pipeline = make_pipeline(StandardScaler(), network)
    with warnings.catch_warnings():
        # It is good enough long before it stops getting better.
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(train.rows, train.targets)

    def predict(rows: Array) -> Array:
        return np.asarray(pipeline.predict(rows)).reshape(-1, 1)

    return export(RECIPE, pipeline, predict, test, folder)
