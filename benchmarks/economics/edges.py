"""Answers at the edge of a tolerance: can they make honest seats or honest appellants wrong?"""

from dataclasses import replace
from typing import Any

from benchmarks.economics.closing import close
from benchmarks.economics.draws import Holder
from benchmarks.economics.jobs import Job, is_right
from benchmarks.economics.payoffs import ATTACKER
from benchmarks.economics.play import Luck, Player, lots, play
from benchmarks.economics.settings import KINDS, Settings
from benchmarks.economics.statistics import rate
from benchmarks.economics.strategies import Fixed, Honest, Watcher

TOLERANCE = 4
"""So that halves and quarters of it are whole."""
LOW, HIGH = -TOLERANCE // 2, TOLERANCE // 2
"""The furthest apart that honest results can be."""
REFERENCE = HIGH + TOLERANCE
"""The furthest reference that an honest seat can be made to support."""
SHARES = (0.1, 0.3, 0.5)


def references(settings: Settings) -> list[dict[str, Any]]:
    """A committee with a party that always gives the furthest reference with support."""
    rows = []
    terms = replace(KINDS["committee"], tolerance=TOLERANCE)
    for share in SHARES:
        parties = _parties(share, Fixed(REFERENCE))
        drawn = lots(settings.rng("edges", share), terms, parties, settings.jobs, Luck())
        settled = bad = alone = 0
        for lot, count in drawn.items():
            job = play(terms, parties, lot)
            moved = job.final == REFERENCE
            settled += count * moved
            if _honest_wrong(job):
                bad += count
                alone += count * (not _supported(job))
        rows.append(
            {
                "share": share,
                "edge_settled": round(rate(settled, settings.jobs).mean, 5),
                "honest_wrong": round(rate(bad, settings.jobs).mean, 5),
                "of_these_without_honest_support": round(alone / bad, 5) if bad else None,
            }
        )
    return rows


def proposals(settings: Settings) -> list[dict[str, Any]]:
    """An open answer off the truth, appealed by one honest party; the proposer then defends it."""
    rows = []
    terms = replace(KINDS["open"], tolerance=TOLERANCE)
    for quarters in (4, 8, 10, 12, 14, 16, 18, 20):
        offset = HIGH + quarters * TOLERANCE // 4
        parties = [
            *_parties(0.3, Fixed(REFERENCE, proposal=offset)),
            Player("watcher", Watcher(LOW, beyond=TOLERANCE, once=True)),
        ]
        drawn = lots(settings.rng("offsets", quarters), terms, parties, settings.jobs, Luck())
        appealed = upheld = 0
        money = 0.0
        for lot, count in drawn.items():
            job = play(terms, parties, lot)
            if job.rounds[0].seats[0].account != ATTACKER or len(job.rounds) == 1:
                continue
            appealed += count
            upheld += count * (job.final is not None and is_right(terms, offset, job.final))
            money += count * close(job).get("watcher", 0) / terms.seat_fee
        rows.append(
            {
                "off_by": (offset - LOW) / TOLERANCE,
                "appealed": appealed,
                "upheld": round(upheld / appealed, 4),
                "appellant": round(money / appealed, 3),
            }
        )
    return rows


def _parties(share: float, edge: Fixed) -> list[Player]:
    rest = (1 - share) / 2
    return [
        Player(ATTACKER, edge, Holder.split(share)),
        Player("high", Honest(HIGH), Holder.split(rest), 0.2),
        Player("low", Honest(LOW), Holder.split(rest), 0.2),
    ]


def _honest_wrong(job: Job) -> bool:
    return job.final is not None and any(
        seats.account != ATTACKER and not is_right(job.terms, seats.answer, job.final)
        for round_ in job.rounds
        for seats in round_.seats
        if not round_.void
    )


def _supported(job: Job) -> bool:
    """Whether any honest seat of the last round could support the final answer."""
    assert job.final is not None
    return any(
        seats.account != ATTACKER
        and seats.answer is not None
        and abs(seats.answer - job.final) <= TOLERANCE
        for seats in job.rounds[-1].seats
    )
