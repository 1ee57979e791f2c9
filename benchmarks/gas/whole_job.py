"""A whole job: posted, committed, revealed, settled, and its votes claimed in batches."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median_low

from web3.contract.contract import ContractFunction

from benchmarks.gas.arena import Arena, Worker
from benchmarks.gas.match import Played, play, terms
from benchmarks.gas.meter import Spent
from benchmarks.gas.ring import mark_used

JOBS = 20
"""Jobs whose claims share a transaction."""


@dataclass(frozen=True)
class WholeJob:
    """Medians of the jobs' receipts."""

    post: int
    commits: Sequence[int]
    reveals: Sequence[int]
    claim: int
    """A vote's share of its worker's batch."""
    close: int
    """A job's share of a batch. Not part of the total: an answer is settled without it."""

    @property
    def total(self) -> int:
        """From post to settled, the reveals after the decision and the claims included."""
        claims = self.claim * len(self.commits)
        return self.post + sum(self.commits) + sum(self.reveals) + claims


def measure_whole_job(
    arena: Arena, committee: int, advance: Callable[[], None], *, warm: bool = False
) -> WholeJob:
    """Plays JOBS jobs with as many workers as seats, so that every worker is in all of them.

    The accounts have traded before: no balance goes from zero to something. `warm` marks the slots
    of the votes as used before. `advance` is called after each job.
    """
    asked = terms(committee)
    settle_money(arena, [play(arena, "first", asked)])
    prepare = partial(mark_used, arena) if warm else None

    played = []
    for number in range(JOBS):
        played.append(play(arena, f"{warm} {number}", asked, prepare=prepare))
        advance()
    claim, close = settle_money(arena, played)
    commits = zip(*(job.commits for job in played), strict=True)
    reveals = zip(*(job.reveals for job in played), strict=True)
    return WholeJob(
        post=_median(job.posted.cost for job in played),
        commits=[_median(step) for step in commits],
        reveals=[_median(step) for step in reveals],
        claim=claim,
        close=close,
    )


def settle_money(arena: Arena, played: Sequence[Played]) -> tuple[int, int]:
    """Claims all votes of jobs with the same terms, in one call for each worker, and closes all.

    Returns one vote's share of the dearest call, and one job's share of the batch.
    """
    shares = []
    for worker in arena.workers:
        if jobs := [job for job in played if job.seat_of(worker)]:
            call = claim_together(arena, worker, jobs)
            shares.append(arena.send(call, worker.signer).total / len(jobs))
    closes = [
        arena.settlement.encode_abi(
            "close", [job.posted.request.as_tuple(), job.posted.rules.pack()]
        )
        for job in played
    ]
    close = arena.send(arena.settlement.functions.batch(closes), arena.relayer).total / len(closes)
    return round(max(shares)), round(close)


def claim_together(arena: Arena, worker: Worker, played: Sequence[Played]) -> ContractFunction:
    """One call that claims the worker's votes in these jobs, which have the same terms."""
    posted = played[0].posted
    returned = [
        (job.posted.request.body(), job.ballot(seat))
        for job in played
        if (seat := job.seat_of(worker))
    ]
    return arena.settlement.functions.claimMany(
        posted.request.terms.pack(), posted.rules.pack(), worker.account, returned
    )


def _median(steps: Iterable[Spent]) -> int:
    return median_low(spent.total for spent in steps)
