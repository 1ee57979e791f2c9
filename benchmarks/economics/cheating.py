"""Strategies against honesty, for every kind of job and share of the stake."""

from dataclasses import replace
from typing import Any

from benchmarks.economics.closing import OWNER, REQUESTER
from benchmarks.economics.payoffs import ATTACKER, Payoff, outcomes, payoff
from benchmarks.economics.play import Luck, Player, lots
from benchmarks.economics.rules import Mode, Terms
from benchmarks.economics.settings import COMPUTE, KINDS, SHARES, Settings, players
from benchmarks.economics.strategies import (
    Blocker,
    Capturer,
    Frivolous,
    Liar,
    LyingProposer,
    QuorumLiar,
    SelfAppellant,
    Silent,
    Strategy,
)

Row = dict[str, Any]

IN_ANY_JOB: dict[str, Strategy] = {
    "lies always": Liar(),
    "lies with a quorum": QuorumLiar(),
    "blocks": Blocker(),
    "silent": Silent(),
}
IN_OPEN_JOBS: dict[str, Strategy] = {
    "proposes lies": LyingProposer(),
    "appeals its own lie": SelfAppellant(),
}
WITH_APPEALS: dict[str, Strategy] = {
    "appeals the truth once": Capturer(attempts=1),
    "appeals the truth always": Capturer(attempts=5),
    "appeals frivolously": Frivolous(),
}
FARMERS: dict[str, Strategy] = {
    "farms by lying": Liar(),
    "farms with a quorum": QuorumLiar(),
}


def strategies(terms: Terms) -> dict[str, Strategy]:
    """Those that make sense for a kind of job."""
    found = dict(IN_ANY_JOB)
    if terms.mode is Mode.OPTIMISTIC:
        found |= IN_OPEN_JOBS
    if terms.appeals:
        found |= WITH_APPEALS
    return found


def cheating(settings: Settings) -> list[Row]:
    """A row for each kind, share and strategy."""
    rows = []
    for kind, terms in KINDS.items():
        for share in SHARES:
            parties = players(share)
            drawn = lots(settings.rng(kind, share), terms, parties, settings.jobs, Luck())
            for name, strategy in strategies(terms).items():
                found = outcomes(terms, parties, strategy, drawn)
                rows.append(_row(kind, name, share, payoff(terms, found, compute=COMPUTE)))
            rows += _farming(kind, terms, share, parties, settings)
            rows.append(_whale(kind, terms, share, settings))
    return rows


def _whale(kind: str, terms: Terms, share: float, settings: Settings) -> Row:
    parties = players(share, whale=True)
    drawn = lots(settings.rng(kind, share, "whale"), terms, parties, settings.jobs, Luck())
    found = outcomes(terms, parties, QuorumLiar(), drawn)
    return _row(kind, "lies with a quorum, unsplit", share, payoff(terms, found, compute=COMPUTE))


def _farming(
    kind: str, terms: Terms, share: float, parties: list[Player], settings: Settings
) -> list[Row]:
    """The attacker is requester and owner of the model too; measured against not posting."""
    owned = replace(terms, royalty_bps=5_000, protocol_fee_bps=100)
    drawn = lots(settings.rng(kind, share, "farm"), owned, parties, settings.jobs, Luck())
    rows = []
    farmers = dict(FARMERS)
    if terms.appeals:
        farmers["farms by appeals"] = Capturer(attempts=5)
    for name, strategy in farmers.items():
        found = outcomes(owned, parties, strategy, drawn)
        everyone = (ATTACKER, REQUESTER, OWNER)
        got = payoff(owned, found, compute=0, coalition=everyone, against_honesty=False)
        rows.append(_row(kind, name, share, got))
    return rows


def _row(kind: str, name: str, share: float, got: Payoff) -> Row:
    even = got.break_even
    return {
        "kind": kind,
        "strategy": name,
        "share": share,
        "gain": round(got.gain.mean, 4),
        "gain_band": round(got.gain.band, 4),
        "wrong": round(got.wrong.mean, 5),
        "wrong_band": round(got.wrong.band, 5),
        "undecided": round(got.undecided.mean, 5),
        "break_even": None if even is None else round(even, 2),
    }
