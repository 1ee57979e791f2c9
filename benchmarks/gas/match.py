"""One job from post to settled, each step its own transaction and its own measure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from web3 import Web3

from assay import ids, sortition, tensors
from assay.jobs import JobKey, Request
from assay.terms import Callback, Rules, Terms
from benchmarks.gas.arena import Arena, Worker
from benchmarks.gas.meter import Spent

INPUT = tensors.encode([np.array([[5.1, 3.5, 1.4, 0.2]], dtype=np.float32)])
RESULT = tensors.encode([np.array([[0.91, 0.07, 0.02]], dtype=np.float32)])
DIGEST = ids.digest(RESULT)
COMMIT_SECONDS = 3_600


def terms(committee: int, rounds: int = 3) -> Terms:
    return Terms.for_committee(
        committee,
        rounds=rounds,
        seat_fee=1_000,
        bond=10_000,
        commit_seconds=COMMIT_SECONDS,
        reveal_seconds=3_600,
    )


@dataclass(frozen=True)
class Seat:
    """A worker that was drawn, where its vote lies, and since which second it may vote."""

    worker: Worker
    slot: int
    salt: bytes
    second: int


@dataclass(frozen=True)
class Posted:
    """A job under way."""

    request: Request
    rules: Rules
    key: JobKey
    job_id: bytes
    opened_at: int
    cost: Spent


@dataclass(frozen=True)
class Played:
    """A settled job with what each step cost, in the order of the steps."""

    posted: Posted
    seats: Sequence[Seat]
    commits: Sequence[Spent]
    reveals: Sequence[Spent]

    def seat_of(self, worker: Worker) -> Seat | None:
        """The worker's seat, if it had one."""
        return next((seat for seat in self.seats if seat.worker is worker), None)

    def claim(self, seat: Seat) -> tuple[Any, ...]:
        """What `Settlement.claim` takes for one of its votes."""
        return self.posted.key.as_tuple(), (seat.slot, DIGEST, bytes(32))


def post(arena: Arena, label: str, asked: Terms, callback: Callback | None = None) -> Posted:
    """Posts a job. Labels must differ; they make the nonce and the salts."""
    request = Request(
        requester=arena.requester,
        nonce=int.from_bytes(dense(f"nonce {label}")[:12], "big"),
        version_id=arena.version_id(),
        input_hash=ids.digest(INPUT),
        terms=asked,
        callback=callback or Callback.none(),
    )
    rules = arena.rules()
    key = request.key(rules)
    call = arena.queue.functions.post(
        request.version_id, request.nonce, asked.pack(), request.callback.pack(), INPUT
    )
    cost = arena.send(call, arena.requester)
    job_id = key.job_id(arena.w3.eth.chain_id, arena.queue.address)
    return Posted(request, rules, key, job_id, arena.now(), cost)


def draw(arena: Arena, posted: Posted, label: str) -> list[Seat]:
    """Everyone who gets a seat before the commit phase ends, the earliest first."""
    arena.mine(arena.now() + 1)  # the seed block
    entropy = arena.w3.eth.get_block("latest")["hash"]
    seed = sortition.seed(entropy, posted.job_id, 0)
    committee = posted.request.terms.committee
    seats = []
    for worker in arena.workers:
        ticket = sortition.ticket(seed, worker.account)
        call = arena.vault.functions.weightOf(worker.account, posted.opened_at)
        weight, total = call.call()
        second = sortition.seconds_until(ticket, committee, COMMIT_SECONDS, weight, total, 1)
        if second is not None and second < COMMIT_SECONDS - 2 * committee:
            salt = dense(f"salt {label} {worker.account}")
            seats.append(Seat(worker, sortition.slot(ticket), salt, second))
    return sorted(seats, key=lambda seat: seat.second)


def play(
    arena: Arena,
    label: str,
    asked: Terms,
    callback: Callback | None = None,
    prepare: Callable[[Seat], None] | None = None,
) -> Played:
    """Posts a job and settles it with the first workers drawn, one seat each.

    `prepare` is called for each seat before it is taken. A job whose draw is too small, or whose
    calldata is cheaper than usual because a slot has a zero byte, is left alone and another is
    posted in its place.
    """
    attempt = 0
    while True:
        name = f"{label}/{attempt}"
        posted = post(arena, name, asked, callback)
        seats = draw(arena, posted, name)[: asked.committee]
        if len(seats) == asked.committee and all(all(divmod(s.slot, 256)) for s in seats):
            if prepare:
                for seat in seats:
                    prepare(seat)
            return _vote(arena, posted, seats)
        attempt += 1


def dense(label: str) -> bytes:
    """32 bytes that look random and of which none is zero: zeros are cheaper as calldata."""
    return bytes(byte or 1 for byte in Web3.keccak(text=label))


def _vote(arena: Arena, posted: Posted, seats: Sequence[Seat]) -> Played:
    key = posted.key.as_tuple()
    steps = arena.settlement.functions
    chain_id = arena.w3.eth.chain_id
    commits, reveals = [], []
    for seat in seats:
        if arena.now() < posted.opened_at + seat.second:
            arena.mine(posted.opened_at + seat.second)
        worker = seat.worker.account
        commitment = ids.commitment(
            chain_id, arena.settlement.address, posted.job_id, 0, worker, DIGEST, seat.salt
        )
        commits.append(arena.send(steps.commit(key, worker, commitment, 1), seat.worker.signer))
    for place, seat in enumerate(seats):
        vote = (key, seat.worker.account, seat.slot, seat.salt)
        call = steps.revealKnown(*vote, DIGEST) if place else steps.reveal(*vote, RESULT)
        reveals.append(arena.send(call, seat.worker.signer))
    if not steps.isSettled(posted.job_id, DIGEST).call():
        raise AssertionError(f"job {posted.job_id.hex()} did not settle")
    return Played(posted, seats, commits, reveals)
