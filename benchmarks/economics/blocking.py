"""Blocking where a window is zero: undecided rounds enlarge the committees the requester pays."""

from dataclasses import replace
from typing import Any

from benchmarks.economics.payoffs import outcomes, payoff
from benchmarks.economics.play import Luck, lots
from benchmarks.economics.rules import Mode
from benchmarks.economics.settings import Settings, players, terms
from benchmarks.economics.strategies import Blocker

COMMITTEES = (5, 7, 15)
SHARES = (0.4, 0.45, 0.48, 0.5, 0.55)
BONDS = (1, 2, 3, 5, 8, 12)
"""In seat fees. The protocol asks for five; a bond of one was once allowed."""


def blocking(settings: Settings) -> list[dict[str, Any]]:
    """What blocking gains over honesty in seat fees, by the bond."""
    rows = []
    for committee in COMMITTEES:
        made = terms(Mode.QUORUM, committee, 3, 1_000, appeals=False)
        for share in SHARES:
            parties = players(share, watched=False)
            rng = settings.rng("blocking", committee, share)
            drawn = lots(rng, made, parties, settings.searched_jobs, Luck())
            found = outcomes(made, parties, Blocker(), drawn)
            for bond in BONDS:
                priced = replace(made, bond=bond * made.seat_fee)
                got = payoff(priced, found, compute=0).gain
                rows.append(
                    {"committee": committee, "share": share, "bond": bond}
                    | {"gain": round(got.mean, 4), "gain_band": round(got.band, 4)}
                )
    return rows
