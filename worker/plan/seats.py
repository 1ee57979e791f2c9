"""The rules for taking seats: when, how many, and at what price."""

from __future__ import annotations

from assay import sortition
from worker.plan import phases, profit, references
from worker.plan.draft import Draft
from worker.plan.inputs import Draw
from worker.references import References
from worker.steps import Commit, Propose
from worker.store import Abstained, Computed

_BLOCKS_UNTIL_GAS_MAY_BE_CHEAPER = 5
_EMPTY_ROUNDS = 2
"""In a job, that a worker ends to have the next one: nobody pays for that gas."""
_WANTED_SECONDS = 600
"""How long an empty round is waited over: its model may be one that nobody can ever fetch, and
anybody can post such jobs."""


def propose(d: Draft) -> None:
    """Take the seat of an open round, once there is a result to give."""
    draw = _may_take(d) if d.state.is_open else None
    if draw is None:
        return
    length = d.state.job.request.terms.commit_seconds
    comes_up = sortition.seconds_until_open(draw.ticket, length, draw.weight, draw.total)
    if not _is_up(d, comes_up):
        return
    if isinstance(d.own.outcome, Computed):
        d.take(Propose(d.state.job_id, d.state.round, d.state.job.request.terms.bond))
    else:
        d.run_model()


def commit(d: Draft) -> None:
    """Take the seats drawn, once there is a result to commit to."""
    draw = None if d.state.is_open else _may_take(d)
    if draw is None:
        return
    state, terms = d.state, d.state.job.request.terms
    shares = (state.committee, terms.commit_seconds, draw.weight, draw.total)
    if not _is_up(d, sortition.seconds_until(draw.ticket, *shares, 1)):
        return
    committee, length, *stakes = shares
    drawn = sortition.seats(draw.ticket, committee, d.now - state.opened_at, length, *stakes)
    seats = min(drawn, state.committee - state.committed, _units(d) // terms.bond)
    if not seats:
        return
    if isinstance(d.own.outcome, Computed):
        d.take(Commit(state.job_id, state.round, seats, seats * terms.bond))
    else:
        d.run_model()


def fetch_ahead(d: Draft) -> None:
    """Have an input by reference there before it is needed: meanwhile it could be withdrawn."""
    if d.own.outcome is None and not d.own.computing and references.lies_elsewhere(d.state):
        d.fetch = _comes_up(d) or _may_come_up_later(d)


def is_next_wanted(d: Draft) -> bool:
    """Whether nobody has voted in this round, and this worker would take seats in the next.

    Nobody else has a reason to end such a round, but for the requester.
    """
    state, terms = d.state, d.state.job.request.terms
    return (
        phases.is_short(state)
        and not state.round_votes
        and state.voids.bit_count() < _EMPTY_ROUNDS
        and state.round + 1 < terms.rounds
        and references.may_vote(d, state.round + 1)
        and d.now < phases.commit_end(state) + _WANTED_SECONDS
        and not isinstance(d.own.outcome, Abstained)
        and _units(d) >= terms.bond
        and _price_reached(d) is not None
    )


def _may_take(d: Draft) -> Draw | None:
    """The lot of a worker that could take a seat in this round; None for others."""
    state = d.state
    if not phases.is_committing(state, d.now) or phases.is_seed_lost(state, d.moment.block):
        return None
    if d.vote or isinstance(d.own.outcome, Abstained):
        return None
    if not references.may_vote(d, state.round):
        return None
    if d.now + d.moment.block_seconds >= phases.commit_end(state):
        return None  # the next block would come too late
    if d.own.draw is None:
        d.wait(d.now)
    return d.own.draw


def _comes_up(d: Draft) -> bool:
    """Whether a seat of this worker comes up in this round, if others leave it so long."""
    draw, terms = _may_take(d), d.state.job.request.terms
    if draw is None or _units(d) < terms.bond or _price_reached(d) is None:
        return False
    length, stakes = terms.commit_seconds, (draw.weight, draw.total)
    if d.state.is_open:
        return sortition.seconds_until_open(draw.ticket, length, *stakes) is not None
    return sortition.seconds_until(draw.ticket, d.state.committee, length, *stakes, 1) is not None


def _may_come_up_later(d: Draft) -> bool:
    """Whether a later round can draw this worker, which would judge what others risk now."""
    if d.policy.take_references is not References.ALWAYS:
        return False
    return references.may_be_drawn_later(d.state, d.now) and _price_reached(d) is not None


def _price_reached(d: Draft) -> int | None:
    """How long after the round opened its seats are worth taking; None for never."""
    terms = d.state.job.request.terms
    step = terms.step_of(profit.least_seat_fee(d))
    if step is None:
        return None
    if d.state.is_open:
        seconds = sortition.seconds_until_open_step(step, terms.commit_seconds)
    else:
        seconds = sortition.seconds_until_step(step, terms.commit_seconds)
    return seconds if seconds < terms.commit_seconds else None


def _is_up(d: Draft, comes_up: int | None) -> bool:
    """Whether a seat may be taken now that comes up so long after the round opened.

    It waits for the price too, and has the model run in time for both: but only where the fee and
    the stake are as they have to be, and if they are not it says so.
    """
    if comes_up is None:
        return False
    price = _price_reached(d)
    due = d.state.opened_at + max(comes_up, price or 0)
    if d.now < due - d.policy.compute_ahead:
        d.wait(due - d.policy.compute_ahead)
        return False
    if price is None:
        _leave_for_the_fee(d)
        return False
    if not _is_covered(d):
        return False
    if d.now < due:
        d.wait(due)
        if d.own.outcome is None:
            d.run_model()
    return d.now >= due


def _leave_for_the_fee(d: Draft) -> None:
    """It may be enough later, if it is the gas that it does not cover."""
    least, terms = profit.least_seat_fee(d), d.state.job.request.terms
    if least <= d.policy.min_seat_fee:
        d.leave(f"seat fee {terms.seat_fee_cap} is less than min_seat_fee, {least}")
        return
    d.wait(d.now + _BLOCKS_UNTIL_GAS_MAY_BE_CHEAPER * d.moment.block_seconds)
    d.leave(
        f"seat fee {terms.seat_fee_cap} is less than the {least} that its gas takes at this price, "
        f"with min_profit_percent {d.policy.min_profit_percent}"
    )


def _is_covered(d: Draft) -> bool:
    """Whether the free stake and the operator's limits cover a seat."""
    bond, free, policy = d.state.job.request.terms.bond, d.own.free_units, d.policy
    if _units(d) >= bond:
        return True
    if free < bond:  # not the operator's limits, but votes not taken back
        d.short_of_stake = True
        d.wait(d.now + d.moment.stagger)
        d.leave(f"bond {bond} is more than the {free} units of stake that are free")
    elif policy.max_bond is not None and policy.max_bond < bond:
        d.leave(f"bond {bond} is more than max_bond allows ({policy.max_bond})")
    else:
        percent = f"{policy.max_bond_percent} % of {free} free"
        d.leave(f"bond {bond} is more than max_bond_percent allows ({percent})")
    return False


def _units(d: Draft) -> int:
    """What the operator would put into one round."""
    return d.policy.most_for_a_round(d.own.free_units)
