"""Those who have no part in a job: the short way to what the rules say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.jobs import Status
from assay.terms import Callback, Numerics
from tests.unit.worker_jobs import (
    ANN,
    BOB,
    CID,
    ME,
    OPENED,
    RIGHT,
    TARGET,
    WRONG,
    at,
    committed,
    decided,
    job,
    opened,
    optimistic,
    own,
    proposed,
    revealed,
)
from worker.plan import Policy, bystander, plan
from worker.state import JobState

CALLBACK = Callback(target=TARGET, gas_stipend=50_000, delivery_fee=50)
SIGNER = TARGET

ANSWERED = [
    decided(revealed(committed(ANN, BOB, CID), ann=RIGHT, bob=RIGHT)),
    decided(revealed(committed(ANN, BOB, CID), ann=RIGHT, bob=RIGHT, cid=RIGHT)),
    decided(
        revealed(
            committed(ANN, BOB, CID, of=job(callback=CALLBACK)), ann=RIGHT, bob=RIGHT, cid=WRONG
        )
    ),
    decided(revealed(committed(ANN, BOB, CID, of=job(appeal_window=20)), ann=RIGHT, bob=RIGHT)),
    decided(revealed(committed(ANN, BOB, CID, of=job(Numerics.TOLERANCE)), ann=RIGHT, bob=RIGHT)),
    proposed(ANN, RIGHT),
    proposed(ANN, WRONG, of=optimistic(Numerics.TOLERANCE, callback=CALLBACK)),
]
ENDED = [
    committed(ANN, status=Status.REFUNDED),
    committed(ANN, BOB, CID, status=Status.UNRESOLVED),
]
STATES = [*ANSWERED, *(replace(state, closed=True) for state in ANSWERED), *ENDED]


@given(
    state=st.sampled_from(STATES),
    seconds=st.integers(0, 400),
    max_deposit=st.sampled_from([0, 10**9]),
    min_seat_fee=st.sampled_from([0, 10**6]),
)
def test_bystander__answered_or_ended__what_the_rules_say(
    state: JobState, seconds: int, max_deposit: int, min_seat_fee: int
) -> None:
    policy = Policy(max_deposit=max_deposit, min_seat_fee=min_seat_fee)
    moment = at(OPENED + seconds)
    said = plan(state, own(outcome=None, signer=SIGNER), moment, policy)
    found = bystander(state, ME, SIGNER, policy, moment.now)
    assert found is not None
    assert found == (replace(said, wake=None) if said.done else said)


@pytest.mark.parametrize(
    ("state", "policy"),
    [
        (opened(), Policy()),
        (committed(ANN, BOB, CID), Policy()),
        (proposed(ME, RIGHT), Policy()),
        (replace(proposed(ANN, RIGHT), appellants={0: SIGNER}), Policy()),
        (proposed(ANN, RIGHT), Policy(watch_percent=1)),
        (proposed(ANN, RIGHT), Policy(help_others=True)),
    ],
)
def test_bystander__going_on_or_a_part_in_it__the_rules_are_asked(
    state: JobState, policy: Policy
) -> None:
    assert bystander(state, ME, SIGNER, policy, OPENED + 9) is None
