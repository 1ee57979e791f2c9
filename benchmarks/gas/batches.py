"""Sixty-four jobs at once, each step of each party in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assay.terms import Callback, Terms
from benchmarks.gas.arena import Arena, Worker
from benchmarks.gas.match import (
    COMMIT_SECONDS,
    DIGEST,
    INPUT,
    RESULT,
    Posted,
    Seat,
    request,
    seat_of,
    terms,
)
from benchmarks.gas.open_round import BALLOT, TERMS, WINDOW
from benchmarks.gas.ring import mark_used

JOBS = 64
_SPARE = 64
"""Further jobs, so that enough are left of which no worker has two votes in one slot."""


def measure_open_batch(arena: Arena) -> int:
    """Gas for each of JOBS jobs: posted, proposed by one worker, settled, claimed."""
    worker = arena.workers[0]
    for label in ("before", "measured"):  # accounts have traded before
        jobs, spent = post_many(arena, f"open batch {label}", TERMS, JOBS)
        arena.mine(arena.now() + 1)  # the seed block
        arena.mine(arena.now() + COMMIT_SECONDS * 9 // 10)  # anybody with a tenth may propose
        proposals = [(job.request.body(), RESULT) for job in jobs]
        propose = arena.settlement.functions.proposeMany(
            TERMS.pack(), arena.rules().pack(), worker.account, proposals
        )
        spent += arena.send(propose, worker.signer).total
        arena.mine(arena.now() + WINDOW)
        returned = [(job.request.body(), BALLOT) for job in jobs]
        claim = arena.settlement.functions.claimMany(
            TERMS.pack(), arena.rules().pack(), worker.account, returned
        )
        spent += arena.send(claim, worker.signer).total
    return round(spent / JOBS)


def measure_committee_batch(arena: Arena, *, warm: bool) -> int:
    """Gas for each of JOBS jobs with as many seats as the arena has workers, one each."""
    committee = len(arena.workers)
    for label in ("before", "measured"):
        posted, spent = post_many(arena, f"batch {label} {warm}", terms(committee), JOBS)
        spare, _ = post_many(arena, f"spare {label} {warm}", terms(committee), _SPARE)
        arena.mine(arena.now() + 1)  # the seed blocks
        jobs = _without_collisions(arena, [*posted, *spare], JOBS)
        if warm:
            for seat in (seat for _, seats in jobs for seat in seats):
                mark_used(arena, seat)
        spent += sum(_commit(arena, jobs, place) for place in range(committee))
        spent += sum(_reveal(arena, jobs, place) for place in range(committee))
        spent += sum(_claim(arena, jobs, place) for place in range(committee))
    return round(spent / JOBS)


def cast_votes(arena: Arena, jobs: int) -> None:
    """Has every worker reveal a vote in each of so many jobs."""
    posted, _ = post_many(arena, "voted on", terms(len(arena.workers)), 2 * jobs)
    arena.mine(arena.now() + 1)  # the seed block
    chosen = _without_collisions(arena, posted, jobs)
    for place in range(len(arena.workers)):
        _commit(arena, chosen, place)
    for place in range(len(arena.workers)):
        _reveal(arena, chosen, place)


def post_many(arena: Arena, label: str, asked: Terms, jobs: int) -> tuple[list[Posted], int]:
    """Posts jobs in one transaction; what that cost."""
    version, callback = arena.version_id(), Callback.none()
    first = request(arena, version, label, asked)
    requests = [replace(first, nonce=first.nonce + number) for number in range(jobs)]
    call = arena.queue.functions.postMany(
        version, first.nonce, asked.pack(), callback.pack(), [INPUT] * jobs
    )
    cost = arena.send(call, arena.requester)
    rules, opened_at = arena.rules(), arena.now()
    chain_id = arena.w3.eth.chain_id
    posted = [
        Posted(each, rules, each.key(rules).job_id(chain_id, arena.queue.address), opened_at, cost)
        for each in requests
    ]
    return posted, cost.total


Jobs = Sequence[tuple[Posted, Sequence[Seat]]]


def _without_collisions(arena: Arena, posted: Iterable[Posted], jobs: int) -> Jobs:
    """The first `jobs` of them of which no worker has two votes in one slot, with their seats."""
    taken: set[tuple[str, int]] = set()
    chosen = []
    for job in posted:
        entropy = arena.w3.eth.get_block(_seed_block(arena, job))["hash"]
        seats = [seat_of(arena, job, worker, entropy) for worker in arena.workers]
        slots = {(seat.worker.account, seat.slot) for seat in seats}
        unused = all(
            arena.settlement.functions.vote(worker, slot).call() == 0 for worker, slot in slots
        )
        if unused and taken.isdisjoint(slots):
            taken |= slots
            chosen.append((job, seats))
    if len(chosen) < jobs:
        raise AssertionError(f"{len(chosen)} jobs without a collision, {jobs} are needed")
    return chosen[:jobs]


def _seed_block(arena: Arena, job: Posted) -> int:
    return int(arena.settlement.functions.job(job.job_id).call()[-4])


def _commit(arena: Arena, jobs: Jobs, place: int) -> int:
    worker = arena.workers[place]
    bids = [(job.request.body(), seats[place].commitment) for job, seats in jobs]
    call = arena.settlement.functions.commitMany(*_shared(arena, jobs), worker.account, 1, bids)
    return arena.send(call, worker.signer).total


def _reveal(arena: Arena, jobs: Jobs, place: int) -> int:
    """The first worker publishes the results."""
    worker = arena.workers[place]
    steps = arena.settlement.functions
    name, result = (steps.revealKnownMany, DIGEST) if place else (steps.revealMany, RESULT)
    openings = [
        (job.request.body(), seats[place].slot, seats[place].salt, result) for job, seats in jobs
    ]
    return arena.send(name(*_shared(arena, jobs), worker.account, openings), worker.signer).total


def _shared(arena: Arena, jobs: Jobs) -> tuple[int, int]:
    """Terms and rules, which the jobs have in common."""
    return jobs[0][0].request.terms.pack(), arena.rules().pack()


def _claim(arena: Arena, jobs: Jobs, place: int) -> int:
    returned = [(job.request.body(), (seats[place].slot, DIGEST, bytes(32))) for job, seats in jobs]
    worker: Worker = arena.workers[place]
    call = arena.settlement.functions.claimMany(*_shared(arena, jobs), worker.account, returned)
    return arena.send(call, worker.signer).total
