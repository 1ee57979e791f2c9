"""Many jobs at once: posted together, answered together, settled one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs
from web3.types import TxParams, Wei

from assay import events
from assay.jobs import Status
from assay.posting import PostedJob
from assay.terms import Terms
from tests.support.plain_chain import ETHER, REQUESTER, STAKE, UNIT, account
from tests.support.worker_rig import Rig, Shifted
from tests.unit import onnx_models
from worker.calls import Calls
from worker.chain.abi_calls import function
from worker.runner import Daemon
from worker.steps import Claim

TERMS = Terms.optimistic(
    3, seat_fee=100, bond=1_000, rounds=3, commit_seconds=60, reveal_seconds=40, appeal_window=60
)
FEE = 100 * UNIT * 9_750 // 10_000
"""Wei a right seat earns after the protocol's share."""
MANY = 20
LATE = 56
"""Seconds after a round opened when anybody may take its seat, and there is time to do it."""


@pytest.fixture
def version(rig: Rig) -> bytes:
    return rig.publish(onnx_models.identity(dtype=onnx_models.INT32))


def numbers(job: int) -> Any:
    return np.array([job, 5], np.int32)


def post(rig: Rig, version: bytes, count: int, terms: Terms = TERMS) -> list[PostedJob]:
    """Posts jobs with inputs of their own, and mines their seed block."""
    wanted = [rig.client.posting(version, [numbers(job)], terms) for job in range(count)]
    posted = rig.client.post_many(wanted)
    rig.pass_time(0)
    return posted


def let_the_phase_pass(rig: Rig, posted: list[PostedJob]) -> None:
    opened = rig.client.view(posted[0]).time
    rig.chain.rpc("evm_setNextBlockTimestamp", opened + LATE)
    rig.chain.rpc("anvil_mine", "0x1")


def compute_all(daemon: Daemon) -> None:
    """One cycle, and all results it asks for; the daemon acts on them at once in the next."""
    daemon.cycle()
    parts = daemon.parts
    while not parts.computations.idle:
        parts.wake.wait(1)
        parts.wake.clear()
        for job_id, outcome in parts.computations.collect():
            assert outcome is not None
            parts.store.outcomes.keep(job_id, outcome)
    for state in parts.board.live:  # in the order in which they were posted
        parts.board.touch(state.job_id)


def transactions_of(rig: Rig, number: int) -> list[Any]:
    """What a worker's signer has sent, from the chain."""
    eth, sender = rig.chain.w3.eth, account(f"worker {number}").address
    blocks: Iterator[Any] = (eth.get_block(n, True) for n in range(eth.block_number + 1))
    return [found for block in blocks for found in block["transactions"] if found["from"] == sender]


def events_of(rig: Rig, number: int, name: str) -> list[list[Any]]:
    """The events of each transaction of a worker's in which it called that function."""
    selector, found = function("Settlement", name).selector, []
    for sent in transactions_of(rig, number):
        if bytes(sent["input"])[:4] == selector:
            receipt = rig.chain.w3.eth.get_transaction_receipt(sent["hash"])
            assert receipt["status"] == 1
            found.append([events.decode(log) for log in receipt["logs"]])
    return found


def proposed_by(rig: Rig, number: int) -> list[list[Any]]:
    return events_of(rig, number, "proposeMany")


def of_kind(found: list[Any], kind: type[Any]) -> list[Any]:
    return [event for event in found if isinstance(event, kind)]


def earned(rig: Rig) -> list[int]:
    return [rig.credit(number) for number in range(3)]


def test_workers__twenty_jobs_posted_together__all_proposed_and_settled(
    rig: Rig, version: bytes
) -> None:
    before = rig.chain.w3.eth.get_transaction_count(REQUESTER.address)
    for number in range(3):
        rig.daemon(number)  # real models
    posted = post(rig, version, MANY)
    assert rig.chain.w3.eth.get_transaction_count(REQUESTER.address) == before + 1
    rig.drive_until_done(seconds=5)

    for number, one in enumerate(posted):
        answer = rig.client.wait(one.job_id, timeout=0)  # found by its id alone
        assert (answer.arrays[0].tolist(), answer.final) == ([number, 5], True)
        view = rig.client.view(one.job_id)
        assert (view.status, view.claimed, view.closed) == (Status.PROPOSED, True, True)
        history = rig.client.history(one.job_id)
        assert isinstance(history[0], events.JobPosted)
        assert replace(history[0].job(), timestamp=None) == replace(one.job, timestamp=None)
        assert [len(of_kind(history, kind)) for kind in (events.Proposed, events.Closed)] == [1, 1]
    assert sum(earned(rig)) == MANY * FEE
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert rig.client.credit() == ETHER - MANY * 100 * UNIT
    assert any(proposed_by(rig, number) for number in range(3))


def test_worker__twenty_jobs_ready_at_once__one_transaction_proposes_them(
    rig: Rig, version: bytes
) -> None:
    daemon = rig.daemon(0, Shifted())
    posted = post(rig, version, MANY)
    let_the_phase_pass(rig, posted)
    compute_all(daemon)
    rig.step(daemon)
    (found,) = proposed_by(rig, 0)
    assert {event.job_id for event in of_kind(found, events.Proposed)} == {
        one.job_id for one in posted
    }
    assert rig.free(0) == STAKE - MANY * 1_000
    rig.drive_until_done(seconds=20)
    assert (earned(rig)[0], rig.free(0)) == (MANY * FEE, STAKE)


def test_worker__state_of_jobs_posted_together__same_as_the_contracts_view(
    rig: Rig, version: bytes
) -> None:
    daemon, seen = rig.daemon(0, Shifted()), set()
    posted = post(rig, version, 4)
    opened = rig.client.view(posted[0]).time

    def compared() -> bool:
        cursor = daemon.parts.store.history.cursor()
        assert cursor is not None
        for state in daemon.parts.board.live:
            view = daemon.parts.chain.job(state.job_id, cursor.number)
            assert state.view == replace(view, seed=0, total_weight=0)
            seen.add((state.status, state.job.timestamp))
        return not daemon.parts.board.live

    rig.drive(compared, seconds=5)
    assert seen == {(status, opened) for status in (Status.COMMITTING, Status.PROPOSED)}


def test_worker__stake_for_ten_of_twenty__ten_proposed(rig: Rig, version: bytes) -> None:
    terms = replace(TERMS, bond=STAKE // 10)
    daemon = rig.daemon(0, Shifted(), max_bond_percent=100)
    posted = post(rig, version, MANY, terms)
    let_the_phase_pass(rig, posted)
    compute_all(daemon)
    rig.step(daemon)
    (found,) = proposed_by(rig, 0)
    assert len(of_kind(found, events.Proposed)) == 10
    assert of_kind(found, events.BatchItemFailed) == []
    assert rig.free(0) == 0


def test_worker__gas_for_some__several_transactions(rig: Rig, version: bytes) -> None:
    most = 1_000_000
    daemon = rig.daemon(0, Shifted(), max_transaction_gas=most)
    before = rig.sent(0)
    posted = post(rig, version, 50)
    let_the_phase_pass(rig, posted)
    compute_all(daemon)
    rig.step(daemon)
    proposed = [len(of_kind(found, events.Proposed)) for found in proposed_by(rig, 0)]
    assert sum(proposed) == 50
    assert 1 < len(proposed) <= 4
    assert all(sent["gas"] <= most for sent in transactions_of(rig, 0)[before:])
    assert {rig.client.view(one).status for one in posted} == {Status.PROPOSED}


def test_worker__one_of_many_taken_by_another_first__the_rest_proposed(
    rig: Rig, version: bytes
) -> None:
    daemon = rig.daemon(0, Shifted())
    posted = post(rig, version, 6)
    let_the_phase_pass(rig, posted)
    compute_all(daemon)
    rig.chain.rpc("evm_setAutomine", False)
    daemon.cycle()
    assert len(daemon.parts.store.outbox.pending()) == 1
    outrun(rig, posted[2])
    rig.chain.rpc("evm_mine")
    rig.chain.rpc("evm_setAutomine", True)

    with capture_logs() as said:
        daemon.cycle(flush=True)
    (failed,) = [entry for entry in said if entry["event"] == "failed"]
    assert failed["job"] == posted[2].job_id
    assert failed["reason"].startswith("WrongStatus")
    (found,) = proposed_by(rig, 0)
    assert [event.index for event in of_kind(found, events.BatchItemFailed)] == [2]
    assert rig.free(0) == STAKE - 5 * 1_000
    rig.drive_until_done(seconds=20)
    assert (earned(rig)[0], rig.free(0)) == (5 * FEE, STAKE)
    assert rig.client.wait(posted[2], timeout=0).proposer == account("worker 1").address


def outrun(rig: Rig, posted: PostedJob) -> None:
    """Worker 1 proposes by hand, at a price that puts it before what is in the pool."""
    worker = account("worker 1").address
    functions = rig.chain.contract("settlement").functions
    key, result = posted.job.key.as_tuple(), posted.job.input
    outbid: TxParams = {
        "from": worker,
        "gas": 500_000,
        "maxPriorityFeePerGas": Wei(10**12),
        "maxFeePerGas": Wei(10**13),
    }
    functions.propose(key, worker, result).transact(outbid)


# --- committees ---

COMMITTEE = replace(Terms.for_committee(3, seat_fee=100, bond=1_000, rounds=2), commit_seconds=60)


def all_events(rig: Rig, number: int) -> list[Any]:
    """All that a worker's transactions have brought about."""
    eth = rig.chain.w3.eth
    receipts = [eth.get_transaction_receipt(sent["hash"]) for sent in transactions_of(rig, number)]
    return [events.decode(log) for receipt in receipts for log in receipt["logs"]]


def test_workers__twenty_committee_jobs__each_step_in_all_of_them_at_once(
    rig: Rig, version: bytes
) -> None:
    for number in range(3):
        rig.daemon(number, Shifted())
    posted = post(rig, version, MANY, COMMITTEE)
    rig.drive_until_done(seconds=2)
    for number, one in enumerate(posted):
        answer = rig.client.wait(one.job_id, timeout=0)
        assert (answer.arrays[0].tolist(), answer.final) == ([number, 5], True)
        history = rig.client.history(one.job_id)
        kinds = (events.Committed, events.Revealed, events.Decided, events.Claimed)
        assert [len(of_kind(history, kind)) for kind in kinds] == [3, 3, 1, 3]
        assert {event.worker for event in of_kind(history, events.Revealed)} == {
            account(f"worker {number}").address for number in range(3)
        }
    assert earned(rig) == [MANY * FEE] * 3
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    for number in range(3):
        happened = all_events(rig, number)
        for kind in (events.CommittedMany, events.RevealedMany, events.ClaimedMany):
            assert sum(len(list(many.each())) for many in of_kind(happened, kind)) > MANY // 2
        # One by one it were sixty.
        assert len(transactions_of(rig, number)) < MANY


def test_worker__state_of_committee_jobs_answered_together__same_as_the_contracts_view(
    rig: Rig, version: bytes
) -> None:
    daemons, seen = [rig.daemon(number, Shifted()) for number in range(3)], set()
    post(rig, version, 8, COMMITTEE)

    def compared() -> bool:
        for daemon in daemons:
            for state in daemon.parts.board.live:
                cursor = daemon.parts.store.history.cursor()
                assert cursor is not None
                view = daemon.parts.chain.job(state.job_id, cursor.number)
                assert state.view == replace(view, seed=0, total_weight=0)
                seen.add(state.status)
        return not any(daemon.parts.board.live for daemon in daemons)

    rig.drive(compared, seconds=2)
    assert seen == {Status.COMMITTING, Status.REVEALING, Status.DECIDED}


def test_worker__one_of_many_commitments_comes_too_late__the_rest_made(
    rig: Rig, version: bytes
) -> None:
    """Two others fill one committee first, at a price that puts them before what is in the pool."""
    daemon = rig.daemon(0, Shifted())
    posted = post(rig, version, MANY, COMMITTEE)
    let_the_phase_pass(rig, posted)  # now most draws give two seats
    compute_all(daemon)
    rig.chain.rpc("evm_setAutomine", False)
    daemon.cycle()
    (many,) = [sent for sent in daemon.parts.store.outbox.pending() if len(sent.steps) > MANY // 2]
    jobs = [step.job_id for step in many.steps]
    by_id = {one.job_id: one for one in posted}
    late = next(job for job in jobs if sum(seats_of(rig, by_id[job], n) for n in (1, 2)) >= 3)
    for number in (1, 2):
        commit_by_hand(rig, by_id[late], number)
    rig.chain.rpc("evm_mine")
    rig.chain.rpc("evm_setAutomine", True)

    with capture_logs() as said:
        daemon.cycle(flush=True)
    (failed,) = [entry for entry in said if entry["event"] == "failed"]
    assert (failed["job"], failed["step"]) == (late, "commit")
    (found,) = (call for call in events_of(rig, 0, "commitMany") if len(call) > 1)
    assert [event.index for event in of_kind(found, events.BatchItemFailed)] == [jobs.index(late)]
    (committed,) = of_kind(found, events.CommittedMany)
    assert {event.job_id for event in committed.each()} == set(jobs) - {late}


def test_claims__one_that_cannot_be_made__the_others_are(
    rig: Rig, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemons = [rig.daemon(number, Shifted()) for number in range(3)]
    jobs = [job.job_id for job in post(rig, version, 3, COMMITTEE)]
    encode = Calls._ballot

    def poisoned(calls: Calls, step: Any, *rest: Any) -> Any:
        if step.job_id == jobs[1] and isinstance(step, Claim):
            raise ZeroDivisionError
        return encode(calls, step, *rest)

    monkeypatch.setattr(Calls, "_ballot", poisoned)
    left = {jobs[1]}
    rig.drive(lambda: all({s.job_id for s in d.parts.board.live} == left for d in daemons))


def seats_of(rig: Rig, posted: PostedJob, number: int) -> int:
    """That worker could have."""
    functions, worker = rig.chain.contract("settlement").functions, account(f"worker {number}")
    seats, _ = functions.seatsOf(posted.job.key.as_tuple(), worker.address).call()
    return int(seats)


def commit_by_hand(rig: Rig, posted: PostedJob, number: int) -> None:
    """All the seats that worker can get."""
    worker = account(f"worker {number}").address
    functions = rig.chain.contract("settlement").functions
    outbid: TxParams = {
        "from": worker,
        "gas": 500_000,
        "maxPriorityFeePerGas": Wei(10**12),
        "maxFeePerGas": Wei(10**13),
    }
    key, commitment = posted.job.key.as_tuple(), bytes([number]) * 31 + b"\0"  # of round 0
    seats = seats_of(rig, posted, number)
    functions.commit(key, worker, commitment, seats).transact(outbid)
