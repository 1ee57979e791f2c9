"""What an answer under given terms is worth defending: what a lie costs, and how likely it is that
somebody's share of the stake decides alone.

`JobQueue.assuranceOf` says the same on chain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assay.jobs import quorum
from assay.terms import BASIS_POINTS, MODE_OPTIMISTIC, Terms


@dataclass(frozen=True, kw_only=True, slots=True)
class Assurance:
    """How well an answer is defended. Amounts in wei."""

    committee: int
    """Seats of the committee that guards the answer: the first one or, of an optimistic job, the
    first that an appeal calls."""
    quorum: int
    """Seats that decide it."""
    lie_cost: int
    """What a lie is sure to cost if one honest party appeals it: the burned share of the bonds it
    takes. Zero without an appeal window."""
    at_risk: int
    """The bonds a lie takes. All of them are lost when it does not prevail."""
    capture: float
    """Probability that the share of the stake, split finely, has the quorum of that committee."""

    @classmethod
    def of(cls, terms: Terms, burn_bps: int, unit: int, share: float) -> Assurance:
        """What terms assure against somebody with `share` (0 to 1) of the stake.

        `burn_bps` is the queue's burn share in basis points, `unit` the wei in a unit.

        Seats of a finely split stake come one by one and independently, so their number is Poisson
        with mean share * committee. Raises ValueError for a share outside 0 to 1.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"a share of {share!r} of the stake: expected a number from 0 to 1")
        guard = 1 if terms.mode == MODE_OPTIMISTIC else 0
        committee = terms.committee_after(guard)
        needed = quorum(terms, guard, guard)
        lying = 1 if terms.mode == MODE_OPTIMISTIC else needed
        burned = lying * terms.bond * burn_bps // BASIS_POINTS if terms.appeal_window else 0
        return cls(
            committee=committee,
            quorum=needed,
            lie_cost=burned * unit,
            at_risk=lying * terms.bond * unit,
            capture=poisson_tail(share * committee, needed),
        )


def poisson_tail(mean: float, least: int) -> float:
    """Probability that a Poisson number of that mean is `least` or more.

    Summed from the small end of the tail, so that little is lost to rounding.
    """
    if least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    term = math.exp(least * math.log(mean) - mean - math.lgamma(least + 1))
    terms = []
    k = least
    while term > 0.0 and (k <= mean or term > 1e-18):
        terms.append(term)
        k += 1
        term *= mean / k
    return min(1.0, math.fsum(reversed(terms)))
