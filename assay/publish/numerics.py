"""EXACT or TOLERANCE: what a graph can be, and what its publisher wants."""

from __future__ import annotations

from typing import Literal

from assay.inspection.report import Inspection
from assay.publish.errors import NumericsError
from assay.publish.measure import Measured
from assay.publish.settings import vote
from assay.tolerance import Tolerance, ToleranceError

Numerics = Literal["exact"] | Tolerance | None
"""What is asked for; None is what the graph suggests."""


def check(inspection: Inspection, asked: Numerics) -> None:
    """Raises NumericsError for what no measuring could make fit."""
    if asked == "exact" and not inspection.exact:
        raise NumericsError(
            f"{inspection.float_node} computes in floating point, which rounds differently on "
            "other machines, so that every worker abstains from it as EXACT: leave numerics to be "
            "measured (None), give a Tolerance, or quantise the graph to integers"
        )
    if asked is not None and asked != "exact" and not isinstance(asked, Tolerance):
        raise NumericsError(f"numerics {asked!r}: expected None, 'exact' or a Tolerance")


def suggested(inspection: Inspection, measured: Measured) -> Tolerance | None:
    """What the graph and its results call for; None is EXACT.

    Raises NumericsError where the results are such that no class would do.
    """
    if not inspection.exact:
        try:
            return measured.tolerance
        except ToleranceError as error:
            raise NumericsError(
                f"the results move by {measured.spread:.3g} between settings, and no tolerance "
                f"holds that ({error}): scale the outputs, or give samples from real use"
            ) from None
    voting = vote(exact=True).level
    for found in measured.deviations:
        if found.differing and found.setting.level is voting:
            raise NumericsError(
                f"the graph has no node that rounds floats, and yet {found.differing} of "
                f"{found.elements} elements of output {found.output} differ at the setting "
                f"'{found.setting}': workers would not agree. Look for operators that "
                "onnxruntime computes differently there, and report it"
            )
    return None
