"""The tolerance that an example needs, where the training library knows better what is right."""

from __future__ import annotations

import numpy as np

from assay.inspection.report import Inspection
from assay.publish.measure import measure
from assay.publish.settings import Measuring
from assay.publish.spread import tolerance_for
from assay.tensors import decode, encode
from assay.tolerance import Tolerance
from examples.models.split import Array


def suggested_tolerance(
    content: bytes, inspection: Inspection, rows: Array, reference: Array
) -> Tolerance:
    """A tolerance with room to spare around what is seen here.

    Seen are all optimisation levels, one and two threads, and the `reference` [n, outputs], which
    the training library computed in float64: its distance is the rounding error itself.
    """
    samples = [encode([row[np.newaxis]]) for row in rows]
    # Without emulated processors: the error is known, and the same seed gives the same tolerance.
    measured = measure(content, inspection, samples, Measuring(processors=()))
    votes = np.concatenate([decode(vote)[0] for vote in measured.votes]).astype(np.float64)
    return tolerance_for(max(measured.distance, float(np.abs(votes - reference).max())))
