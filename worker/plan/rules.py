"""The rules, one for each kind of step."""

from __future__ import annotations

from collections.abc import Callable

from assay import sortition
from assay.jobs import Status
from worker.plan import phases
from worker.plan.draft import Draft
from worker.plan.inputs import Draw
from worker.state import VoteState
from worker.steps import (
    Advance,
    Claim,
    Close,
    Commit,
    Deliver,
    Reveal,
    RevealKnown,
    RevealNear,
    Support,
    Vindicate,
)
from worker.store import Abstained, Computed

# Publishing so small a result twice costs less than the time it takes not to.
_PUBLISHED_AT_ONCE = 1_024


def commit(d: Draft) -> None:
    """Take the seats drawn, once there is a result to commit to."""
    state, terms = d.state, d.state.job.request.terms
    if not phases.is_committing(state, d.now) or phases.is_seed_lost(state, d.moment.block):
        return
    if d.vote or isinstance(d.own.outcome, Abstained) or terms.seat_fee < d.policy.min_seat_fee:
        return
    if d.now + d.moment.block_seconds >= phases.commit_end(state):
        return  # the next block would come too late
    if d.own.draw is None:
        d.wait(d.now)
        return
    drawn = _drawn(d, d.own.draw)
    if not drawn:
        return
    seats = min(drawn, state.committee - state.committed, _affordable(d))
    if not seats:
        if d.own.free_units < terms.bond:  # not the operator's limits, but votes not taken back
            d.short_of_stake = True
            d.wait(d.now + d.moment.stagger)
    elif isinstance(d.own.outcome, Computed):
        d.take(Commit(state.job_id, state.round, seats, seats * terms.bond))
    else:
        d.run_model()


def _drawn(d: Draft, draw: Draw) -> int:
    """Seats this worker may take now. Has the model run in time for the first to come up."""
    state, length = d.state, d.state.job.request.terms.commit_seconds
    committee, weight, total = state.committee, draw.weight, draw.total
    elapsed = d.now - state.opened_at
    seats = sortition.seats(draw.ticket, committee, elapsed, length, weight, total)
    if seats:
        return seats
    first = sortition.seconds_until(draw.ticket, committee, length, weight, total, 1)
    if first is not None:
        comes_up = state.opened_at + first
        if d.now < comes_up - d.policy.compute_ahead:
            d.wait(comes_up - d.policy.compute_ahead)
        else:
            d.wait(comes_up)
            if d.own.outcome is None:
                d.run_model()
    return 0


def _affordable(d: Draft) -> int:
    units = d.own.free_units * d.policy.max_bond_percent // 100
    if d.policy.max_bond is not None:
        units = min(units, d.policy.max_bond)
    return units // d.state.job.request.terms.bond


def reveal(d: Draft) -> None:
    """Reveal the own vote, in support of the strongest reference it agrees with."""
    state, outcome = d.state, d.own.outcome
    if d.vote is None or d.vote.digest is not None:
        return
    if not phases.is_revealing(state, d.now):
        if state.status is Status.COMMITTING and not phases.is_short(state):
            d.wait(phases.commit_end(state))
        return
    if outcome is None:
        d.run_model()  # the store was lost; this machine may find the same bits again
    elif isinstance(outcome, Computed):
        reference = _best_reference(d, outcome.digest)
        if reference == outcome.digest:
            d.take(RevealKnown(state.job_id, state.round))
        elif reference is not None:
            d.take(RevealNear(state.job_id, state.round, reference))
        elif _may_publish(d, outcome):
            d.take(Reveal(state.job_id, state.round))


def _best_reference(d: Draft, digest: bytes) -> bytes | None:
    """The reference with most seats behind it among those that this result may support."""
    supportable = {
        reference: seats
        for reference, seats in d.state.references.items()
        if reference == digest or reference in d.own.near
    }
    return max(supportable, key=lambda r: supportable[r]) if supportable else None


def _may_publish(d: Draft, outcome: Computed) -> bool:
    """Whether to publish the own result, rather than wait for one to agree with."""
    if d.state.exact and len(outcome.payload) <= _PUBLISHED_AT_ONCE:
        return True
    begin, end = phases.reveal_window(d.state)
    late = end - 2 * d.moment.stagger
    if d.now >= late:
        return True
    d.wait(late)
    silent = [worker for worker, vote in d.state.round_votes.items() if vote.digest is None]
    return d.in_turn(max(begin, d.state.changed_at), silent)


def support(d: Draft) -> None:
    """TOLERANCE: when the round would stay undecided, gather behind the strongest reference."""
    state, vote = d.state, d.vote
    if state.exact or state.status is not Status.REVEALING or vote is None or not vote.digest:
        return
    begin, end = phases.reveal_window(state)
    best = _best_reference(d, vote.digest)
    if d.now >= end or best is None or best in vote.supported:
        return
    if state.revealed < state.committed and d.now < (begin + end) // 2:
        d.wait((begin + end) // 2)  # those still to reveal may decide it
    else:
        d.take(Support(state.job_id, state.round, best))


def advance(d: Draft) -> None:
    """End a round that has run out of time."""
    due = phases.advance_due(d.state, d.moment.block)
    if due is None:
        return
    if d.now < due:
        d.wait(due)
    elif d.in_turn(max(due, d.state.changed_at)):
        d.take(Advance(d.state.job_id, d.state.round))


def vindicate(d: Draft) -> None:
    """TOLERANCE: show that a result is right although it did not support the settled one."""
    state = d.state
    if state.exact or state.status is not Status.DECIDED or state.closed or not d.own.right:
        return
    for round_, vote in d.votes:
        judged = vote.digest is not None and not vote.claimed and not state.is_void(round_)
        if judged and not phases.is_right(state, round_, vote):
            d.take(Vindicate(state.job_id, round_))


def claim(d: Draft) -> None:
    """Take back what a vote is due."""
    for round_, vote in d.votes:
        if vote.claimed or not phases.is_claimable(d.state, round_, vote):
            continue
        if _can_open(d, vote):
            d.take(Claim(d.state.job_id, round_, since=d.state.changed_at))
        elif d.own.outcome is None:
            d.run_model()


def _can_open(d: Draft, vote: VoteState) -> bool:
    """Whether the words that open a vote are known: of an unrevealed one, the result is needed."""
    return vote.digest is not None or isinstance(d.own.outcome, Computed)


def close(d: Draft) -> None:
    """Have the job's money divided."""
    due = phases.close_due(d.state)
    if due is None:
        return
    if d.now < due:
        d.wait(due)
    elif d.in_turn(max(due, d.state.changed_at)):
        d.take(Close(d.state.job_id, d.state.round))


def deliver(d: Draft) -> None:
    """Call the callback, for its fee."""
    if _is_delivery_ours(d) and d.in_turn(d.state.changed_at):
        d.take(Deliver(d.state.job_id, d.state.round))


def _is_delivery_ours(d: Draft) -> bool:
    """Only voters deliver, once, and for a fee: they pay for the gas the callback burns."""
    callback = d.state.job.request.callback
    return (
        d.state.status is Status.DECIDED
        and bool(callback)
        and callback.delivery_fee >= d.policy.min_delivery_fee
        and not d.state.delivery_tried
        and bool(d.votes)
    )


def is_done(d: Draft) -> bool:
    """Whether nothing will ever be left to do about the job."""
    if d.state.status < Status.DECIDED or _is_delivery_ours(d):
        return False
    if not d.state.closed:
        return not d.votes and not d.policy.help_others
    lost = isinstance(d.own.outcome, Abstained)  # a vote whose result nobody can find again
    return all(vote.claimed or (lost and vote.digest is None) for _, vote in d.votes)


RULES: tuple[Callable[[Draft], None], ...] = (
    commit,
    reveal,
    support,
    advance,
    vindicate,
    claim,
    close,
    deliver,
)
