"""What a worker does next: one line for each situation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from assay.jobs import Status
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
    SEED_BLOCK,
    TARGET,
    WRONG,
    at,
    committed,
    decided,
    draw_from,
    job,
    opened,
    own,
    revealed,
)
from worker.plan import Own, Plan, Policy, plan
from worker.state import JobState, VoteState
from worker.steps import (
    Advance,
    Claim,
    Close,
    Commit,
    Deliver,
    Kind,
    RevealNear,
    Step,
    Vindicate,
)
from worker.store import Abstained, Computed

TOLERANCE = job(Numerics.TOLERANCE)
BIG = Computed(bytes(2_000))
FULL = committed(ME, ANN, BOB)
HELPFUL = Policy(help_others=True)
PAID = job(callback=Callback(target=TARGET, gas_stipend=1, delivery_fee=5))


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
    block: int = SEED_BLOCK + 1

    def plan(self) -> Plan:
        return plan(self.state, self.own, at(self.now, self.block), self.policy)


def kinds(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(type(step).__name__ for step in steps)


COMMITTING = [
    Case("seed unknown, asks at the next block", opened(), OPENED, own=own(draw=None), wake=OPENED),
    Case("drawn, has the model run", opened(), OPENED + 1, own=own(outcome=None), compute=True,
         wake=COMMIT_END),
    Case("drawn, model running", opened(), OPENED + 1, own=own(outcome=None, computing=True),
         wake=COMMIT_END),
    Case("drawn, result there", opened(), OPENED + 1, ("Commit",), wake=COMMIT_END),
    Case("commitment on its way", opened(), OPENED + 1,
         own=own(busy=frozenset({(Kind.COMMIT, 0)})), wake=COMMIT_END),
    Case("committed already", committed(ME), OPENED + 3, wake=COMMIT_END),
    Case("abstained", opened(), OPENED + 1, own=own(outcome=Abstained("unstable")),
         wake=COMMIT_END),
    Case("fee too low", opened(), OPENED + 1, policy=Policy(min_seat_fee=101), wake=COMMIT_END),
    Case("not drawn at all", opened(), OPENED + 1, own=own(draw=NEVER), wake=COMMIT_END),
    Case("drawn later, waits", opened(), OPENED + 1, own=own(draw=draw_from(20), outcome=None),
         wake=OPENED + 15),
    Case("drawn soon, has the model run", opened(), OPENED + 16,
         own=own(draw=draw_from(20), outcome=None), compute=True, wake=OPENED + 20),
    Case("drawn soon, result there", opened(), OPENED + 16, own=own(draw=draw_from(20)),
         wake=OPENED + 20),
    Case("drawn now", opened(), OPENED + 20, ("Commit",), own=own(draw=draw_from(20)),
         wake=COMMIT_END),
    Case("too late for another block", opened(), COMMIT_END - 1, wake=COMMIT_END),
    Case("seed lost, ended in turn", opened(), OPENED + 99, ("Advance",), block=SEED_BLOCK + 256),
]  # fmt: skip

REVEALING = [
    Case("full, small EXACT result is published at once", FULL, OPENED + 3, ("Reveal",),
         wake=OPENED + 42),
    Case("full, result known", revealed(FULL, ann=RIGHT), OPENED + 4, ("RevealKnown",),
         wake=OPENED + 42),
    Case("another result known", revealed(FULL, ann=WRONG), OPENED + 4, ("Reveal",),
         wake=OPENED + 42),
    Case("revealed already", revealed(FULL, me=RIGHT), OPENED + 4, wake=OPENED + 42),
    Case("reveal on its way", FULL, OPENED + 3, own=own(busy=frozenset({(Kind.REVEAL, 0)})),
         wake=OPENED + 42),
    Case("result lost with the store, runs the model", FULL, OPENED + 3, own=own(outcome=None),
         compute=True, wake=OPENED + 42),
    Case("decided, still reveals", decided(revealed(FULL, ann=RIGHT, bob=RIGHT)), OPENED + 5,
         ("RevealKnown",), wake=OPENED + 42),
    Case("last second", FULL, OPENED + 41, ("Reveal",), wake=OPENED + 42),
    Case("not full but enough, waits for the end", committed(ME, ANN), OPENED + 9,
         wake=COMMIT_END),
    Case("not full but enough, time over", committed(ME, ANN), COMMIT_END, ("Reveal",),
         wake=COMMIT_END + 40),
    Case("short, never reveals", committed(ME), COMMIT_END, ("Advance",)),
    Case("no vote", committed(ANN, BOB, CID), OPENED + 3, wake=OPENED + 42),
]  # fmt: skip

ENDED = [
    Case("void round, bond back", replace(committed(ME), voids=1, round=1, opened_at=2_000,
         seed_block=99), 2_001, ("Claim",), own=own(draw=None), wake=2_001),
    Case("right, claims at once", decided(revealed(FULL, me=RIGHT, ann=RIGHT, bob=WRONG)),
         OPENED + 5, ("Claim",), wake=OPENED + 9),
    Case("wrong, waits for the closing", decided(revealed(FULL, me=WRONG, ann=RIGHT), RIGHT),
         OPENED + 43, wake=OPENED + 46),
    Case("wrong, closed", decided(revealed(replace(FULL, closed=True), me=WRONG)), OPENED + 5,
         ("Claim",)),
    Case("silent, closed", decided(replace(FULL, closed=True)), OPENED + 50, ("Claim",)),
    Case("silent and the result lost, finds it again", decided(replace(FULL, closed=True)),
         OPENED + 50, own=own(outcome=None), compute=True),
    Case("unresolved, revealed", replace(revealed(FULL, me=RIGHT), status=Status.UNRESOLVED,
         closed=True), OPENED + 50, ("Claim",)),
    Case("closed and claimed", decided(replace(committed(ANN, BOB, CID), closed=True)),
         OPENED + 50, done=True),
    Case("refunded without a vote, not ours to close", opened(status=Status.REFUNDED),
         OPENED + 50, done=True),
    Case("cancelled", opened(status=Status.REFUNDED, closed=True), OPENED + 1, done=True),
    Case("an EXACT round without a decision, exhausted",
         revealed(FULL, me=RIGHT, ann=WRONG, bob=bytes(32)), OPENED + 20, ("Advance",)),
    Case("a round without a decision, over", revealed(FULL, me=RIGHT, ann=WRONG), OPENED + 60,
         ("Advance",)),
]  # fmt: skip


@pytest.mark.parametrize("case", [*COMMITTING, *REVEALING, *ENDED], ids=lambda case: case.name)
def test_plan__exact__as_the_table_says(case: Case) -> None:
    found = case.plan()
    assert kinds(found.steps) == case.steps
    assert (found.wake, found.compute, found.done) == (case.wake, case.compute, case.done)


def near(*references: bytes, **changes: object) -> Own:
    return own(near=frozenset(references), **changes)


TOLERANT = committed(ME, ANN, BOB, of=TOLERANCE)
OTHER = bytes([7]) * 32


@pytest.mark.parametrize(
    ("state", "knows", "now", "expected"),
    [
        (revealed(TOLERANT, ann=WRONG), near(WRONG), OPENED + 4, "RevealNear"),
        (revealed(TOLERANT, ann=RIGHT), near(RIGHT), OPENED + 4, "RevealKnown"),
        (revealed(TOLERANT, ann=WRONG), near(), OPENED + 20, "Reveal"),
        (TOLERANT, near(), OPENED + 41, "Reveal"),
    ],
)
def test_plan__tolerance_reveal__supports_what_is_near(
    state: JobState, knows: Own, now: int, expected: str
) -> None:
    assert kinds(plan(state, knows, at(now), Policy()).steps) == (expected,)


def test_plan__two_references_near__supports_the_stronger() -> None:
    of = job(Numerics.TOLERANCE, committee=5)
    state = committed(ME, ANN, BOB, CID, TARGET, of=of)
    state = replace(state, status=Status.REVEALING, reveals_at=OPENED + 2)
    state = revealed(state, ann=WRONG, bob=OTHER, cid=OTHER)
    (step,) = plan(state, near(WRONG, OTHER), at(OPENED + 9), Policy()).steps
    assert step == RevealNear(state.job_id, 0, OTHER)


def test_plan__equal_references_near__supports_the_first_revealed() -> None:
    state = revealed(committed(ANN, ME, BOB, of=TOLERANCE), bob=OTHER, ann=WRONG)
    (step,) = plan(state, near(WRONG, OTHER), at(OPENED + 9), Policy()).steps
    assert step == RevealNear(state.job_id, 0, OTHER)


def test_plan__big_result__published_by_one_in_turn() -> None:
    """Publishing costs gas for each byte, so the others wait for the first."""
    moments = [OPENED + 2, OPENED + 4, OPENED + 6]
    publishers = [
        [
            worker
            for worker in (ME, ANN, BOB)
            if kinds(plan(FULL, own(worker=worker, outcome=BIG), at(now), Policy()).steps)
        ]
        for now in moments
    ]
    assert [len(some) for some in publishers] == [1, 2, 3]


def test_plan__first_reference_not_near__the_next_publishes_without_delay() -> None:
    state = revealed(TOLERANT, me=WRONG)
    publishers = [
        worker
        for worker in (ANN, BOB)
        if kinds(plan(state, own(worker=worker), at(state.changed_at), Policy()).steps)
    ]
    assert len(publishers) == 1


def test_plan__big_result_and_no_time_left__published_by_all() -> None:
    for worker in (ME, ANN, BOB):
        moment = at(OPENED + 38, stagger=1_000)
        found = plan(FULL, own(worker=worker, outcome=BIG), moment, Policy())
        assert kinds(found.steps) == ("Reveal",)


SPLIT = revealed(TOLERANT, ann=WRONG, bob=OTHER, me=RIGHT)


@pytest.mark.parametrize(
    ("case", "state", "knows", "now", "expected"),
    [
        ("all revealed, undecided", SPLIT, near(WRONG), OPENED + 9, ("Support",)),
        ("nothing near", SPLIT, near(), OPENED + 9, ()),
        ("others may still decide it", revealed(TOLERANT, ann=WRONG, me=RIGHT), near(WRONG),
         OPENED + 9, ()),
        ("half of the time is over", revealed(TOLERANT, ann=WRONG, me=RIGHT), near(WRONG),
         OPENED + 22, ("Support",)),
        ("decided", decided(SPLIT, OTHER), near(WRONG), OPENED + 9, ()),
        ("on its way", SPLIT, near(WRONG, busy=frozenset({(Kind.SUPPORT, 0)})), OPENED + 9, ()),
    ],
)  # fmt: skip
def test_plan__support__gathers_behind_the_strongest(
    case: str, state: JobState, knows: Own, now: int, expected: tuple[str, ...]
) -> None:
    assert kinds(plan(state, knows, at(now), Policy()).steps) == expected


def test_plan__support_given_already__not_again() -> None:
    vote = replace(SPLIT.votes[0, ME], supported=(RIGHT, WRONG))
    state = replace(SPLIT, votes={**SPLIT.votes, (0, ME): vote})
    assert plan(state, near(WRONG), at(OPENED + 9), Policy()).steps == ()


JUDGED = decided(revealed(TOLERANT, ann=WRONG, bob=WRONG, me=RIGHT), WRONG)


def test_plan__right_within_three_tolerances__vindicates() -> None:
    assert plan(JUDGED, own(right=True), at(OPENED + 9), Policy()).steps == (
        Vindicate(JUDGED.job_id, 0),
    )


def test_plan__outside_three_tolerances__does_not_vindicate() -> None:
    assert plan(JUDGED, own(), at(OPENED + 9), Policy()).steps == ()


def test_plan__vindicated__claims() -> None:
    vote = replace(JUDGED.votes[0, ME], vindicated=True)
    state = replace(JUDGED, votes={**JUDGED.votes, (0, ME): vote}, vindicated=1)
    assert kinds(plan(state, own(right=True), at(OPENED + 9), Policy()).steps) == ("Claim",)


def test_plan__earlier_tolerance_round__vindicates_that_vote() -> None:
    state = replace(
        decided(revealed(TOLERANT, ann=WRONG, bob=OTHER, me=RIGHT), WRONG), round=1, reveals=()
    )
    steps = plan(state, own(right=True), at(OPENED + 9), Policy()).steps
    assert Vindicate(state.job_id, 0) in steps


@pytest.mark.parametrize("supported", [(WRONG,), (RIGHT, WRONG)])
def test_plan__earlier_tolerance_round_behind_the_answer__claims_without_vindicating(
    supported: tuple[bytes, ...],
) -> None:
    first = decided(revealed(TOLERANT, ann=WRONG, bob=OTHER, me=RIGHT), WRONG)
    vote = replace(first.votes[0, ME], supported=supported)
    votes = {**first.votes, (0, ME): vote, (1, ANN): VoteState(7, 6, WRONG, (WRONG,))}
    state = replace(first, votes=votes, round=1, reveals=(ANN,))
    assert kinds(plan(state, own(right=True), at(OPENED + 9), Policy()).steps) == ("Claim",)


def test_plan__votes_of_two_tolerance_rounds_near_the_answer__vindicates_both() -> None:
    first = decided(revealed(TOLERANT, ann=WRONG, bob=OTHER, me=RIGHT), WRONG)
    votes = {
        **first.votes,
        (1, ANN): VoteState(6, 6, WRONG, (WRONG,)),
        (1, ME): VoteState(1, 7, RIGHT, (RIGHT,)),
    }
    state = replace(first, votes=votes, round=1, reveals=(ANN, ME))
    steps = plan(state, own(right=True), at(OPENED + 9), Policy()).steps
    assert steps == (Vindicate(state.job_id, 0), Vindicate(state.job_id, 1))


def test_plan__earlier_exact_round_was_right__claims_it() -> None:
    state = replace(decided(revealed(FULL, me=RIGHT, ann=WRONG)), round=1, reveals=())
    state = replace(state, votes={**state.votes, (1, ANN): VoteState(1, 6, RIGHT, (RIGHT,))})
    steps = plan(state, own(), at(OPENED + 99), Policy()).steps
    assert Claim(state.job_id, 0, since=state.changed_at) in steps


# --- seats ---


def committing(state: JobState, knows: Own, policy: Policy = Policy()) -> Commit:  # noqa: B008
    (step,) = plan(state, knows, at(OPENED + 1), policy).steps
    assert isinstance(step, Commit)
    return step


def test_commit__all_seats_drawn__no_more_than_are_left() -> None:
    assert committing(opened(), own()) == Commit(opened().job_id, 0, seats=3, units=3_000)
    assert committing(committed(ANN), own()).seats == 2


def test_commit__little_stake__as_many_seats_as_it_covers() -> None:
    assert committing(opened(), own(free_units=2_999)).seats == 2


def test_commit__bond_limited__as_many_seats_as_allowed() -> None:
    assert committing(opened(), own(), Policy(max_bond=1_999)).seats == 1


def test_commit__share_of_the_stake_limited__as_many_seats_as_allowed() -> None:
    own_stake = own(free_units=20_000)
    assert committing(opened(), own_stake, Policy(max_bond_percent=10)).seats == 2


def test_commit__no_stake_free__says_so_and_asks_again() -> None:
    found = plan(opened(), own(free_units=999), at(OPENED + 1), Policy())
    assert found.steps == ()
    assert found.short_of_stake
    assert found.wake == OPENED + 3


def test_commit__bond_above_the_limit__left_alone() -> None:
    found = plan(opened(), own(), at(OPENED + 1), Policy(max_bond=999))
    assert (found.steps, found.short_of_stake, found.wake) == ((), False, COMMIT_END)


SOON = {"outcome": None, "draw": draw_from(20)}
"""A seat comes up at OPENED + 20, and nothing is computed."""


@pytest.mark.parametrize(
    ("changes", "policy", "reason"),
    [
        ({"free_units": 9_999}, Policy(max_bond_percent=10),
         "bond 1000 is more than max_bond_percent allows (10 % of 9999 free)"),
        ({}, Policy(max_bond=999), "bond 1000 is more than max_bond allows (999)"),
        ({"free_units": 999}, Policy(),
         "bond 1000 is more than the 999 units of stake that are free"),
        ({}, Policy(min_seat_fee=101), "seat fee 100 is less than min_seat_fee, 101"),
    ],
)  # fmt: skip
def test_commit__fee_or_stake_forbid_it__reason_and_no_model_when_it_comes_up(
    changes: dict[str, Any], policy: Policy, reason: str
) -> None:
    knows = own(**{**SOON, **changes})
    early, soon, due = (plan(opened(), knows, at(OPENED + s), policy) for s in (1, 16, 20))
    assert (early.left, early.wake) == ("", OPENED + 15)
    assert [(made.left, made.compute, made.steps) for made in (soon, due)] == [
        (reason, False, ())
    ] * 2


def test_commit__stake_is_in_the_own_commitment__nothing_left() -> None:
    on_its_way = own(free_units=0, busy=frozenset({(Kind.COMMIT, 0)}))
    assert plan(opened(), on_its_way, at(OPENED + 1), Policy()).left == ""


def test_commit__not_drawn__fee_not_complained_of() -> None:
    assert plan(opened(), own(draw=NEVER), at(OPENED + 9), Policy(min_seat_fee=101)).left == ""


def test_commit__later_round__grown_committee() -> None:
    state = opened(round=1)
    assert committing(state, own()).seats == 7


def test_commit__redrawn_round__same_committee() -> None:
    state = opened(round=1, voids=1)
    assert committing(state, own()).seats == 3


# --- steps that anyone may take ---


def test_advance__voters__one_after_the_other() -> None:
    state = committed(ANN, ME, of=job(committee=5))
    turns = {
        worker: [
            bool(plan(state, own(worker=worker), at(COMMIT_END + after), Policy()).steps)
            for after in (0, 2)
        ]
        for worker in (ANN, ME)
    }
    assert sorted(turns.values()) == [[False, True], [True, True]]


def test_advance__no_vote__after_the_voters() -> None:
    state = committed(ANN, BOB, of=job(committee=5))
    stranger = own(worker=CID)
    assert plan(state, stranger, at(COMMIT_END + 4), HELPFUL).steps == ()
    assert plan(state, stranger, at(COMMIT_END + 2 * 11), HELPFUL).steps == (
        Advance(state.job_id, 0),
    )


def test_advance__no_vote__not_unless_asked_to_help() -> None:
    state = committed(ANN, BOB, of=job(committee=5))
    assert plan(state, own(worker=CID), at(COMMIT_END + 999), Policy()).steps == ()


def test_advance__seed_lost__before_the_commit_phase_ends() -> None:
    moment = at(OPENED + 25, SEED_BLOCK + 256)
    assert plan(opened(), own(), moment, HELPFUL).steps == (Advance(opened().job_id, 0),)


# Final a window after the reveals, then a reveal phase and a window to vindicate in.
WINDOWED = revealed(
    committed(ME, ANN, BOB, of=job(Numerics.TOLERANCE, appeal_window=50)),
    me=RIGHT, ann=RIGHT, bob=WRONG,
)  # fmt: skip
ALL_RIGHT = decided(revealed(FULL, me=RIGHT, ann=RIGHT, bob=RIGHT))


@pytest.mark.parametrize(
    ("case", "state", "due"),
    [
        ("all right", ALL_RIGHT, ALL_RIGHT.changed_at),
        ("one wrong, all revealed", decided(revealed(FULL, me=RIGHT, ann=RIGHT, bob=WRONG)),
         OPENED + 5),
        ("one silent", decided(revealed(FULL, me=RIGHT, ann=RIGHT)), OPENED + 42),
        ("tolerance, one wrong", decided(revealed(TOLERANT, me=RIGHT, ann=RIGHT, bob=WRONG)),
         OPENED + 82),
        ("tolerance, time to appeal in", decided(WINDOWED, RIGHT), OPENED + 182),
        ("tolerance, all right", decided(revealed(TOLERANT, me=RIGHT, ann=RIGHT, bob=RIGHT)),
         OPENED + 5),
        ("unresolved", replace(FULL, status=Status.UNRESOLVED), OPENED + 2),
    ],
)  # fmt: skip
def test_close__when_nothing_can_change__first_in_turn(
    case: str, state: JobState, due: int
) -> None:
    def closers(now: int) -> int:
        workers = (ME, ANN, BOB)
        plans = [plan(state, own(worker=worker), at(now), Policy()) for worker in workers]
        return sum(Close(state.job_id, 0) in found.steps for found in plans)

    assert [closers(due - 1), closers(due), closers(due + 2), closers(due + 4)] == [0, 1, 2, 3]


DELIVERABLE = decided(revealed(committed(ME, ANN, BOB, of=PAID), me=RIGHT, ann=RIGHT, bob=RIGHT))


@pytest.mark.parametrize(
    ("case", "state", "policy", "expected"),
    [
        ("paid", DELIVERABLE, Policy(), True),
        ("too little", DELIVERABLE, Policy(min_delivery_fee=6), False),
        ("too much gas", DELIVERABLE, Policy(max_callback_gas=0), False),
        ("gas costs less than the fee", DELIVERABLE, Policy(coin_units=9 * 10**13), True),
        ("gas costs more than the fee", DELIVERABLE, Policy(coin_units=11 * 10**13), False),
        ("delivered", replace(DELIVERABLE, delivered=True, delivery_tried=True), Policy(), False),
        ("tried in vain", replace(DELIVERABLE, delivery_tried=True), Policy(), False),
        ("nothing to call", ALL_RIGHT, Policy(min_delivery_fee=0), False),
        ("undecided", replace(DELIVERABLE, status=Status.UNRESOLVED), Policy(), False),
    ],
)
def test_deliver__settled_with_callback__for_the_fee(
    case: str, state: JobState, policy: Policy, expected: bool
) -> None:
    steps = plan(state, own(), at(OPENED + 20, gas_price=1), policy).steps
    assert (Deliver(state.job_id, 0) in steps) is expected


def test_deliver__does_not_pay_now__asked_again_later() -> None:
    found = plan(DELIVERABLE, own(), at(OPENED + 20, gas_price=10**9), Policy(coin_units=10**12))
    assert found.wake is not None
    assert found.wake <= OPENED + 20 + 60


def test_deliver__pending__job_not_done() -> None:
    claimed = replace(DELIVERABLE.votes[0, ME], claimed=True)
    state = replace(DELIVERABLE, closed=True, votes={**DELIVERABLE.votes, (0, ME): claimed})
    assert not plan(state, own(), at(OPENED + 20), Policy()).done
    assert plan(replace(state, delivery_tried=True), own(), at(OPENED + 20), Policy()).done


def test_deliver__refused_for_a_day__job_done() -> None:
    claimed = replace(DELIVERABLE.votes[0, ME], claimed=True)
    state = replace(DELIVERABLE, closed=True, votes={**DELIVERABLE.votes, (0, ME): claimed})
    assert not plan(state, own(), at(OPENED + 80_000), Policy()).done
    assert plan(state, own(), at(OPENED + 90_000), Policy()).done


def test_claim__silent_and_no_result_to_be_had__done() -> None:
    state = decided(replace(FULL, closed=True))
    found = plan(state, own(outcome=Abstained("unstable")), at(OPENED + 50), Policy())
    assert found.steps == ()
    assert found.done


def two_votes(**changes: Any) -> JobState:
    """An own vote in a void round, and one in the round after it."""
    voted = committed(ME)
    state = replace(voted, round=1, voids=1, votes={**voted.votes, (1, ME): VoteState(1, 9)})
    return replace(state, **changes)


def test_claim__vote_of_a_void_round__waits_for_that_of_the_next() -> None:
    """Both at once: the event of one would not tell which it was."""
    assert "Claim" not in kinds(plan(two_votes(), own(), at(OPENED + 1), Policy()).steps)
    state = decided(two_votes(closed=True))
    steps = plan(state, own(), at(OPENED + 99), Policy()).steps
    assert [step.round for step in steps if isinstance(step, Claim)] == [0, 1]


def test_claim__one_of_two_votes_taken_back__asked_for_both_again() -> None:
    state = decided(two_votes(closed=True, claims={ME: 1}))
    steps = plan(state, own(), at(OPENED + 99), Policy()).steps
    assert [step.round for step in steps if isinstance(step, Claim)] == [0, 1]


def test_claim__one_of_two_votes_taken_back_and_the_other_lost__done() -> None:
    shown = VoteState(1, 9, RIGHT, (RIGHT,))
    state = decided(two_votes(closed=True))
    state = replace(state, votes={**state.votes, (1, ME): shown})
    lost = own(outcome=Abstained("unstable"))
    (step,) = plan(state, lost, at(OPENED + 99), Policy()).steps
    assert step.round == 1
    one_taken = replace(state, claims={ME: 1})  # by a stranger, maybe, and the silent one
    found = plan(one_taken, lost, at(OPENED + 99), Policy())
    assert (list(map(type, found.steps)), found.done) == ([Claim], False)
    refused = replace(lost, without_vote=frozenset({(Kind.CLAIM, 1)}))
    found = plan(one_taken, refused, at(OPENED + 99), Policy())
    assert (found.steps, found.done) == ((), True)


def test_claim__shown_vote_refused_and_none_taken_back__tried_on() -> None:
    state = decided(replace(committed(ME, ANN, BOB), closed=True))
    shown = VoteState(1, 9, RIGHT, (RIGHT,))
    state = replace(state, votes={**state.votes, (0, ME): shown})
    refused = own(without_vote=frozenset({(Kind.CLAIM, 0)}))
    assert plan(state, refused, at(OPENED + 99), Policy()).steps


def test_claim__silent_vote_opens_with_no_result_found_again__done() -> None:
    """The data folder was lost, and the model gives other bits on this machine."""
    state = decided(replace(committed(ME, ANN, BOB), closed=True))
    assert not plan(state, own(), at(OPENED + 99), Policy()).done
    refused = own(without_vote=frozenset({(Kind.CLAIM, 0)}))
    found = plan(state, refused, at(OPENED + 99), Policy())
    assert (found.steps, found.done) == ((), True)


@pytest.mark.parametrize(
    ("case", "state", "known", "policy", "now", "expected"),
    [
        ("nobody came, the next is wanted", opened(), own(), Policy(), COMMIT_END, False),
        (
            "nobody came, ten minutes ago",
            opened(),
            own(outcome=None),
            Policy(),
            COMMIT_END + 600,
            True,
        ),
        ("nobody came, no stake", opened(), own(free_units=999), Policy(), COMMIT_END, True),
        ("nobody came, fee too low", opened(), own(), Policy(min_seat_fee=101), COMMIT_END, True),
        ("too few came", committed(ANN), own(draw=None), Policy(), COMMIT_END, True),
        ("not yet over", opened(), own(draw=None), Policy(), COMMIT_END - 1, False),
        ("own vote", committed(ME), own(), Policy(), COMMIT_END, False),
        ("helps others", opened(), own(draw=None), Policy(help_others=True), COMMIT_END, False),
        ("model running", opened(), own(computing=True), Policy(), COMMIT_END, False),
        ("quorum", FULL, own(worker=TARGET), Policy(), COMMIT_END, False),
        (
            "vote on its way",
            opened(),
            own(busy=frozenset({(Kind.COMMIT, 0)})),
            Policy(),
            COMMIT_END,
            False,
        ),
    ],
)
def test_plan__round_stayed_short_without_this_worker__asleep(
    case: str, state: JobState, known: Own, policy: Policy, now: int, expected: bool
) -> None:
    found = plan(state, known, at(now), policy)
    assert (found.asleep, found.done) == (expected, False)


def test_plan__nobody_came__ended_in_turn_to_have_the_next_round() -> None:
    first = plan(opened(), own(draw=None), at(COMMIT_END), Policy())
    assert (first.steps, first.asleep) == ((), False)
    assert first.wake is not None
    assert COMMIT_END < first.wake <= COMMIT_END + 8 * 2
    found = plan(opened(), own(draw=None), at(first.wake), Policy())
    assert kinds(found.steps) == ("Advance",)


def test_plan__nobody_came_and_nothing_computed__the_model_first() -> None:
    found = plan(opened(), own(outcome=None), at(COMMIT_END + 99), Policy())
    assert (found.steps, found.compute, found.asleep) == ((), True, False)
    running = plan(opened(), own(outcome=None, computing=True), at(COMMIT_END + 99), Policy())
    assert (running.steps, running.compute) == ((), False)


def test_plan__nobody_came_and_nothing_computed__who_helps_others_ends_it_all_the_same() -> None:
    """The model may be one that nobody can fetch."""
    found = plan(opened(), own(outcome=None), at(COMMIT_END + 99), HELPFUL)
    assert (kinds(found.steps), found.compute) == (("Advance",), False)


@pytest.mark.parametrize(
    ("case", "state", "known"),
    [
        ("cannot be answered", opened(), own(outcome=Abstained("unstable"))),
        ("somebody came, who ends it", committed(ANN), own()),
        ("last round", opened(round=2), own()),
        ("nobody came twice before", opened(job(rounds=4), round=2, voids=0b11), own()),
        ("no stake", opened(), own(free_units=999)),
    ],
)
def test_plan__short_round_and_the_next_is_not_wanted__left(
    case: str, state: JobState, known: Own
) -> None:
    found = plan(state, known, at(COMMIT_END + 99), Policy())
    assert (found.steps, found.asleep) == ((), True)


def test_plan__nobody_came_and_the_operator_would_not_put_in_the_bond__left() -> None:
    for policy in (Policy(max_bond=999), Policy(max_bond_percent=9)):
        found = plan(opened(), own(), at(COMMIT_END + 99), policy)
        assert (found.steps, found.asleep) == ((), True)


def test_plan__same_inputs__same_plan() -> None:
    for case in (*COMMITTING, *REVEALING, *ENDED):
        assert case.plan() == case.plan()


def test_plan__wake__never_in_the_past() -> None:
    for case in (*COMMITTING, *REVEALING, *ENDED):
        wake = case.plan().wake
        assert wake is None or wake >= case.now
