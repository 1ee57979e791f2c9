"""A job as its events tell it: what `Settlement` keeps in one word, and who voted how.

`apply` is the contract's own reckoning, event by event. A test compares `JobState.view` with what
`Settlement.job` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from eth_typing import ChecksumAddress

from assay import events, ids
from assay.jobs import Job, JobView, Status, quorum
from assay.terms import Numerics

VoteKey = tuple[int, ChecksumAddress]
"""Round and worker."""


@dataclass(frozen=True, slots=True)
class VoteState:
    """What one worker has said in one round."""

    seats: int
    slot: int
    digest: bytes | None = None
    """Of the result it revealed; None before that."""
    supported: tuple[bytes, ...] = ()
    """Digests of the references it supports, the one its reveal named first."""
    vindicated: bool = False
    claimed: bool = False
    """Whether it is known to have been taken back."""

    def place(self, round_: int) -> int:
        """Where the vote lies, as a ballot names it."""
        return round_ << 16 | self.slot

    @property
    def opening(self) -> tuple[bytes, bytes]:
        """The two words that open a revealed vote."""
        digest, supported = self.digest or b"", self.supported[0]
        return digest, bytes(32) if supported == digest else supported


@dataclass(frozen=True, kw_only=True, slots=True)
class JobState:
    """A job up to some block. Times are UNIX seconds of the chain."""

    job: Job = field(repr=False)
    opened_at: int
    seed_block: int
    changed_at: int
    """When its last event happened."""
    status: Status = Status.COMMITTING
    round: int = 0
    voids: int = 0
    reveals_at: int = 0
    """When the reveal phase began, once the chain says so."""
    leader: bytes | None = None
    """The leading, once decided the settled digest."""
    vindicated: int = 0
    """Seats."""
    closed: bool = False
    delivered: bool = False
    delivery_tried: bool = False
    votes: Mapping[VoteKey, VoteState] = field(default_factory=dict, repr=False)
    claims: Mapping[ChecksumAddress, int] = field(default_factory=dict, repr=False)
    """How many of its votes each worker has taken back."""

    @property
    def job_id(self) -> bytes:
        """Names the job."""
        return self.job.job_id

    @property
    def exact(self) -> bool:
        """Whether results are compared by their digests."""
        return self.job.rules.numerics is Numerics.EXACT

    @property
    def grown(self) -> int:
        """Rounds before this one that ended undecided; each has grown the committee once."""
        return self.round - (self.voids & ((1 << self.round) - 1)).bit_count()

    @property
    def committee(self) -> int:
        """Seats of the round under way."""
        return self.job.request.terms.committee_after(self.grown)

    @property
    def quorum(self) -> int:
        """Seats that decide the round under way."""
        return quorum(self.job.request.terms, self.view)

    @property
    def committed(self) -> int:
        """Seats taken in this round."""
        return sum(vote.seats for vote in self.round_votes.values())

    @property
    def revealed(self) -> int:
        """Seats of this round whose results are known."""
        return sum(vote.seats for vote in self.round_votes.values() if vote.digest is not None)

    @property
    def round_votes(self) -> dict[ChecksumAddress, VoteState]:
        """The votes of the round under way, or of the last."""
        return {w: vote for (r, w), vote in self.votes.items() if r == self.round}

    @property
    def references(self) -> dict[bytes, int]:
        """Seats behind each reference of this round, in an order that all workers share."""
        tallies: dict[bytes, int] = {}
        for vote in self.round_votes.values():
            for digest in vote.supported:
                tallies[digest] = tallies.get(digest, 0) + vote.seats
        return tallies

    def is_void(self, round_: int) -> bool:
        """Whether that round stayed short, so that nobody in it can have done wrong."""
        return bool(self.voids >> round_ & 1)

    @property
    def view(self) -> JobView:
        """The job as `Settlement.job` shows it, but for seed and weight, which no event tells."""
        committing = self.status is Status.COMMITTING
        leader = self.leader
        return JobView(
            status=self.status,
            closed=self.closed,
            delivered=self.delivered,
            round=self.round,
            voids=self.voids,
            committed=self.committed,
            revealed=self.revealed,
            leading=0 if leader is None else self.references[leader],
            vindicated=self.vindicated,
            time=self.opened_at if committing else self.reveals_at,
            seed_block=self.seed_block if committing and not self.committed else 0,
            seed=0,
            total_weight=0,
            digest=bytes(ids.CUT_BYTES) if leader is None else ids.cut(leader),
        )


def opened(event: events.JobPosted, timestamp: int) -> JobState:
    """The job that an event posts. `timestamp` is that of the event's block."""
    return JobState(
        job=event.job(),
        opened_at=timestamp,
        seed_block=event.at.block_number + 1,
        changed_at=timestamp,
    )


def apply(state: JobState, event: events.Event, timestamp: int) -> JobState:
    """The job after one more event, which must be the next one about it."""
    change = _CHANGES.get(type(event))
    if change is None:
        return state
    return replace(change(state, event, timestamp), changed_at=timestamp)


def _committed(state: JobState, event: events.Committed, timestamp: int) -> JobState:
    vote = VoteState(seats=event.seats, slot=event.slot)
    state = replace(state, votes={**state.votes, (event.round, event.worker): vote})
    if state.committed < state.committee:
        return state
    return replace(state, status=Status.REVEALING, reveals_at=timestamp)


def _revealed(state: JobState, event: events.Revealed, _timestamp: int) -> JobState:
    if state.status is Status.COMMITTING:  # the time to commit was over
        begin = state.opened_at + state.job.request.terms.commit_seconds
        state = replace(state, status=Status.REVEALING, reveals_at=begin)
    state = _with_vote(
        state, event.worker, state.round, digest=event.digest, supported=(event.reference,)
    )
    return replace(state, leader=state.leader or event.reference)


def _support_added(state: JobState, event: events.SupportAdded, _timestamp: int) -> JobState:
    supported = state.votes[state.round, event.worker].supported
    return _with_vote(state, event.worker, state.round, supported=(*supported, event.supported))


def _decided(state: JobState, event: events.Decided, _timestamp: int) -> JobState:
    (settled,) = (digest for digest in state.references if ids.cut(digest) == event.digest)
    return replace(state, status=Status.DECIDED, leader=settled)


def _vindicated(state: JobState, event: events.Vindicated, _timestamp: int) -> JobState:
    state = replace(state, vindicated=state.vindicated + event.seats)
    return _with_vote(state, event.worker, event.round, vindicated=True)


def _claimed(state: JobState, event: events.Claimed, _timestamp: int) -> JobState:
    worker = event.worker
    taken = state.claims.get(worker, 0) + 1
    state = replace(state, claims={**state.claims, worker: taken})
    rounds = [r for (r, voter) in state.votes if voter == worker]
    if taken < len(rounds):
        return state  # the event does not tell which of several votes it was
    for round_ in rounds:
        state = _with_vote(state, worker, round_, claimed=True)
    return state


def _round_voided(state: JobState, event: events.RoundVoided, _timestamp: int) -> JobState:
    return replace(state, voids=state.voids | 1 << event.round)


def _round_opened(state: JobState, event: events.RoundOpened, timestamp: int) -> JobState:
    return replace(
        state,
        status=Status.COMMITTING,
        round=event.round,
        opened_at=timestamp,
        seed_block=event.seed_block,
        reveals_at=0,
        leader=None,
    )


def _ended(status: Status) -> Callable[[JobState, Any, int], JobState]:
    return lambda state, _event, _timestamp: replace(state, status=status)


def _cancelled(state: JobState, _event: events.JobCancelled, _timestamp: int) -> JobState:
    return replace(state, closed=True)


def _closed(state: JobState, _event: events.Closed, _timestamp: int) -> JobState:
    return replace(state, closed=True)


def _delivered(state: JobState, _event: events.Delivered, _timestamp: int) -> JobState:
    return replace(state, delivered=True, delivery_tried=True)


def _delivery_failed(state: JobState, _event: events.DeliveryFailed, _timestamp: int) -> JobState:
    return replace(state, delivery_tried=True)


def _unchanged(state: JobState, _event: events.Event, _timestamp: int) -> JobState:
    return state


def _with_vote(state: JobState, worker: ChecksumAddress, round_: int, **changes: Any) -> JobState:
    vote = replace(state.votes[round_, worker], **changes)
    return replace(state, votes={**state.votes, (round_, worker): vote})


_CHANGES: Mapping[type[events.Event], Callable[[JobState, Any, int], JobState]] = {
    events.Committed: _committed,
    events.Revealed: _revealed,
    events.ResultPublished: _unchanged,
    events.SupportAdded: _support_added,
    events.Decided: _decided,
    events.Vindicated: _vindicated,
    events.Claimed: _claimed,
    events.RoundVoided: _round_voided,
    events.RoundUndecided: _unchanged,
    events.RoundOpened: _round_opened,
    events.JobUnresolved: _ended(Status.UNRESOLVED),
    events.JobRefunded: _ended(Status.REFUNDED),
    events.JobCancelled: _cancelled,
    events.Closed: _closed,
    events.Delivered: _delivered,
    events.DeliveryFailed: _delivery_failed,
}

FOLLOWED: tuple[type[events.Event], ...] = (events.JobPosted, *_CHANGES)
"""The events a worker reads."""
