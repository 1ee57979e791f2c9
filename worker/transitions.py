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

Changes = dict[str, Any]
"""Fields of a JobState, and what they become."""


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
    return replace(state, changed_at=timestamp, **change(state, event, timestamp))


def _proposed(state: JobState, event: events.Proposed, timestamp: int) -> Changes:
    digest = event.digest
    vote = proposal(digest, event.step)
    return {
        "status": Status.PROPOSED,
        "reveals_at": timestamp,
        "answer": digest,
        "published": (*state.published, digest),
        "reveals": (event.worker,),
        "votes": {**state.votes, (state.round, event.worker): vote},
    }


def _appealed(state: JobState, event: events.Appealed, _timestamp: int) -> Changes:
    return {"appellants": {**state.appellants, event.round: event.appellant}}


def _committed(state: JobState, event: events.Committed, timestamp: int) -> Changes:
    terms, elapsed = state.job.request.terms, timestamp - state.opened_at
    step = sortition.step(elapsed, terms.commit_seconds) if terms.is_range else 0
    vote = VoteState(seats=event.seats, slot=event.slot, step=step)
    votes = {"votes": {**state.votes, (event.round, event.worker): vote}}
    if state.committed + vote.seats < state.committee:
        return votes
    return {**votes, "status": Status.REVEALING, "reveals_at": timestamp}


def _revealed(state: JobState, event: events.Revealed, _timestamp: int) -> Changes:
    digest = event.digest
    return {
        **_revealing(state),
        "reveals": (*state.reveals, event.worker),
        **_vote(state, state.round, event.worker, digest=digest, supported=(digest,)),
    }


def _revealing(state: JobState) -> Changes:
    """What a reveal changes; the first one may find that the time to commit is over."""
    if state.status is not Status.COMMITTING:
        return {}
    begin = state.opened_at + state.job.request.terms.commit_seconds
    return {"status": Status.REVEALING, "reveals_at": begin}


def _supported(state: JobState, event: events.Supported, _timestamp: int) -> Changes:
    return _vote(state, state.round, event.worker, supported=(event.digest,))


def _support_added(state: JobState, event: events.SupportAdded, _timestamp: int) -> Changes:
    supported = state.votes[state.round, event.worker].supported
    return _vote(state, state.round, event.worker, supported=(*supported, event.digest))


def _published(state: JobState, event: events.ResultPublished, _timestamp: int) -> Changes:
    return {"published": (*state.published, event.digest)}


def _decided(state: JobState, event: events.Decided, _timestamp: int) -> Changes:
    answer = next(digest for digest in state.published if ids.cut(digest) == event.digest)
    # `RevealedMany` comes after what it has decided.
    return {**_revealing(state), "status": Status.DECIDED, "answer": answer}


def _vindicated(state: JobState, event: events.Vindicated, _timestamp: int) -> Changes:
    vote = _vote(state, event.round, event.worker, vindicated=True)
    return {**vote, "vindicated": state.vindicated + event.seats}


def _claimed(state: JobState, event: events.Claimed, _timestamp: int) -> Changes:
    worker = event.worker
    taken = state.claims.get(worker, 0) + 1
    claims = {"claims": {**state.claims, worker: taken}}
    own = {key: vote for key, vote in state.votes.items() if key[1] == worker}
    if taken < len(own):
        return claims  # the event does not tell which of several votes it was
    over = {key: replace(vote, claimed=True) for key, vote in own.items()}
    return {**claims, "votes": {**state.votes, **over}}


def _round_voided(state: JobState, event: events.RoundVoided, _timestamp: int) -> Changes:
    return {"voids": state.voids | 1 << event.round}


def _round_opened(_state: JobState, event: events.RoundOpened, timestamp: int) -> Changes:
    return {
        "status": Status.COMMITTING,
        "round": event.round,
        "opened_at": timestamp,
        "seed_block": event.seed_block,
        "reveals_at": 0,
        "answer": None,
        "reveals": (),
    }


def _always(**changes: Any) -> Callable[[JobState, Any, int], Changes]:
    return lambda _state, _event, _timestamp: changes


def _vote(state: JobState, round_: int, worker: ChecksumAddress, **changes: Any) -> Changes:
    vote = replace(state.votes[round_, worker], **changes)
    return {"votes": {**state.votes, (round_, worker): vote}}


_CHANGES: Mapping[type[events.Event], Callable[[JobState, Any, int], Changes]] = {
    events.Proposed: _proposed,
    events.Appealed: _appealed,
    events.Committed: _committed,
    events.Revealed: _revealed,
    events.ResultPublished: _published,
    events.Supported: _supported,
    events.SupportAdded: _support_added,
    events.Decided: _decided,
    events.Vindicated: _vindicated,
    events.Upheld: _always(),
    events.AppealSettled: _always(),
    events.Claimed: _claimed,
    events.RoundVoided: _round_voided,
    events.RoundUndecided: _always(),
    events.RoundOpened: _round_opened,
    events.JobUnresolved: _always(status=Status.UNRESOLVED),
    events.JobRefunded: _always(status=Status.REFUNDED),
    events.JobCancelled: _always(closed=True),
    events.Closed: _always(closed=True),
    events.Delivered: _always(delivered=True, delivery_tried=True),
    events.DeliveryFailed: _always(delivery_tried=True),
}

FOLLOWED: tuple[type[events.Event], ...] = (events.JobPosted, *_CHANGES)
"""The events a worker reads."""
