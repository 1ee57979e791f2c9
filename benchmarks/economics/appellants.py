"""What an honest party earns by appealing every false answer, by the stake behind the lies."""

from collections import Counter
from dataclasses import replace
from typing import Any

from benchmarks.economics.closing import close
from benchmarks.economics.jobs import Job
from benchmarks.economics.payoffs import ATTACKER
from benchmarks.economics.play import Luck, Player, lots, play
from benchmarks.economics.rules import Terms
from benchmarks.economics.settings import KINDS, SHARES, Settings, players, terms
from benchmarks.economics.statistics import Estimate, estimate
from benchmarks.economics.strategies import LyingProposer
from benchmarks.economics.underpaid import BURNED, before

WATCHER = "watcher"
KIND = KINDS["open"]


def appellants(settings: Settings) -> list[dict[str, Any]]:
    """Of open jobs whose proposal was a lie: first appeals in vain, and the gain in bonds."""
    rows = []
    for share in SHARES:
        jobs = _appealed(share, settings)
        in_vain = sum(count for job, count in jobs.items() if job.upheld(1)) / jobs.total()
        for burned in BURNED:
            priced = terms(KIND.mode, KIND.committee, KIND.rounds, burned)
            now, once = _gain(jobs, priced), _gain(jobs, before(priced))
            rows.append(
                {"share": share, "burned": burned, "in_vain": round(in_vain, 5)}
                | {"gain": round(now.mean, 4), "gain_band": round(now.band, 4)}
                | {"gain_before": round(once.mean, 4), "gain_before_band": round(once.band, 4)}
            )
    return rows


def _appealed(share: float, settings: Settings) -> Counter[Job]:
    first, *rest = players(share)
    parties = [Player(ATTACKER, LyingProposer(), first.stake, first.delay), *rest]
    drawn = lots(settings.rng("appellants", share), KIND, parties, settings.jobs, Luck())
    found: Counter[Job] = Counter()
    for lot, count in drawn.items():
        job = play(KIND, parties, lot)
        if len(job.rounds) > 1:
            found[job] += count
    return found


def _gain(jobs: Counter[Job], priced: Terms) -> Estimate:
    closed = ((close(replace(job, terms=priced)), count) for job, count in jobs.items())
    return estimate((balance[WATCHER] / priced.bond, count) for balance, count in closed)
