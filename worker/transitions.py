"""From event to event: the contracts' own reckoning, in Python.

A test compares the `JobState.view` that comes out with what `Settlement.job` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eth_typing import ChecksumAddress

from assay import events, ids, sortition
from assay.jobs import Status
from worker.state import JobState, VoteState, proposal


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


def _proposed(state: JobState, event: events.Proposed, timestamp: int) -> JobState:
    vote = proposal(event.digest, event.step)
    return replace(
        state,
        status=Status.PROPOSED,
        reveals_at=timestamp,
        answer=event.digest,
        published=(*state.published, event.digest),
        reveals=(event.worker,),
        votes={**state.votes, (state.round, event.worker): vote},
    )


def _appealed(state: JobState, event: events.Appealed, _timestamp: int) -> JobState:
    return replace(state, appellants={**state.appellants, event.round: event.appellant})


def _committed(state: JobState, event: events.Committed, timestamp: int) -> JobState:
    terms, elapsed = state.job.request.terms, timestamp - state.opened_at
    step = sortition.step(elapsed, terms.commit_seconds) if terms.is_range else 0
    vote = VoteState(seats=event.seats, slot=event.slot, step=step)
    state = replace(state, votes={**state.votes, (event.round, event.worker): vote})
    if state.committed < state.committee:
        return state
    return replace(state, status=Status.REVEALING, reveals_at=timestamp)


def _revealed(state: JobState, event: events.Revealed, _timestamp: int) -> JobState:
    state = _revealing(state)
    state = replace(state, reveals=(*state.reveals, event.worker))
    digest = event.digest
    return _with_vote(state, state.round, event.worker, digest=digest, supported=(digest,))


def _revealing(state: JobState) -> JobState:
    """The job once a reveal has come; the first one may find that the time to commit is over."""
    if state.status is not Status.COMMITTING:
        return state
    begin = state.opened_at + state.job.request.terms.commit_seconds
    return replace(state, status=Status.REVEALING, reveals_at=begin)


def _supported(state: JobState, event: events.Supported, _timestamp: int) -> JobState:
    return _with_vote(state, state.round, event.worker, supported=(event.digest,))


def _support_added(state: JobState, event: events.SupportAdded, _timestamp: int) -> JobState:
    supported = state.votes[state.round, event.worker].supported
    return _with_vote(state, state.round, event.worker, supported=(*supported, event.digest))


def _published(state: JobState, event: events.ResultPublished, _timestamp: int) -> JobState:
    return replace(state, published=(*state.published, event.digest))


def _decided(state: JobState, event: events.Decided, _timestamp: int) -> JobState:
    state = _revealing(state)  # `RevealedMany` comes after what it has decided
    answer = next(digest for digest in state.published if ids.cut(digest) == event.digest)
    return replace(state, status=Status.DECIDED, answer=answer)


def _vindicated(state: JobState, event: events.Vindicated, _timestamp: int) -> JobState:
    state = replace(state, vindicated=state.vindicated + event.seats)
    return _with_vote(state, event.round, event.worker, vindicated=True)


def _claimed(state: JobState, event: events.Claimed, _timestamp: int) -> JobState:
    worker = event.worker
    taken = state.claims.get(worker, 0) + 1
    state = replace(state, claims={**state.claims, worker: taken})
    rounds = [r for (r, voter) in state.votes if voter == worker]
    if taken < len(rounds):
        return state  # the event does not tell which of several votes it was
    for round_ in rounds:
        state = _with_vote(state, round_, worker, claimed=True)
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
        answer=None,
        reveals=(),
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


def _with_vote(state: JobState, round_: int, worker: ChecksumAddress, **changes: Any) -> JobState:
    vote = replace(state.votes[round_, worker], **changes)
    return replace(state, votes={**state.votes, (round_, worker): vote})


_CHANGES: Mapping[type[events.Event], Callable[[JobState, Any, int], JobState]] = {
    events.Proposed: _proposed,
    events.Appealed: _appealed,
    events.Committed: _committed,
    events.Revealed: _revealed,
    events.ResultPublished: _published,
    events.Supported: _supported,
    events.SupportAdded: _support_added,
    events.Decided: _decided,
    events.Vindicated: _vindicated,
    events.Upheld: _unchanged,
    events.AppealSettled: _unchanged,
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
