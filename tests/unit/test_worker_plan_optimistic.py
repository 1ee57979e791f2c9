"""What a worker does about open rounds, answers that are not final, and prices that rise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from assay import sortition
from assay.jobs import PROPOSAL, Status
from assay.terms import Callback, Numerics
from tests.unit.worker_jobs import (
    ANN,
    BOB,
    CID,
    COMMIT_END,
    ME,
    NEVER,
    OPENED,
    RIGHT,
    TARGET,
    WRONG,
    appealed,
    at,
    committed,
    decided,
    draw_from,
    job,
    opened,
    optimistic,
    own,
    proposed,
    revealed,
)
from worker.plan import Draw, Own, Plan, Policy, plan
from worker.state import JobState, VoteState
from worker.steps import (
    Advance,
    Appeal,
    Claim,
    Close,
    Commit,
    Deliver,
    Kind,
    Propose,
    Step,
    Vindicate,
)
from worker.store import Abstained

OPEN = opened(optimistic())
MINE, THEIRS = proposed(ME, RIGHT), proposed(ANN, WRONG)
FINAL = OPENED + 52
"""When those two are final."""
DEPOSIT = 1_000 + (3 + 7) * 100
"""Units of an appeal of theirs: a bond, and both committees that may follow."""
APPEALS = Policy(max_deposit=DEPOSIT)
WATCHES = Policy(max_deposit=DEPOSIT, watch_percent=100)
DIFFERS = own(differs=True, credit=DEPOSIT, draw=None)


def kinds(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(type(step).__name__ for step in steps)


def open_from(elapsed: int, length: int = 30) -> Draw:
    """A lot whose open seat comes up so many seconds into the phase."""
    weight, total = 1, 8
    # ticket < weight * length / (total * (length - elapsed)), for this second and none before
    ticket = weight * length * (1 << 128) // (total * (length - elapsed)) - 1
    draw = Draw(ticket=ticket << 128, weight=weight, total=total)
    assert sortition.seconds_until_open(draw.ticket, length, weight, total) == elapsed
    return draw


@dataclass(frozen=True)
class Case:
    """A situation, and the kinds of steps that follow from it."""

    name: str
    state: JobState
    now: int
    steps: tuple[str, ...] = ()
    own: Own = own()  # noqa: RUF009 - frozen
    wake: int | None = None
    compute: bool = False
    done: bool = False
    policy: Policy = Policy()  # noqa: RUF009 - frozen

    def plan(self) -> Plan:
        return plan(self.state, self.own, at(self.now), self.policy)


PROPOSING = [
    Case("drawn, result there", OPEN, OPENED + 1, ("Propose",), wake=COMMIT_END),
    Case("drawn, has the model run", OPEN, OPENED + 1, own=own(outcome=None), compute=True,
         wake=COMMIT_END),
    Case("proposal on its way", OPEN, OPENED + 1, own=own(busy=frozenset({(Kind.PROPOSE, 0)})),
         wake=COMMIT_END),
    Case("abstained", OPEN, OPENED + 1, own=own(outcome=Abstained("unstable")), wake=COMMIT_END),
    Case("no weight", OPEN, OPENED + 1, own=own(draw=Draw(0, 0, 9)), wake=COMMIT_END),
    Case("drawn later, waits", OPEN, OPENED + 1, own=own(draw=open_from(20), outcome=None),
         wake=OPENED + 15),
    Case("drawn soon, has the model run", OPEN, OPENED + 16,
         own=own(draw=open_from(20), outcome=None), compute=True, wake=OPENED + 20),
    Case("drawn now", OPEN, OPENED + 20, ("Propose",), own=own(draw=open_from(20)),
         wake=COMMIT_END),
    Case("too late for another block", OPEN, COMMIT_END - 1, wake=COMMIT_END),
    Case("bond above the limit", OPEN, OPENED + 1, policy=Policy(max_bond=999), wake=COMMIT_END),
    Case("seed unknown, asks at the next block", OPEN, OPENED, own=own(draw=None), wake=OPENED),
]  # fmt: skip

ANSWERED = [
    Case("own proposal, waits until it is final", MINE, OPENED + 3, wake=FINAL),
    Case("own proposal, final", MINE, FINAL, ("Claim", "Close")),
    Case("own proposal, closed", replace(MINE, closed=True), FINAL + 9, ("Claim",)),
    Case("own proposal, closed and claimed", replace(MINE, closed=True,
         votes={(0, ME): replace(MINE.votes[0, ME], claimed=True)}), FINAL + 9, done=True),
    Case("another's, somebody may appeal it still", THEIRS, FINAL - 1, wake=FINAL),
    Case("another's, final", THEIRS, FINAL, done=True),
    Case("own proposal, appealed, not drawn again", appealed(MINE, ANN), OPENED + 13,
         own=own(draw=NEVER), wake=OPENED + 42),
    Case("own proposal, appealed, drawn again", appealed(MINE, ANN), OPENED + 13, ("Commit",),
         wake=OPENED + 42),
]  # fmt: skip

LATE = FINAL - 4
APPEALING = [
    Case("another result, appeals are on", THEIRS, LATE, ("Appeal",), own=DIFFERS,
         policy=APPEALS, wake=FINAL),
    Case("another result, appeals are off", THEIRS, LATE, own=DIFFERS, wake=FINAL),
    Case("deposit above the limit", THEIRS, LATE, own=DIFFERS,
         policy=Policy(max_deposit=DEPOSIT - 1), wake=FINAL),
    Case("too little credit", THEIRS, LATE, own=replace(DIFFERS, credit=DEPOSIT - 1),
         policy=APPEALS, wake=FINAL),
    Case("same result", THEIRS, LATE, own=own(draw=None), policy=APPEALS, wake=FINAL),
    Case("appeal on its way", THEIRS, LATE,
         own=replace(DIFFERS, busy=frozenset({(Kind.APPEAL, 0)})), policy=APPEALS, wake=FINAL),
    Case("too late", THEIRS, FINAL, own=DIFFERS, policy=APPEALS, done=True),
    Case("nothing computed, watches it", THEIRS, OPENED + 3, own=own(draw=None, outcome=None),
         policy=WATCHES, compute=True, wake=FINAL),
    Case("nothing computed, watches none", THEIRS, OPENED + 3, own=own(draw=None, outcome=None),
         policy=APPEALS, wake=FINAL),
    Case("watches, cannot vouch for it", THEIRS, OPENED + 3,
         own=own(draw=None, outcome=Abstained("unstable")), policy=WATCHES, wake=FINAL),
    Case("watches, but the deposit is too high", THEIRS, OPENED + 3,
         own=own(draw=None, outcome=None), policy=Policy(max_deposit=1, watch_percent=100),
         wake=FINAL),
]  # fmt: skip


@pytest.mark.parametrize("case", [*PROPOSING, *ANSWERED, *APPEALING], ids=lambda case: case.name)
def test_plan__optimistic__as_the_table_says(case: Case) -> None:
    found = case.plan()
    assert kinds(found.steps) == case.steps
    assert (found.wake, found.compute, found.done) == (case.wake, case.compute, case.done)


def test_propose__drawn__one_bond() -> None:
    (step,) = plan(OPEN, own(), at(OPENED + 1), Policy()).steps
    assert step == Propose(OPEN.job_id, 0, units=1_000)


def test_propose__no_stake_free__says_so() -> None:
    found = plan(OPEN, own(free_units=999), at(OPENED + 1), Policy())
    assert (found.steps, found.short_of_stake) == ((), True)


def test_propose__bond_above_the_limit__reason_and_no_model() -> None:
    found = plan(OPEN, own(outcome=None), at(OPENED + 1), Policy(max_bond=999))
    assert (found.left, found.compute) == ("bond 1000 is more than max_bond allows (999)", False)


def test_propose__round_redrawn_after_a_void__open_still() -> None:
    state = replace(OPEN, round=1, voids=1)
    assert kinds(plan(state, own(), at(OPENED + 1), Policy()).steps) == ("Propose",)


def test_advance__open_round_nobody_took__by_those_who_help() -> None:
    helpful = Policy(help_others=True)
    found = plan(OPEN, own(draw=NEVER), at(COMMIT_END + 99), helpful)
    assert found.steps == (Advance(OPEN.job_id, 0),)


def test_advance__committee_of_an_appeal_stayed_short__by_the_appellant() -> None:
    state = appealed(THEIRS, TARGET)
    end = state.opened_at + 30
    appellant = own(signer=TARGET, draw=NEVER)
    assert plan(state, appellant, at(end), Policy()).steps == (Advance(state.job_id, 1),)
    assert plan(state, own(signer=BOB, draw=NEVER), at(end), Policy()).steps == ()


def test_close__appellant_without_a_vote__after_the_voters() -> None:
    votes = {**THEIRS.votes, (1, BOB): VoteState(3, 5, RIGHT, (RIGHT,))}
    state = replace(
        appealed(THEIRS, TARGET), status=Status.DECIDED, answer=RIGHT, reveals_at=2_000,
        changed_at=2_000, votes=votes, reveals=(BOB,),
    )  # fmt: skip
    due = 2_000 + 40 + 50
    appellant = own(signer=TARGET, draw=None)
    assert plan(state, appellant, at(due), Policy()).steps == ()
    assert plan(state, appellant, at(due + 2), Policy()).steps == (Close(state.job_id, 1),)


# --- appeals ---


def other_worker(number: int) -> Any:
    return "0x" + 20 * f"{number:02x}"


def test_appeal__several_would__not_all_at_once() -> None:
    """One that comes second has paid for nothing."""
    firsts = set()
    for number in range(40):
        knows = replace(DIFFERS, worker=other_worker(number))
        moments = range(OPENED + 2, FINAL)
        first = next(n for n in moments if plan(THEIRS, knows, at(n), APPEALS).steps)
        firsts.add(first - OPENED - 2)
    assert firsts == {0, 2, 4, 6, 8, 10, 12, 14}


def test_appeal__short_window__nobody_waits_past_its_end() -> None:
    state = proposed(ANN, WRONG, of=optimistic(appeal_window=6))
    for number in range(40):
        knows = replace(DIFFERS, worker=other_worker(number))
        assert kinds(plan(state, knows, at(OPENED + 4), APPEALS).steps) == ("Appeal",)


def test_appeal__committee_decided__only_when_no_reveal_can_come() -> None:
    """It would end the round, and a seat that has not spoken would count as silent."""
    lied = job(appeal_window=50)
    state = decided(revealed(committed(ANN, BOB, CID, of=lied), ann=WRONG, bob=WRONG), WRONG)
    reveal_end = OPENED + 2 + 40
    policy = Policy(max_deposit=10_000)
    late = at(reveal_end + 20)
    rich = own(differs=True, credit=10_000, draw=None)
    assert plan(state, rich, at(reveal_end - 1), policy).steps == ()
    assert plan(state, rich, late, policy).steps == (
        Appeal(state.job_id, 0, units=1_000 + (7 + 15) * 100),
    )


def test_appeal__last_round__final_at_once() -> None:
    lied = job(appeal_window=50, rounds=1)
    state = decided(revealed(committed(ANN, BOB, CID, of=lied), ann=WRONG, bob=WRONG), WRONG)
    found = plan(state, own(differs=True, credit=10_000), at(OPENED + 9), WATCHES)
    assert (found.steps, found.done) == ((), True)


def test_watch__percent__that_share_of_the_jobs() -> None:
    knows = own(draw=None, outcome=None)
    policy = replace(WATCHES, watch_percent=30)
    jobs = [replace(THEIRS, job=replace(THEIRS.job, job_id=bytes([n]) * 32)) for n in range(250)]
    watched = [state for state in jobs if plan(state, knows, at(OPENED + 3), policy).compute]
    assert 50 <= len(watched) <= 100


# --- after an appeal ---


def judged(answer: bytes, numerics: Numerics = Numerics.EXACT) -> JobState:
    """My proposal of RIGHT was appealed; a committee without me has decided."""
    voter = VoteState(3, 5, answer, (answer,))
    state = appealed(proposed(ME, RIGHT, of=optimistic(numerics)), TARGET)
    return replace(
        state, status=Status.DECIDED, answer=answer, reveals_at=2_000, changed_at=2_003,
        votes={**state.votes, (1, BOB): voter}, reveals=(BOB,),
    )  # fmt: skip


JUDGED_FINAL = 2_000 + 40 + 50


def test_claim__appealed_proposal_was_right__as_a_vote_outside_the_ring() -> None:
    state = judged(RIGHT)
    steps = plan(state, own(), at(JUDGED_FINAL), Policy()).steps
    assert Claim(state.job_id, 0, since=JUDGED_FINAL) in steps
    assert plan(state, own(), at(JUDGED_FINAL - 1), Policy()).steps == ()
    assert state.votes[0, ME].place(0) == PROPOSAL


def test_claim__appealed_proposal_was_wrong__only_its_slot_once_closed() -> None:
    state = judged(WRONG)
    assert kinds(plan(state, own(), at(JUDGED_FINAL), Policy()).steps) == ()
    closed = replace(state, closed=True)
    assert kinds(plan(closed, own(), at(JUDGED_FINAL), Policy()).steps) == ("Claim",)


def test_vindicate__appealed_proposal_near_the_answer__once_that_is_final() -> None:
    state = judged(WRONG, Numerics.TOLERANCE)
    assert plan(state, own(right=True), at(JUDGED_FINAL - 1), Policy()).steps == ()
    steps = plan(state, own(right=True), at(JUDGED_FINAL), Policy()).steps
    assert steps == (Vindicate(state.job_id, 0),)


def test_claim__appealed_tolerance_proposal_is_the_answer__not_vindicated() -> None:
    state = judged(RIGHT, Numerics.TOLERANCE)
    steps = plan(state, own(right=True), at(JUDGED_FINAL), Policy()).steps
    assert steps == (Claim(state.job_id, 0, since=JUDGED_FINAL),)


def test_deliver__provisional_answer__not_before_it_is_final() -> None:
    paid = optimistic(callback=Callback(target=TARGET, gas_stipend=1, delivery_fee=5))
    state = proposed(ME, RIGHT, of=paid)
    early = plan(state, own(), at(FINAL - 1), Policy())
    assert (early.steps, early.wake) == ((), FINAL)
    late = plan(state, own(), at(FINAL), Policy())
    assert Deliver(state.job_id, 0) in late.steps


def test_close__tolerance_after_an_appeal__a_reveal_phase_and_a_window_to_vindicate_in() -> None:
    state = judged(WRONG, Numerics.TOLERANCE)
    due = JUDGED_FINAL + 40 + 50
    knows = own(worker=BOB)
    assert Close(state.job_id, 1) not in plan(state, knows, at(due - 1), Policy()).steps
    assert Close(state.job_id, 1) in plan(state, knows, at(due), Policy()).steps


# --- prices ---


RANGE = {"seat_fee": 100, "seat_fee_cap": 200}


def first_seconds(state: JobState, policy: Policy, kind: str) -> list[int]:
    """The seconds in which a worker that is drawn for everything takes such a step."""
    return [
        elapsed
        for elapsed in range(29)
        if kinds(plan(state, own(), at(OPENED + elapsed), policy).steps) == (kind,)
    ]


@pytest.mark.parametrize(("least", "first"), [(0, 0), (100, 0), (150, 23), (200, 29), (201, 29)])
def test_commit__price_rises__waits_for_the_operators_least(least: int, first: int) -> None:
    """A phase of 30 seconds, in 15 of which the price stands still."""
    found = first_seconds(opened(job(**RANGE)), Policy(min_seat_fee=least), "Commit")
    assert found == list(range(first, 29))


@pytest.mark.parametrize(("least", "first"), [(0, 0), (150, 16), (190, 28), (200, 29)])
def test_propose__price_rises__waits_for_the_operators_least(least: int, first: int) -> None:
    found = first_seconds(opened(optimistic(**RANGE)), Policy(min_seat_fee=least), "Propose")
    assert found == list(range(first, 29))


def test_commit__price_and_seat_to_wait_for__the_later_and_computed_in_time() -> None:
    state, policy = opened(job(**RANGE)), Policy(min_seat_fee=150)
    knows = own(outcome=None, draw=draw_from(20))
    asleep = plan(state, knows, at(OPENED + 17), policy)
    awake = plan(state, knows, at(OPENED + 18), policy)
    assert (asleep.compute, asleep.wake) == (False, OPENED + 18)
    assert (awake.compute, awake.wake) == (True, OPENED + 23)


def test_commit__after_an_appeal__grown_committee() -> None:
    (step,) = plan(appealed(THEIRS, CID), own(), at(OPENED + 13), Policy()).steps
    assert step == Commit(THEIRS.job_id, 1, seats=3, units=3_000)


def test_plan__same_inputs__same_plan_and_no_wake_in_the_past() -> None:
    for case in (*PROPOSING, *ANSWERED, *APPEALING):
        found = case.plan()
        assert case.plan() == found
        assert found.wake is None or found.wake >= case.now
