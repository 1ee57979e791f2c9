"""The rules, one for each kind of step."""

from __future__ import annotations

from collections.abc import Callable

from assay.jobs import Status
from worker.plan import phases, profit, references, seats
from worker.plan.draft import Draft
from worker.state import VoteState
from worker.steps import (
    Advance,
    Appeal,
    Claim,
    Close,
    Deliver,
    Reveal,
    RevealKnown,
    RevealNear,
    Support,
    Vindicate,
)
from worker.store import Computed

# Publishing so small a result twice costs less than the time it takes not to.
_PUBLISHED_AT_ONCE = 1_024
_DELIVERY_SECONDS = 86_400
"""How long a delivery is tried that fails, or does not pay."""
_SECONDS_UNTIL_CHEAPER = 60


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
    wanted = seats.is_next_wanted(d)
    if d.now < due:
        d.wait(due)
    elif d.in_turn(max(due, d.state.changed_at), wanted=wanted):
        if wanted and d.own.outcome is None and not d.policy.help_others:
            d.run_model()  # it may be that nobody can answer
        else:
            d.take(Advance(d.state.job_id, d.state.round))


def appeal(d: Draft) -> None:
    """Put an answer before a larger committee when the own result is another."""
    state, window = d.state, phases.appeal_window(d.state)
    deposit = state.job.request.terms.deposit(state.round, state.grown)
    if window is None or d.now >= window[1] or deposit > d.policy.max_deposit:
        return
    if not references.may_appeal(d):
        return
    if d.own.outcome is None and d.watches:
        d.run_model()
    if not d.own.differs:
        return
    # The last chance is some blocks before the end: the transaction has to be mined by then.
    latest = window[1] - 2 * d.moment.stagger
    if d.own.credit >= deposit and d.in_some_turn(window[0], latest):
        d.take(Appeal(state.job_id, state.round, deposit))


def vindicate(d: Draft) -> None:
    """TOLERANCE: show that a result is right although it did not support the answer."""
    state = d.state
    if state.exact or state.status is not Status.DECIDED or state.closed or not d.own.right:
        return
    if not state.is_final(d.now):
        return  # `claim` asks again when it is
    for round_, vote in d.votes:
        judged = vote.digest is not None and not vote.claimed and not state.is_void(round_)
        if judged and not phases.is_right(state, vote):
            d.take(Vindicate(state.job_id, round_))


def claim(d: Draft) -> None:
    """Take back what votes are due: all of them at once, so that each claim is known for what it
    was.
    """
    state, end = d.state, phases.settled_at(d.state)
    if d.votes and end is not None and d.now < end:
        d.wait(end)
    left = d.unclaimed
    if not all(phases.is_claimable(state, round_, vote, d.now) for round_, vote in left):
        return
    if not all(_can_open(d, vote) for _, vote in left):
        d.run_model()
        return
    since = state.changed_at if end is None else max(state.changed_at, min(end, d.now))
    for round_, _ in left:
        d.take(Claim(state.job_id, round_, since=since))


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
    end = phases.settled_at(d.state)
    if end is None or not _is_delivery_ours(d):
        return
    if d.now < end:
        d.wait(end)
    elif d.state.job.request.callback.delivery_fee < profit.least_delivery_fee(d):
        d.wait(d.now + _SECONDS_UNTIL_CHEAPER)
    elif d.in_turn(end):
        d.take(Deliver(d.state.job_id, d.state.round))


def _is_delivery_ours(d: Draft) -> bool:
    """Only voters deliver, once, and for a fee: they pay for the gas the callback burns."""
    callback, end = d.state.job.request.callback, phases.settled_at(d.state)
    return (
        d.state.status.answered
        and bool(callback)
        and callback.delivery_fee >= d.policy.min_delivery_fee
        and callback.gas_stipend <= d.policy.max_callback_gas
        and not d.state.delivery_tried
        and bool(d.votes)
        and (end is None or d.now < end + _DELIVERY_SECONDS)
    )


def is_done(d: Draft) -> bool:
    """Whether nothing will ever be left to do about the job."""
    end = phases.settled_at(d.state)
    if end is None or _is_delivery_ours(d):
        return False
    if d.now < end:  # somebody may appeal, and the next round draw this worker
        d.wait(end)
        return False
    if not d.state.closed:
        return not d.has_stakes and not d.policy.help_others
    return not d.unclaimed


def is_asleep(d: Draft) -> bool:
    """Whether nothing is left to do until something happens: the round has stayed short, and this
    worker has no reason to end it. It may be drawn for the next.
    """
    if not phases.is_short(d.state) or d.has_stakes or d.policy.help_others:
        return False
    if seats.is_next_wanted(d):
        return False
    end = phases.commit_end(d.state)
    if d.now < end:
        d.wait(end)
        return False
    return not (d.own.busy or d.own.computing)


RULES: tuple[Callable[[Draft], None], ...] = (
    seats.propose,
    seats.commit,
    seats.fetch_ahead,
    reveal,
    support,
    appeal,
    advance,
    vindicate,
    claim,
    close,
    deliver,
)
