"""Worker daemons and optimistic jobs: they propose, appeal what is wrong, and see it through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assay import events
from assay.answers import JobUnresolvedError
from assay.client import Client
from assay.events import Event
from assay.jobs import JobView, Status
from assay.posting import PostedJob
from assay.terms import Terms
from assay.tolerance import Tolerance
from tests.support.plain_chain import ETHER, STAKE, UNIT, PlainChain, account
from tests.support.worker_rig import Rig, Shifted
from tests.unit import onnx_models
from worker.runner import Daemon

TERMS = Terms.optimistic(
    3, seat_fee=100, bond=1_000, rounds=3, commit_seconds=60, reveal_seconds=40, appeal_window=60
)
FEE = 100 * UNIT * 9_750 // 10_000
"""Wei a right seat earns after the protocol's share."""
DEPOSIT = (1_000 + (3 + 7) * 100) * UNIT
CREDIT = 4 * DEPOSIT
"""Wei of each worker's at the beginning."""
APPEALS = {"appeal_max_deposit": DEPOSIT, "watch_percent": 100}
INTEGERS = np.array([4, 5], np.int32)
FLOATS = np.array([1.0, 2.0], np.float32)


@pytest.fixture(scope="module")
def running(running: PlainChain) -> PlainChain:
    """Whose workers can appeal."""
    running.give_credit(CREDIT)
    return running


@pytest.fixture
def exact(rig: Rig) -> bytes:
    return rig.publish(onnx_models.identity(dtype=onnx_models.INT32))


@pytest.fixture
def tolerant(rig: Rig) -> bytes:
    """Results up to 0.125 apart support each other, up to 0.375 apart are right together."""
    return rig.publish(onnx_models.identity(), Tolerance.at_least(0.125, 0.0))


def kinds(rig: Rig, posted: PostedJob) -> list[type[Event]]:
    return [type(event) for event in rig.client.history(posted)]


def find(rig: Rig, posted: PostedJob, kind: type[Event]) -> Any:
    (event,) = (event for event in rig.client.history(posted) if isinstance(event, kind))
    return event


def earned(rig: Rig) -> list[int]:
    """Wei that each worker has gained."""
    return [rig.credit(number) - CREDIT for number in range(3)]


def let_propose(rig: Rig, posted: PostedJob, number: int, shift: float) -> None:
    """Only this worker is there until the job has an answer: its own."""
    rig.daemon(number, Shifted(shift))
    rig.drive(lambda: rig.client.view(posted).status is Status.PROPOSED, seconds=3)


# --- the usual way ---


def test_worker__optimistic_job__answered_by_one_and_paid_without_a_vote(
    rig: Rig, exact: bytes
) -> None:
    for number in range(3):
        rig.daemon(number)  # real models
    posted = rig.post(exact, INTEGERS, TERMS)
    rig.drive_until_done(seconds=5)
    answer = rig.client.wait(posted, timeout=0)
    assert (answer.arrays[0].tolist(), answer.final) == ([4, 5], True)
    found = kinds(rig, posted)
    assert found.count(events.Proposed) == found.count(events.Claimed) == 1
    assert events.Committed not in found
    view = rig.client.view(posted)
    assert (view.status, view.claimed, view.closed) == (Status.PROPOSED, True, True)
    assert sorted(earned(rig)) == [0, 0, FEE]
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3


def test_worker__many_optimistic_jobs__few_transactions(rig: Rig, exact: bytes) -> None:
    """What is ready at a block goes out together: proposals, then claims with the closes."""
    rig.daemon(0, Shifted())
    before = rig.sent(0)
    posted = [rig.post(exact, INTEGERS, TERMS) for _ in range(6)]
    chain = rig.chain
    chain.rpc("evm_setNextBlockTimestamp", rig.client.view(posted[-1]).time + 58)
    chain.rpc("anvil_mine", "0x1")  # near the end of the phase anybody may take the seat
    rig.drive_until_done(seconds=20)
    assert {rig.client.view(one).status for one in posted} == {Status.PROPOSED}
    assert all(rig.client.view(one).closed for one in posted)
    assert earned(rig)[0] == 6 * FEE
    assert rig.sent(0) - before <= 3


def test_worker__price_below_its_least__waits_until_it_has_risen(rig: Rig, exact: bytes) -> None:
    terms = replace(TERMS, seat_fee_cap=120, bond=2_000)
    rig.daemon(0, Shifted(), min_seat_fee=115)
    posted = rig.post(exact, INTEGERS, terms)
    rig.drive_until_done(seconds=3)
    proposed = find(rig, posted, events.Proposed)
    assert terms.price(proposed.step, UNIT) >= 115 * UNIT > terms.price(0, UNIT)
    paid = terms.price(proposed.step, UNIT)
    assert earned(rig)[0] == pytest.approx(paid * 0.975, abs=2 * 255)
    closed = find(rig, posted, events.Closed)
    assert closed.refund == 120 * UNIT - paid


# --- appeals ---


def test_worker__a_lie__appealed_overturned_and_the_appellant_rewarded(
    rig: Rig, exact: bytes
) -> None:
    posted = rig.post(exact, INTEGERS, TERMS)
    let_propose(rig, posted, 0, shift=1)
    for number in (1, 2):
        rig.daemon(number, Shifted(), **APPEALS)
    rig.drive_until_done(seconds=3)
    assert rig.client.wait(posted, timeout=0).arrays[0].tolist() == [4, 5]
    appealed = find(rig, posted, events.Appealed)
    assert (appealed.round, appealed.deposit) == (0, DEPOSIT)
    # The liar has lost the bond of its proposal and that of its seat in the committee.
    assert [rig.free(number) for number in range(3)] == [STAKE - 2_000, STAKE, STAKE]
    appellant = (1, 2)[appealed.appellant == account("worker 2").address]
    reward = 800 * UNIT  # what burning leaves of one bond
    expected = [0, FEE, FEE]
    expected[appellant] += reward
    assert earned(rig) == expected
    settled = find(rig, posted, events.AppealSettled)
    assert settled.amount == DEPOSIT + reward
    assert rig.client.credit() == ETHER  # the fee of the lie returned


def test_worker__a_lie_nobody_may_appeal__stands(rig: Rig, exact: bytes) -> None:
    """Appeals are off unless the operator says what they may cost."""
    posted = rig.post(exact, INTEGERS, TERMS)
    let_propose(rig, posted, 0, shift=1)
    rig.daemon(1, Shifted(), watch_percent=100)
    rig.daemon(2, Shifted(), appeal_max_deposit=DEPOSIT - UNIT, watch_percent=100)
    rig.drive_until_done(seconds=5)
    assert rig.client.wait(posted, timeout=0).arrays[0].tolist() == [5, 6]


def test_worker__true_answer_appealed_by_a_liar__liar_loses_its_bond(
    rig: Rig, exact: bytes
) -> None:
    posted = rig.post(exact, INTEGERS, replace(TERMS, rounds=2))  # nothing follows the appeal
    let_propose(rig, posted, 0, shift=0)
    rig.daemon(1, Shifted())
    rig.daemon(2, Shifted(1), **APPEALS)
    rig.drive_until_done(seconds=3)
    assert rig.client.wait(posted, timeout=0).arrays[0].tolist() == [4, 5]
    assert [rig.free(number) for number in range(3)] == [STAKE, STAKE, STAKE - 1_000]
    gained = earned(rig)
    assert gained[0] == 2 * FEE  # for the proposal, and for its seat in the committee
    assert gained[1] == FEE
    assert gained[2] == -(1_000 + 200) * UNIT  # its bond, and the two seats that were right
    assert rig.client.credit() == ETHER - 100 * UNIT


def test_worker__three_answers_after_an_appeal__unresolved_and_no_free_veto(
    rig: Rig, exact: bytes
) -> None:
    posted = rig.post(exact, INTEGERS, TERMS)
    let_propose(rig, posted, 0, shift=0)
    rig.daemon(1, Shifted(1), **APPEALS)
    rig.daemon(2, Shifted(2))
    rig.drive_until_done(seconds=3)
    with pytest.raises(JobUnresolvedError):
        rig.client.wait(posted, timeout=0)
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert earned(rig) == [0, -300 * UNIT, 0]  # the seats of the round it caused
    assert rig.client.credit() == ETHER
    assert kinds(rig, posted).count(events.RoundUndecided) == 2


def test_worker__proposal_close_to_the_answer__vindicated_after_an_appeal(
    rig: Rig, tolerant: bytes
) -> None:
    """It is within three tolerances of what the committee found, so nobody was wrong but the
    appellant."""
    posted = rig.post(tolerant, FLOATS, TERMS)
    let_propose(rig, posted, 0, shift=0.3125)
    by_hand = Client(rig.chain.w3, rig.chain.deployment, account("worker 2"))
    by_hand.appeal(posted)
    rig.daemon(1, Shifted(0.0))
    rig.daemon(2, Shifted(0.0625))
    rig.drive_until_done(seconds=3)
    found = kinds(rig, posted)
    assert found.count(events.Vindicated) == 2  # the proposal, and its seat in the committee
    assert found.count(events.Upheld) == 1
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert earned(rig)[0] == 2 * FEE
    assert earned(rig)[2] == FEE - (1_000 + 300) * UNIT


def test_worker__appealed_proposal_is_the_answer__right_without_being_vindicated(
    rig: Rig, tolerant: bytes
) -> None:
    posted = rig.post(tolerant, FLOATS, TERMS)
    let_propose(rig, posted, 0, shift=0.0)
    Client(rig.chain.w3, rig.chain.deployment, account("worker 2")).appeal(posted)
    for number in (1, 2):
        rig.daemon(number, Shifted())
    rig.drive_until_done(seconds=3)
    assert events.Vindicated not in kinds(rig, posted)
    assert rig.client.view(posted).closed
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert earned(rig) == [2 * FEE, FEE, FEE - (1_000 + 300) * UNIT]


def test_worker__may_be_upheld__not_appealed(rig: Rig, tolerant: bytes) -> None:
    """Five tolerances from the worker's own result."""
    posted = rig.post(tolerant, FLOATS, TERMS)
    let_propose(rig, posted, 0, shift=0.625)
    rig.daemon(1, Shifted(), **APPEALS)
    rig.drive_until_done(seconds=5)
    assert events.Appealed not in kinds(rig, posted)
    assert rig.client.wait(posted, timeout=0).final


def test_worker__beyond_five_tolerances__appealed(rig: Rig, tolerant: bytes) -> None:
    posted = rig.post(tolerant, FLOATS, TERMS)
    let_propose(rig, posted, 0, shift=0.75)
    for number in (1, 2):
        rig.daemon(number, Shifted(), **APPEALS)
    rig.drive_until_done(seconds=3)
    assert rig.client.wait(posted, timeout=0).arrays[0].tolist() == [1.0, 2.0]
    assert rig.free(0) == STAKE - 2_000


def test_worker__restarted_after_its_appeal__goes_on(rig: Rig, exact: bytes) -> None:
    posted = rig.post(exact, INTEGERS, TERMS)
    let_propose(rig, posted, 0, shift=1)
    appellant = rig.daemon(1, Shifted(), **APPEALS)
    rig.drive(lambda: bool(rig.client.view(posted).appeals), seconds=3)
    rig.crash(appellant)
    for number in (1, 2):
        rig.daemon(number, Shifted(), **APPEALS)
    rig.drive_until_done(seconds=3)
    assert rig.client.wait(posted, timeout=0).arrays[0].tolist() == [4, 5]
    assert kinds(rig, posted).count(events.Appealed) == 1


# --- what the events say ---


def shown(daemon: Daemon, job_id: bytes) -> JobView:
    """What the settlement shows at the daemon's block, without what no event tells."""
    cursor = daemon.parts.store.history.cursor()
    assert cursor is not None
    view = daemon.parts.chain.job(job_id, cursor.number)
    return replace(view, seed=0, total_weight=0)


def comparing(rig: Rig, posted: PostedJob, seen: set[Status]) -> Callable[[], bool]:
    """Compares the daemons' states with the contract's view; whether all are done."""

    def compared() -> bool:
        for daemon in rig.daemons:
            state = daemon.parts.board.get(posted.job_id)
            if state is not None:
                assert state.view == shown(daemon, posted.job_id)
                seen.add(state.status)
        return not any(daemon.parts.board.live for daemon in rig.daemons)

    return compared


@pytest.mark.parametrize("others", [(0.0625, 0.0), (7.0, 9.0)], ids=["decided", "unresolved"])
def test_worker__state_from_events__same_as_the_contracts_view(
    rig: Rig, tolerant: bytes, others: tuple[float, float]
) -> None:
    terms = replace(TERMS, seat_fee_cap=110, bond=2_000)
    appeals = {"appeal_max_deposit": ETHER, "watch_percent": 100}
    posted = rig.post(tolerant, FLOATS, terms)
    rig.daemon(0, Shifted(2.0))
    seen: set[Status] = set()
    compare = comparing(rig, posted, seen)

    def proposed() -> bool:
        compare()
        return rig.client.view(posted).status is Status.PROPOSED

    rig.drive(proposed, seconds=3)
    for number, shift in zip((1, 2), others, strict=True):
        rig.daemon(number, Shifted(shift), **appeals)
    rig.drive(compare, seconds=3)
    assert {Status.COMMITTING, Status.PROPOSED, Status.REVEALING} <= seen
    assert rig.client.view(posted).appeals & 1
