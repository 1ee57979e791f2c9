"""Worker daemons on a chain: they run models, vote, settle, and are paid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from structlog.testing import capture_logs

from assay import events
from assay.jobs import JobView, Status
from assay.terms import Callback, Terms
from assay.tolerance import Tolerance
from tests.support.plain_chain import STAKE, UNIT, account
from tests.support.worker_rig import TERMS, Rig, Shifted, live
from tests.unit import onnx_models
from worker.runner import Daemon
from worker.store import Computed

FEE = 100 * UNIT * 9_750 // 10_000
"""Wei a right seat earns after the protocol's share."""
INTEGERS = np.array([4, 5], np.int32)
FLOATS = np.array([1.0, 2.0], np.float32)
UNWANTED = TERMS.commit_seconds + 600
"""Seconds after which nobody waits any more for the end of a round without votes."""


@pytest.fixture
def exact(rig: Rig) -> bytes:
    return rig.publish(onnx_models.identity(dtype=onnx_models.INT32))


@pytest.fixture
def tolerant(rig: Rig) -> bytes:
    """Results up to 0.125 apart support each other, up to 0.375 apart are right together."""
    return rig.publish(onnx_models.identity(), Tolerance.at_least(0.125, 0.0))


def shown(daemon: Daemon, job_id: bytes) -> JobView:
    """What the settlement shows at the daemon's block, without what no event tells."""
    cursor = daemon.parts.store.history.cursor()
    assert cursor is not None
    view = daemon.parts.chain.job(job_id, cursor.number)
    return replace(view, seed=0, total_weight=0)


# --- the whole way ---


def test_worker__real_models__settled_claimed_and_paid(rig: Rig, exact: bytes) -> None:
    for number in range(3):
        rig.daemon(number)
    posted = rig.post(exact, INTEGERS)
    rig.drive_until_done()
    answer = rig.client.wait(posted, timeout=1)
    assert answer.arrays[0].tolist() == [4, 5]
    view = rig.daemons[0].parts.chain.job(posted.job_id)
    assert (view.status, view.closed) == (Status.DECIDED, True)
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE


def test_worker__float_model__runs_in_tolerance(rig: Rig) -> None:
    version = rig.publish(onnx_models.linear(), Tolerance.at_least(1e-3, 1e-4))
    for number in range(3):
        rig.daemon(number)
    posted = rig.post(version, np.array([[1.0, 2.0, 3.0]], np.float32))
    rig.drive_until_done()
    (result,) = rig.client.wait(posted, timeout=1).arrays
    assert result.tolist() == [[16.5, 21.5]]


def test_worker__state_from_events__same_as_the_contracts_view(rig: Rig, tolerant: bytes) -> None:
    for number, shift in enumerate((0.0, 0.0625, 2.0)):
        rig.daemon(number, Shifted(shift))
    posted = rig.post(tolerant, FLOATS)
    seen = set()

    def compared() -> bool:
        for daemon in rig.daemons:
            state = daemon.parts.board.get(posted.job_id)
            if state is not None:
                assert state.view == shown(daemon, posted.job_id)
                seen.add(state.status)
        return not any(daemon.parts.board.live for daemon in rig.daemons)

    rig.drive(compared)
    assert {Status.COMMITTING, Status.DECIDED} <= seen


def test_worker__result_within_tolerance__supports_the_first(rig: Rig, tolerant: bytes) -> None:
    for number, shift in enumerate((0.0, 0.0625, 0.125)):
        rig.daemon(number, Shifted(shift))
    posted = rig.post(tolerant, FLOATS)
    rig.drive_until_done()
    kinds = [type(event) for event in rig.client.history(posted)]
    assert kinds.count(events.ResultPublished) == 1
    assert kinds.count(events.Supported) == 2
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE


def test_worker__within_three_tolerances_only__vindicated_and_paid(
    rig: Rig, tolerant: bytes
) -> None:
    for number, shift in enumerate((0.0, 0.0625, 0.3125)):
        rig.daemon(number, Shifted(shift))
    posted = rig.post(tolerant, FLOATS)
    rig.drive_until_done()
    kinds = [type(event) for event in rig.client.history(posted)]
    assert kinds.count(events.Vindicated) == 1
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE


def test_worker__liar__loses_its_bond_and_its_slot_is_freed(rig: Rig, exact: bytes) -> None:
    for number, shift in enumerate((0, 0, 1)):
        rig.daemon(number, Shifted(shift))
    posted = rig.post(exact, INTEGERS)
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]
    assert [rig.free(number) for number in range(3)] == [STAKE, STAKE, STAKE - 1_000]
    assert [rig.credit(number) for number in range(3)] == [FEE, FEE, 0]


def test_worker__several_jobs__one_transaction_for_what_is_ready(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted())
    jobs = [rig.post(exact, INTEGERS) for _ in range(5)]
    before = rig.sent(0)
    daemon.run_until_idle()
    committed = [
        event
        for job in jobs
        for event in rig.client.history(job)
        if isinstance(event, events.Committed)
    ]
    assert len(committed) == 5
    assert rig.sent(0) - before < 5


def test_worker__nobody_else__round_stays_short_and_bonds_return(rig: Rig, exact: bytes) -> None:
    rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS, replace(TERMS, committee=5))  # a third of them is no quorum
    rig.drive_until_done(seconds=5)
    view = rig.daemons[0].parts.chain.job(posted.job_id)
    assert (view.status, view.closed, view.voids) == (Status.REFUNDED, True, 0b11)
    assert rig.free(0) == STAKE


def test_worker__no_agreement__grown_round_then_unresolved(rig: Rig, exact: bytes) -> None:
    for number in range(3):
        rig.daemon(number, Shifted(number))
    posted = rig.post(exact, INTEGERS)
    rig.drive_until_done(seconds=5)
    view = rig.daemons[0].parts.chain.job(posted.job_id)
    assert (view.status, view.round, view.closed) == (Status.UNRESOLVED, 1, True)
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3


def test_worker__callback_asks_for_much_gas_and_uses_none__delivered(
    rig: Rig, exact: bytes
) -> None:
    for number in range(3):
        rig.daemon(number, Shifted())
    target = account("nobody in particular").address
    calls = [Callback(target=target, gas_stipend=gas, delivery_fee=7) for gas in (400_000, 500_000)]
    posted = [rig.post(exact, INTEGERS, callback=callback) for callback in calls]
    with capture_logs() as said:
        rig.drive_until_done()
    for job in posted:
        found = rig.client.history(job)
        assert len([e for e in found if isinstance(e, events.Delivered)]) == 1
    assert [log for log in said if log["event"] in ("failed", "step not taken")] == []


def test_worker__callback_with_a_fee__delivered_by_one(rig: Rig, exact: bytes) -> None:
    for number in range(3):
        rig.daemon(number, Shifted())
    target = account("nobody in particular").address
    callback = Callback(target=target, gas_stipend=50_000, delivery_fee=7)
    posted = rig.post(exact, INTEGERS, callback=callback)
    rig.drive_until_done()
    delivered = [e for e in rig.client.history(posted) if isinstance(e, events.Delivered)]
    assert len(delivered) == 1
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE + 7 * UNIT


def test_worker__nobody_came_in_time__asleep_until_the_next_round_draws_it(
    rig: Rig, exact: bytes
) -> None:
    posted = rig.post(exact, INTEGERS)
    rig.pass_time(UNWANTED)
    daemons = [rig.daemon(number, Shifted()) for number in range(3)]
    for daemon in daemons:
        rig.step(daemon)
        assert daemon.parts.board.live == []
    rig.client.advance(posted)
    rig.pass_time(0)
    rig.drive(lambda: all(daemon.parts.board.live for daemon in daemons))
    rig.drive_until_done()
    view = daemons[0].parts.chain.job(posted.job_id)
    assert (view.status, view.round, view.closed) == (Status.DECIDED, 1, True)


def test_worker__asleep_when_its_posting_is_undone__forgotten(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted())
    before = rig.chain.rpc("evm_snapshot")
    rig.post(exact, INTEGERS)
    rig.pass_time(UNWANTED)
    rig.step(daemon)
    assert daemon.parts.board.live == []
    rig.chain.rpc("evm_revert", before)
    rig.pass_time(1)
    rig.drive(lambda: daemon.parts.store.history.live_jobs() == [])
    assert daemon.parts.board._asleep == set()


def test_worker__abstains__never_commits(rig: Rig) -> None:
    """A float graph declared EXACT rounds differently elsewhere."""
    version = rig.publish(onnx_models.linear())
    daemon = rig.daemon(0)
    before = rig.sent(0)
    posted = rig.post(version, np.array([[1.0, 2.0, 3.0]], np.float32))
    daemon.run_until_idle()
    assert "float-declared-exact" in str(daemon.parts.results.own(posted.job_id))
    assert rig.sent(0) == before


def test_worker__job_below_its_price__left_alone(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted(), min_seat_fee=101)
    posted = rig.post(exact, INTEGERS)
    daemon.run_until_idle()
    assert daemon.parts.results.own(posted.job_id) is None


def test_worker__bond_above_its_share__said_once_and_nothing_computed(
    rig: Rig, exact: bytes
) -> None:
    daemon = rig.daemon(0, Shifted())
    terms = replace(TERMS, bond=STAKE // 5)
    with capture_logs() as said:
        posted = rig.post(exact, INTEGERS, terms)
        for _ in range(3):
            daemon.run_until_idle()
            rig.pass_time(1)
    reasons = [line["reason"] for line in said if line["event"] == "seat left"]
    percent = f"10 % of {STAKE} free"
    assert reasons == [f"bond {STAKE // 5} is more than max_bond_percent allows ({percent})"]
    assert daemon.parts.results.own(posted.job_id) is None


def test_worker__more_jobs_than_stake__takes_what_it_can_cover(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted(), max_bond_percent=100)
    terms = Terms.for_committee(
        3, seat_fee=100, bond=STAKE // 2, rounds=1, commit_seconds=60, reveal_seconds=40
    )
    for _ in range(4):
        rig.post(exact, INTEGERS, terms)
    daemon.run_until_idle()
    seats = sum(vote.seats for state in daemon.parts.board.live for vote in state.votes.values())
    assert seats == 2
    assert rig.free(0) == 0


def test_worker__started_late__finishes_what_it_finds(rig: Rig, exact: bytes) -> None:
    for number in range(2):
        rig.daemon(number, Shifted())
    rig.post(exact, INTEGERS)
    rig.drive(lambda: live(rig.daemons[0]).committed == 2)
    rig.daemon(2, Shifted())
    rig.drive_until_done()
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE


def test_worker__own_result__kept_before_the_commitment(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    daemon.run_until_idle()
    assert isinstance(daemon.parts.store.outcomes.of(posted.job_id), Computed)
    assert live(daemon).votes
    assert TERMS.bond == STAKE - rig.free(0)
