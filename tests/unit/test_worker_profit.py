"""Profit: which seats pay for their gas, and what the constants are measured by."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assay.terms import Numerics
from tests.unit.worker_jobs import OPENED, at, job, opened, optimistic, own
from worker.plan import Moment, Plan, Policy, plan
from worker.plan.profit import COMMITTEE_GAS, DELIVERY_GAS, PROPOSAL_GAS, TOLERANCE_GAS
from worker.state import JobState

SNAPSHOT = Path(__file__).parents[2] / "benchmarks" / "gas.snapshot.json"
GWEI = 10**9
COIN_UNITS = 1_000_000
"""A gas at one gwei then costs a thousandth of a unit: a committee's vote 119."""


def cheap(gwei: int = 1, now: int = OPENED + 1) -> Moment:
    return at(now, gas_price=gwei * GWEI)


def decided(state: JobState, moment: Moment, **policy: int) -> Plan:
    return plan(state, own(), moment, Policy(coin_units=COIN_UNITS, **policy))


def paying(
    fee: int, cap: int | None = None, numerics: Numerics = Numerics.EXACT, **rules: int
) -> JobState:
    """A job for a committee at that seat fee."""
    base = job(numerics)
    terms = replace(base.request.terms, seat_fee=fee, seat_fee_cap=cap or fee)
    request = replace(base.request, terms=terms)
    return opened(replace(base, request=request, rules=replace(base.rules, **rules)))


def taken(state: JobState, moment: Moment, **policy: int) -> bool:
    return bool(decided(state, moment, **policy).steps)


@pytest.mark.parametrize(
    ("fee", "gwei", "percent", "expected"),
    [
        (118, 1, 0, False),
        (119, 1, 0, True),
        (119, 1, 1, False),
        (179, 1, 50, True),
        (178, 1, 50, False),
        (119, 2, 0, False),
        (1, 0, 900, True),
    ],
)
def test_plan__fee_against_gas_and_margin(
    fee: int, gwei: int, percent: int, expected: bool
) -> None:
    assert taken(paying(fee), cheap(gwei), min_profit_percent=percent) == expected


def test_plan__shares_of_the_fee__only_what_the_worker_keeps_counts() -> None:
    shares = {"royalty_bps": 1_000, "protocol_fee_bps": 1_500}
    assert not taken(paying(158, **shares), cheap())
    assert taken(paying(159, **shares), cheap())


def test_plan__nothing_is_kept_of_the_fee__not_taken() -> None:
    assert not taken(paying(10_000, royalty_bps=10_000), cheap())


def test_plan__worth_of_the_coin_not_known__gas_not_weighed() -> None:
    assert plan(paying(1), own(), cheap(900), Policy()).steps


def test_plan__least_fee_of_the_operator_is_higher__counts() -> None:
    assert not taken(paying(119), cheap(), min_seat_fee=120)


def test_plan__gas_in_the_way__asked_again_when_it_may_be_cheaper() -> None:
    assert decided(paying(118), cheap()).wake == OPENED + 1 + 5


def test_plan__gas_in_the_way__said() -> None:
    assert decided(paying(118), cheap()).left == (
        "seat fee 118 is less than the 119 that its gas takes at this price, with "
        "min_profit_percent 0"
    )


def test_plan__price_that_rises__taken_once_it_covers_the_gas() -> None:
    state = paying(100, cap=200)
    early, late = cheap(), cheap(now=OPENED + 25)
    assert not taken(state, early)
    assert taken(state, late)


def test_plan__results_compared_number_by_number__the_gas_of_that() -> None:
    assert not taken(paying(151, numerics=Numerics.TOLERANCE), cheap())
    assert taken(paying(152, numerics=Numerics.TOLERANCE), cheap())


def test_plan__open_round__the_gas_of_a_proposal() -> None:
    cheap_enough = opened(optimistic())
    fee = cheap_enough.job.request.terms.seat_fee
    costs = fee * 10**18 // (PROPOSAL_GAS * GWEI)
    moment = cheap()
    assert plan(cheap_enough, own(), moment, Policy(coin_units=costs)).steps
    assert not plan(cheap_enough, own(), moment, Policy(coin_units=costs + 12)).steps


def test_gas__of_all_kinds_of_votes__within_a_fifth_of_what_is_measured() -> None:
    gas = json.loads(SNAPSHOT.read_text())
    sealed = gas["gas.commit.next"] + gas["gas.claim.shared"]
    committee = sealed + gas["gas.reveal.next"]
    tolerance = sealed + gas["gas.tolerance.reveal256"]
    proposal = gas["gas.propose"] + gas["gas.claim.proposal.shared"] + gas["gas.close.shared"]
    assert committee == pytest.approx(COMMITTEE_GAS, rel=0.2)
    assert tolerance == pytest.approx(TOLERANCE_GAS, rel=0.2)
    assert proposal == pytest.approx(PROPOSAL_GAS, rel=0.2)
    assert gas["gas.deliver"] == pytest.approx(DELIVERY_GAS, rel=0.2)
