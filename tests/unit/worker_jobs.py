"""Jobs in every state, and what a worker knows about them, for the tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth_typing import ChecksumAddress

from assay import ids, sortition
from assay.addresses import address
from assay.jobs import Job, Request, Status
from assay.terms import MODE_OPTIMISTIC, MODE_QUORUM, Callback, Numerics, Rules, Terms
from worker.plan import Draw, Moment, Own
from worker.state import JobState, VoteState, proposal
from worker.store import Computed

ME, ANN, BOB, CID = (address(bytes([number]) * 20) for number in (1, 2, 3, 4))
TARGET = address(b"\x09" * 20)

OPENED = 1_000
"""When round 0 opened."""
COMMIT_END = OPENED + 30
SEED_BLOCK = 11
PAYLOAD = b"\x00"
RIGHT = ids.digest(PAYLOAD)
WRONG = ids.digest(b"\x01")

ALWAYS = Draw(ticket=0, weight=1, total=1)
"""All the stake there is: every seat, at once."""
NEVER = Draw(ticket=(1 << 256) - 1, weight=1, total=1_000_000)


def terms(**changes: Any) -> Terms:
    usual: dict[str, Any] = {"committee": 3, "rounds": 3, "commit_seconds": 30}
    money = {"reveal_seconds": 40, "seat_fee": 100, "bond": 1_000}
    mode = changes.pop("mode", MODE_QUORUM)
    return replace(Terms.for_committee(**{**usual, **money, **changes}), mode=mode)


def job(numerics: Numerics = Numerics.EXACT, callback: Callback | None = None, **t: Any) -> Job:
    payload = b"\x00"
    request = Request(
        requester=TARGET,
        nonce=7,
        version_id=bytes(32),
        input_hash=ids.digest(payload),
        terms=terms(**t),
        callback=callback or Callback.none(),
    )
    atol = 0x3E000000 if numerics is Numerics.TOLERANCE else 0  # 0.125
    rules = Rules(numerics=numerics, atol=atol)
    return Job(
        job_id=request.key(rules).job_id(31_337, TARGET),
        request=request,
        rules=rules,
        input=payload,
        block_number=SEED_BLOCK - 1,
        block_hash=bytes(32),
        timestamp=OPENED,
    )


def opened(of: Job | None = None, **changes: Any) -> JobState:
    """Round 0, nobody has committed."""
    state = JobState(job=of or job(), opened_at=OPENED, seed_block=SEED_BLOCK, changed_at=OPENED)
    return replace(state, **changes)


def committed(*workers: Any, of: Job | None = None, **changes: Any) -> JobState:
    """Round 0 with one seat each; three fill it, at OPENED + 2."""
    votes = {(0, worker): VoteState(seats=1, slot=5) for worker in workers}
    state = opened(of, votes=votes, changed_at=OPENED + 2)
    if len(workers) == 3:
        state = replace(state, status=Status.REVEALING, reveals_at=OPENED + 2)
    return replace(state, **changes)


def revealed(state: JobState, **digests: bytes) -> JobState:
    """Reveals by name (me, ann, bob, cid), each in support of itself."""
    for name, digest in digests.items():
        worker = {"me": ME, "ann": ANN, "bob": BOB, "cid": CID}[name]
        vote = replace(state.votes[state.round, worker], digest=digest, supported=(digest,))
        state = replace(
            state,
            votes={**state.votes, (state.round, worker): vote},
            reveals=(*state.reveals, worker),
            changed_at=state.changed_at + 1,
        )
    return state


def decided(state: JobState, answer: bytes = RIGHT) -> JobState:
    return replace(state, status=Status.DECIDED, answer=answer)


def optimistic(numerics: Numerics = Numerics.EXACT, **changes: Any) -> Job:
    """A job whose round 0 is open; an answer can be appealed for 50 seconds."""
    return job(numerics, mode=MODE_OPTIMISTIC, **{"appeal_window": 50, **changes})


def proposed(worker: ChecksumAddress, digest: bytes, of: Job | None = None) -> JobState:
    """An answer was given at OPENED + 2."""
    at_ = OPENED + 2
    return opened(
        of or optimistic(),
        status=Status.PROPOSED,
        reveals_at=at_,
        changed_at=at_,
        answer=digest,
        published=(digest,),
        reveals=(worker,),
        votes={(0, worker): proposal(digest, 0)},
    )


def appealed(state: JobState, appellant: ChecksumAddress) -> JobState:
    """The answer was appealed ten seconds later, and the next round is open."""
    now = state.changed_at + 10
    return replace(
        state,
        appellants={**state.appellants, state.round: appellant},
        status=Status.COMMITTING,
        round=state.round + 1,
        opened_at=now,
        changed_at=now,
        seed_block=SEED_BLOCK + 10,
        reveals_at=0,
        answer=None,
        reveals=(),
    )


def own(**changes: Any) -> Own:
    """This worker, drawn for every seat, with a result and stake for ten seats."""
    usual = {"worker": ME, "outcome": Computed(PAYLOAD), "draw": ALWAYS, "free_units": 10_000}
    return Own(**{**usual, **changes})


def at(now: int, block: int = SEED_BLOCK + 1, **changes: Any) -> Moment:
    return Moment(now=now, block=block, **changes)


def draw_from(elapsed: int, length: int = 30, committee: int = 3) -> Draw:
    """A lot whose first seat comes up so many seconds into the commit phase, in its second half."""
    weight, total = 1, 8  # x grows from 0.375 to 0.75 seats
    growth = 2 * elapsed - length
    fraction = committee * (length + growth) * weight * (1 << 128) // (length * total)
    draw = Draw(ticket=(fraction - 1) << 128, weight=weight, total=total)
    shares = (committee, length, weight, total)
    assert sortition.seconds_until(draw.ticket, *shares, 1) == elapsed
    return draw
