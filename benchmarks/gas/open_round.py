"""Jobs with an open first round: posted, proposed, settled by time alone, claimed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median_low

from assay.terms import MODE_OPTIMISTIC, Callback, Terms
from benchmarks.gas.arena import Arena, Worker
from benchmarks.gas.match import COMMIT_SECONDS, DIGEST, RESULT, Posted, post
from benchmarks.gas.meter import Spent

JOBS = 20
"""Jobs whose claims share a transaction."""
WINDOW = 3_600
PROPOSAL = 0xFFFF
"""The slot that stands for a proposal in a ballot."""
BALLOT = (PROPOSAL, DIGEST, bytes(32))
"""What opens a proposal of the one result there is."""
TERMS = Terms(
    mode=MODE_OPTIMISTIC,
    committee=3,
    rounds=3,
    commit_seconds=COMMIT_SECONDS,
    reveal_seconds=3_600,
    appeal_window=WINDOW,
    seat_fee=1_000,
    seat_fee_cap=1_000,
    bond=10_000,
)


@dataclass(frozen=True)
class Proposed:
    """A job with an answer that nobody appeals."""

    posted: Posted
    worker: Worker
    cost: Spent

    @property
    def claim(self) -> tuple[object, ...]:
        """What `Settlement.claim` takes for the proposal."""
        return self.posted.key.as_tuple(), BALLOT


@dataclass(frozen=True)
class OpenJob:
    """Medians of the jobs' receipts."""

    post: int
    propose: int
    claim: int
    """Alone in its transaction."""
    claim_shared: int
    """Its share of a transaction with those of JOBS jobs."""
    close_shared: int
    """Not part of the totals: an answer is settled, and paid, without it."""

    @property
    def single(self) -> int:
        return self.post + self.propose + self.claim

    @property
    def shared_claim(self) -> int:
        return self.post + self.propose + self.claim_shared


def propose(arena: Arena, label: str, worker: Worker, callback: Callback | None = None) -> Proposed:
    """Posts a job and has this worker propose its answer, at the end, when anybody may."""
    posted = post(arena, label, TERMS, callback)
    arena.mine(arena.now() + 1)  # the seed block
    arena.mine(posted.opened_at + COMMIT_SECONDS - 2)
    key = posted.key.as_tuple()
    call = arena.settlement.functions.propose(key, worker.account, RESULT)
    return Proposed(posted, worker, arena.send(call, worker.signer))


def measure_open_job(arena: Arena, advance: Callable[[], None]) -> OpenJob:
    """Plays JOBS jobs, all proposed by one worker, and one more whose claim goes alone."""
    worker = arena.workers[0]
    claim_proposals(arena, [propose(arena, "first", worker)])
    jobs = []
    for number in range(JOBS):
        jobs.append(propose(arena, f"open {number}", worker))
        advance()
    shared = claim_proposals(arena, jobs)
    alone = claim_proposals(arena, [propose(arena, "alone", worker)])
    return OpenJob(
        post=median_low(job.posted.cost.total for job in jobs),
        propose=median_low(job.cost.total for job in jobs),
        claim=alone.claim,
        claim_shared=shared.claim,
        close_shared=shared.close,
    )


@dataclass(frozen=True)
class Settled:
    """A job's share of two transactions."""

    claim: int
    close: int


def claim_proposals(arena: Arena, jobs: Sequence[Proposed]) -> Settled:
    """Lets the appeal windows pass, claims all of one worker's proposals, and closes the jobs."""
    arena.mine(arena.now() + WINDOW)
    worker = jobs[0].worker
    if len(jobs) == 1:
        call = arena.settlement.functions.claim(worker.account, [jobs[0].claim])
    else:
        returned = [(job.posted.request.body(), BALLOT) for job in jobs]
        call = arena.settlement.functions.claimMany(
            TERMS.pack(), arena.rules().pack(), worker.account, returned
        )
    claim = arena.send(call, worker.signer).total / len(jobs)
    closes = [
        arena.settlement.encode_abi(
            "close", [job.posted.request.as_tuple(), job.posted.rules.pack()]
        )
        for job in jobs
    ]
    close = arena.send(arena.settlement.functions.batch(closes), arena.relayer).total / len(jobs)
    return Settled(round(claim), round(close))
