"""What the demo found, what is wrong with it, and the figures it leaves for the benchmarks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.demo.findings import Balance, Earnings, Guarded, Judged
from scripts.demo.follow import Course
from scripts.demo.gas import Use


@dataclass(frozen=True)
class Figures:
    """What the benchmarks take from a run."""

    jobs: int
    blocks_median: float
    """Blocks from the post of a committee's job to its decision."""
    blocks_p95: float
    overhead_ms: float
    """CPU time of a daemon for each job on the chain, waiting aside, at the median worker."""


@dataclass(frozen=True)
class Report:
    """A run of the demo, from its answers to its books."""

    judged: Sequence[Judged]
    earned: Sequence[Earnings]
    guarded: Guarded
    uses: Sequence[Use]
    balance: Balance
    figures: Figures

    @property
    def faults(self) -> list[str]:
        return verdict(self.judged, self.earned, self.guarded, self.balance)


def figures(jobs: Sequence[Course], cpu_seconds: Sequence[float]) -> Figures:
    """From at least two jobs of committees, and what each daemon took for all jobs."""
    voted = [job for job in jobs if not job.optimistic]
    blocks = [job.answered - job.posted for job in voted if job.answered is not None]
    return Figures(
        jobs=len(jobs),
        blocks_median=statistics.median(blocks),
        blocks_p95=statistics.quantiles(blocks, n=20, method="inclusive")[-1],
        overhead_ms=1_000 * statistics.median(cpu_seconds) / len(jobs),
    )


def verdict(
    judged: Sequence[Judged], earned: Sequence[Earnings], guarded: Guarded, balance: Balance
) -> list[str]:
    """Everything that is not as it should be, a sentence each."""
    faults = [
        f"a job for {item.model} settled on {item.answer.ravel()[:4]}, "
        "which is not what the model answers"
        for item in judged
        if not item.agrees
    ]
    faults += [fault for entry in earned for fault in _faults_of(entry)]
    if guarded.appealed < guarded.lies:
        faults.append(f"only {guarded.appealed} of {guarded.lies} proposed lies were appealed")
    if guarded.overturned < guarded.appealed:
        stood = guarded.appealed - guarded.overturned
        faults.append(f"{stood} of the appealed lies stood")
    if guarded.doubted:
        faults.append(f"{guarded.doubted} true answers were appealed")
    if balance.difference:
        owed = balance.held - balance.difference
        faults.append(f"the vault holds {balance.held} wei and owes {owed}")
    return faults


def _faults_of(entry: Earnings) -> list[str]:
    name = entry.worker
    if not entry.lies:
        lost = entry.bonds_lost - min(0, entry.rewards)
        return [f"{name} is honest and lost {lost} wei"] if lost else []
    if not entry.seats:
        return [f"the {name} was never drawn"]
    faults = []
    if entry.right:
        faults.append(f"the {name} was found right in {entry.right} seats")
    if not entry.bonds_lost:
        faults.append(f"the {name} kept its bonds")
    return faults
