"""How far a model's results move with the way they are computed, and the tolerance for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnxruntime
from onnxruntime import GraphOptimizationLevel, SessionOptions

from assay.tolerance import Tolerance
from examples.models.split import Array

# Other processors move results further than other settings on this one: measured on small
# networks, by up to 1.6e-6 between CPU generations.
_SAFETY = 64
_FLOAT32_STEP = 2.0**-23
_LEVELS = (
    GraphOptimizationLevel.ORT_DISABLE_ALL,
    GraphOptimizationLevel.ORT_ENABLE_BASIC,
    GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    GraphOptimizationLevel.ORT_ENABLE_ALL,
)


def suggested_tolerance(model: bytes, rows: Array, reference: Array) -> Tolerance:
    """A tolerance with room to spare around what is seen here.

    Seen are all optimisation levels, one and two threads, and the `reference` [n, outputs], which
    the training library computed in float64: its distance is the rounding error itself.
    """
    runs = [*_runs(model, rows), reference]
    spread = max(float(np.abs(run - runs[0]).max()) for run in runs)
    return Tolerance.at_least(atol=_SAFETY * spread, rtol=_SAFETY * _FLOAT32_STEP)


def _runs(model: bytes, rows: Array) -> Iterator[Array]:
    for level in _LEVELS:
        for threads in (1, 2):
            options = SessionOptions()
            options.graph_optimization_level = level
            options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            (name,) = (entry.name for entry in session.get_inputs())
            results = [session.run(None, {name: row[np.newaxis]})[0] for row in rows]
            yield np.concatenate(results).astype(np.float64)
