"""One job from post to settled, each step its own transaction and its own measure.

Zero bytes of calldata are cheaper than others. Nonces and salts are chosen so that nothing random
in the calldata has any: equal steps cost equal gas, and no less than they would elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
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
    commitment: bytes
    second: int


@dataclass(frozen=True)
class Posted:
    """A job under way."""

    request: Request
    rules: Rules
    job_id: bytes
    opened_at: int
    cost: Spent

    @property
    def key(self) -> JobKey:
        return self.request.key(self.rules)


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

    def ballot(self, seat: Seat) -> tuple[Any, ...]:
        """What opens one of its votes."""
        return seat.slot, DIGEST, bytes(32)


def post(arena: Arena, label: str, asked: Terms, callback: Callback | None = None) -> Posted:
    """Posts a job. Labels must differ; they make the nonce and the salts."""
    chosen = request(arena, arena.version_id(), label, asked, callback)
    call = arena.queue.functions.post(
        chosen.version_id, chosen.nonce, asked.pack(), chosen.callback.pack(), INPUT
    )
    cost = arena.send(call, arena.requester)
    rules = arena.rules()
    job_id = chosen.key(rules).job_id(arena.w3.eth.chain_id, arena.queue.address)
    return Posted(chosen, rules, job_id, arena.now(), cost)


def request(
    arena: Arena, version_id: bytes, label: str, asked: Terms, callback: Callback | None = None
) -> Request:
    """What a job asks, with a nonce that the label names and nothing random in it zero."""
    plain = Request(
        requester=arena.requester,
        nonce=0,
        version_id=version_id,
        input_hash=ids.digest(INPUT),
        terms=asked,
        callback=callback or Callback.none(),
    )
    nonces = (dense(f"nonce {label} {number}")[:12] for number in count())
    requests = (replace(plain, nonce=int.from_bytes(nonce, "big")) for nonce in nonces)
    return next(each for each in requests if all(each.body()))


def seat_of(arena: Arena, posted: Posted, worker: Worker, entropy: bytes) -> Seat:
    """The vote of a worker that is entitled to a seat at once."""
    ticket = sortition.ticket(sortition.seed(entropy, posted.job_id, 0), worker.account)
    salt, commitment = _commitment(arena, posted, worker)
    return Seat(worker, sortition.slot(ticket), salt, commitment, 0)


def draw(arena: Arena, posted: Posted) -> list[Seat]:
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
            salt, commitment = _commitment(arena, posted, worker)
            seats.append(Seat(worker, sortition.slot(ticket), salt, commitment, second))
    return sorted(seats, key=lambda seat: seat.second)


def _commitment(arena: Arena, posted: Posted, worker: Worker) -> tuple[bytes, bytes]:
    """A salt, half of it zero as a worker's is, and the commitment to RESULT under it."""
    place = (arena.w3.eth.chain_id, arena.settlement.address, posted.job_id, 0, worker.account)
    labels = (f"salt {posted.job_id.hex()} {worker} {number}" for number in count())
    salts = (dense(label)[:16] + bytes(16) for label in labels)
    pairs = ((salt, ids.commitment(*place, DIGEST, salt)) for salt in salts)
    hashed_bytes = 31  # the last one is the round
    return next(pair for pair in pairs if all(pair[1][:hashed_bytes]))


def play(
    arena: Arena,
    label: str,
    asked: Terms,
    callback: Callback | None = None,
    prepare: Callable[[Seat], None] | None = None,
) -> Played:
    """Posts a job and settles it with the first workers drawn, one seat each.

    `prepare` is called for each seat before it is taken. A job whose draw is too small or out of
    the ordinary is left alone, and another is posted in its place.
    """
    attempt = 0
    while True:
        posted = post(arena, f"{label} {attempt}", asked, callback)
        seats = draw(arena, posted)[: asked.committee]
        if len(seats) == asked.committee and all(_is_ordinary(arena, seat) for seat in seats):
            if prepare:
                for seat in seats:
                    prepare(seat)
            return _vote(arena, posted, seats)
        attempt += 1


def _is_ordinary(arena: Arena, seat: Seat) -> bool:
    """Whether the slot was never used, and has no zero byte."""
    unused = arena.settlement.functions.vote(seat.worker.account, seat.slot).call() == 0
    return unused and all(seat.slot.to_bytes(2, "big"))


def _vote(arena: Arena, posted: Posted, seats: Sequence[Seat]) -> Played:
    key = posted.key.as_tuple()
    steps = arena.settlement.functions
    commits, reveals = [], []
    for seat in seats:
        if arena.now() < posted.opened_at + seat.second:
            arena.mine(posted.opened_at + seat.second)
        worker = seat.worker.account
        commit = steps.commit(key, worker, seat.commitment, 1)
        commits.append(arena.send(commit, seat.worker.signer))
    for place, seat in enumerate(seats):
        vote = (key, seat.worker.account, seat.slot, seat.salt)
        call = steps.revealKnown(*vote, DIGEST) if place else steps.reveal(*vote, RESULT)
        reveals.append(arena.send(call, seat.worker.signer))
    if not steps.isSettled(key, arena.relayer, DIGEST).call():
        raise AssertionError(f"job {posted.job_id.hex()} did not settle")
    return Played(posted, seats, commits, reveals)


def dense(label: str) -> bytes:
    """32 bytes that look random, none of them zero."""
    return bytes(byte or 1 for byte in Web3.keccak(text=label))
