"""What a worker risks on inputs by reference: whoever serves them can withdraw them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assay.jobs import Job
from assay.remote_inputs import RemoteInput
from tests.unit.worker_jobs import (
    ANN,
    BOB,
    CID,
    COMMIT_END,
    ME,
    NEVER,
    OPENED,
    RIGHT,
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
from worker.plan import Plan, Policy, bystander, plan
from worker.references import References
from worker.state import JobState
from worker.steps import Kind

REFERENCE = RemoteInput(sha256=bytes(32), size=7, uris=("https://inputs.example/x",)).encode()
NOW = at(OPENED + 1)
SAFE = Policy()
ALWAYS = Policy(take_references=References.ALWAYS)


def elsewhere(of: Job, payload: bytes = REFERENCE) -> Job:
    """The same job with its input by reference."""
    return replace(of, input=payload)


def one_round(**changes: Any) -> Job:
    return elsewhere(job(rounds=1, **changes))


def kinds(made: Plan) -> set[Kind]:
    return {step.kind for step in made.steps}


def decide(state: JobState, policy: Policy = SAFE, **changes: Any) -> Plan:
    return plan(state, own(**changes), NOW, policy)


# --- seats ---


@pytest.mark.parametrize(
    "state",
    [
        opened(elsewhere(optimistic())),
        opened(elsewhere(job(appeal_window=50))),
        opened(elsewhere(job())),  # undecided, it would be judged by a later round
        opened(elsewhere(job()), round=1),
        appealed(proposed(ANN, RIGHT, elsewhere(optimistic())), BOB),
    ],
    ids=["optimistic", "appeal window", "several rounds", "middle round", "called by an appeal"],
)
def test_seat__a_later_round_could_judge_it_without_the_input__not_taken(state: JobState) -> None:
    now = at(state.opened_at + 1, state.seed_block + 1)
    safe = plan(state, own(), now, SAFE)
    idle = plan(state, own(outcome=None), now, SAFE)
    taken = plan(state, own(), now, ALWAYS)
    assert not kinds(safe) & {Kind.PROPOSE, Kind.COMMIT}
    assert not idle.compute
    assert not idle.fetch
    assert kinds(taken) & {Kind.PROPOSE, Kind.COMMIT}


@pytest.mark.parametrize(
    "state",
    [
        opened(one_round()),
        opened(one_round(appeal_window=50)),
        opened(elsewhere(job()), round=2),
        opened(elsewhere(job()), round=2, voids=0b11),
        replace(appealed(proposed(ANN, RIGHT, elsewhere(optimistic(rounds=2))), BOB)),
    ],
    ids=["one round", "window that none can use", "last round", "after void ones", "last appeal"],
)
def test_seat__nobody_but_its_own_committee_can_judge_it__taken(state: JobState) -> None:
    now = at(state.opened_at + 1, state.seed_block + 1)
    assert kinds(plan(state, own(), now, SAFE)) == {Kind.COMMIT}
    assert plan(state, own(outcome=None), now, SAFE).compute


@pytest.mark.parametrize("state", [opened(one_round()), opened(elsewhere(optimistic()))])
def test_seat__no_references_at_all__not_taken(state: JobState) -> None:
    never = Policy(take_references=References.NEVER)
    assert kinds(decide(state, never)) == set()


@pytest.mark.parametrize("payload", [b"\x00", REFERENCE[:-1]], ids=["posted", "malformed"])
def test_seat__nothing_that_could_be_withdrawn__taken(payload: bytes) -> None:
    never = Policy(take_references=References.NEVER)
    state = opened(elsewhere(optimistic(), payload))
    assert kinds(decide(state, never)) == {Kind.PROPOSE}


def test_vote__taken_before_the_operator_changed_his_mind__revealed() -> None:
    state = committed(ME, ANN, BOB, of=elsewhere(job()))
    never = Policy(take_references=References.NEVER)
    assert kinds(plan(state, own(), at(OPENED + 3), never)) == {Kind.REVEAL}


@pytest.mark.parametrize(
    ("of", "advanced"),
    [(job(rounds=2), True), (job(rounds=3), False), (optimistic(rounds=2), False)],
    ids=["last round is next", "middle round is next", "no open round is the last"],
)
def test_advance__empty_round__only_for_one_it_would_take_seats_in(of: Job, advanced: bool) -> None:
    state = opened(elsewhere(of))
    steps = [
        kinds(plan(state, own(), at(COMMIT_END + seconds), SAFE)) for seconds in range(0, 60, 5)
    ]
    assert ({Kind.ADVANCE} in steps) == advanced


# --- appeals ---


@pytest.mark.parametrize(
    "state",
    [
        proposed(ANN, WRONG, elsewhere(optimistic())),
        decided(
            revealed(
                committed(ANN, BOB, CID, of=elsewhere(job(appeal_window=50))),
                ann=WRONG,
                bob=WRONG,
                cid=WRONG,
            ),
            WRONG,
        ),
    ],
)
def test_appeal__committee_could_not_have_the_input__deposit_kept(state: JobState) -> None:
    """The lie would be given again by those who have it, and the honest appellant lose the bond."""
    usual = {"draw": None, "differs": True, "credit": 10**9}
    window = range(0, 45, 5)
    for policy, appeals in ((SAFE, False), (ALWAYS, True)):
        paying = replace(policy, max_deposit=10**9, watch_percent=100)
        made = [plan(state, own(**usual), at(OPENED + 6 + s), paying) for s in window]
        assert any(Kind.APPEAL in kinds(one) for one in made) == appeals
        unknown = plan(state, own(**usual | {"outcome": None}), at(OPENED + 6), paying)
        assert unknown.compute == appeals


# --- fetched ahead ---


@pytest.mark.parametrize(
    ("changes", "fetched"),
    [
        ({"draw": draw_from(20)}, True),
        ({"draw": NEVER}, False),
        ({"draw": None}, False),
        ({"draw": draw_from(20), "free_units": 0}, False),
        ({"draw": draw_from(20), "computing": True}, False),
    ],
    ids=["comes up later", "not drawn", "seed unknown", "no stake", "being fetched"],
)
def test_fetch__seat_that_comes_up_later__input_fetched_now(
    changes: dict[str, Any], fetched: bool
) -> None:
    made = decide(opened(one_round()), outcome=None, **changes)
    assert (made.fetch, made.compute) == (fetched, False)


def test_fetch__to_be_run_now__run() -> None:
    made = decide(opened(one_round()), outcome=None)
    assert (made.fetch, made.compute) == (False, True)


def test_fetch__input_posted_or_result_there__nothing_to_fetch() -> None:
    assert not decide(opened(job(rounds=1)), outcome=None, draw=draw_from(20)).fetch
    assert not decide(opened(one_round()), draw=draw_from(20)).fetch


def test_fetch__not_worth_its_fee__not_fetched() -> None:
    dear = replace(ALWAYS, min_seat_fee=10**6)
    for state in (opened(one_round()), opened(elsewhere(optimistic()))):
        assert not decide(state, dear, outcome=None, draw=draw_from(20)).fetch


@pytest.mark.parametrize(
    ("state", "fetched"),
    [
        (opened(elsewhere(optimistic())), True),
        (proposed(ANN, RIGHT, elsewhere(optimistic())), True),
        (opened(elsewhere(job()), round=2), False),
    ],
    ids=["open round", "answer that can be appealed", "last round"],
)
def test_fetch__later_round_may_draw_it__fetched_while_it_is_served(
    state: JobState, fetched: bool
) -> None:
    """With `always` what others risk is judged by this worker, too: it must have the input then."""
    made = plan(state, own(outcome=None, draw=NEVER), at(OPENED + 5), ALWAYS)
    assert made.fetch == fetched
    assert not plan(state, own(outcome=None, draw=NEVER), at(OPENED + 5), SAFE).fetch


def test_bystander__later_round_may_draw_it__the_rules_are_asked() -> None:
    state = proposed(ANN, RIGHT, elsewhere(optimistic()))
    end = OPENED + 52
    assert bystander(state, ME, ME, ALWAYS, end - 1) is None
    assert bystander(state, ME, ME, ALWAYS, end) == Plan(done=True)
    assert bystander(state, ME, ME, SAFE, end - 1) == Plan(wake=end)
