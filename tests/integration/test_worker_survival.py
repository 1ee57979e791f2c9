"""What a worker must not lose: crashes at the worst moments, restarts, reorganisations."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import numpy as np
import pytest
from structlog.testing import capture_logs

from assay import events
from assay.jobs import JobView, Status
from assay.posting import PostedJob
from assay.rpc import RpcError
from tests.support.plain_chain import STAKE, UNIT
from tests.support.worker_rig import Rig, Shifted, live
from tests.unit import onnx_models
from worker.runner import Daemon
from worker.store import Computed

FEE = 100 * UNIT * 9_750 // 10_000
INTEGERS = np.array([4, 5], np.int32)


class Crash(BaseException):
    """The process is gone."""


@pytest.fixture
def exact(rig: Rig) -> bytes:
    return rig.publish(onnx_models.identity(dtype=onnx_models.INT32))


def settled_with_one_vote_each(rig: Rig, posted: PostedJob) -> None:
    """Settled with the right answer, and nobody committed or was paid twice."""
    assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]
    voters = [e.worker for e in rig.client.history(posted) if isinstance(e, events.Committed)]
    assert len(voters) == len(set(voters))
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert sum(rig.credit(number) for number in range(3)) == 3 * FEE


def view(rig: Rig, posted: PostedJob) -> JobView:
    return rig.daemons[0].parts.chain.job(posted.job_id)


def committed(rig: Rig, posted: PostedJob) -> int:
    return view(rig, posted).committed


# --- crashes ---


def _before_recording(daemon: Daemon, patch: pytest.MonkeyPatch) -> None:
    """The result is in the store, the transaction is not."""

    def crash(calls: Any, _head: Any) -> Any:
        if calls:
            raise Crash
        return []

    patch.setattr(daemon.parts.sender, "send", crash)


def _before_broadcasting(daemon: Daemon, patch: pytest.MonkeyPatch) -> None:
    """The transaction is in the store, the node has never seen it."""

    def crash(*_: Any) -> Any:
        raise Crash

    patch.setattr(daemon.parts.chain, "broadcast", crash)


def _after_broadcasting(daemon: Daemon, patch: pytest.MonkeyPatch) -> None:
    """The node has it, the worker has not heard so."""
    broadcast = daemon.parts.chain.broadcast

    def crash(transactions: Any) -> Any:
        broadcast(transactions)
        raise Crash

    patch.setattr(daemon.parts.chain, "broadcast", crash)


def run_into(daemon: Daemon) -> None:
    with pytest.raises(Crash):
        daemon.run_until_idle()


@pytest.mark.parametrize(
    "arm",
    [_before_recording, _before_broadcasting, _after_broadcasting],
    ids=lambda arm: arm.__name__,
)
def test_crash__around_the_commitment__committed_once_and_paid(
    rig: Rig,
    exact: bytes,
    monkeypatch: pytest.MonkeyPatch,
    arm: Callable[[Daemon, pytest.MonkeyPatch], None],
) -> None:
    crashing = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    arm(crashing, monkeypatch)
    run_into(crashing)
    assert crashing.parts.store.outcomes.of(posted.job_id) is not None
    rig.crash(crashing)
    # Another run would give other bits: what was kept must be used.
    rig.daemon(0, Shifted(99))
    for number in (1, 2):
        rig.daemon(number, Shifted())
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


@pytest.mark.parametrize(
    "arm",
    [_before_recording, _before_broadcasting, _after_broadcasting],
    ids=lambda arm: arm.__name__,
)
def test_crash__around_the_reveal__revealed_in_time_and_paid(
    rig: Rig,
    exact: bytes,
    monkeypatch: pytest.MonkeyPatch,
    arm: Callable[[Daemon, pytest.MonkeyPatch], None],
) -> None:
    crashing = rig.daemon(0, Shifted())
    for number in (1, 2):
        rig.daemon(number, Shifted())
    posted = rig.post(exact, INTEGERS)
    rig.drive(lambda: committed(rig, posted) == 3)
    arm(crashing, monkeypatch)
    run_into(crashing)
    rig.crash(crashing)
    rig.daemon(0, Shifted(99))
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


def test_restart__between_commit_and_reveal__reveals(rig: Rig, exact: bytes) -> None:
    first = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    first.run_until_idle()
    assert live(first).votes
    rig.crash(first)
    for number, inference in enumerate((Shifted(99), Shifted(), Shifted())):
        rig.daemon(number, inference)
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


def test_restart__store_lost_but_not_the_salts__computes_again_and_reveals(
    rig: Rig, exact: bytes
) -> None:
    first = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    first.run_until_idle()
    assert live(first).votes
    rig.crash(first)
    for file in (rig.folder / "worker 0" / "data").glob("worker.sqlite*"):
        file.unlink()
    for number in range(3):
        rig.daemon(number, Shifted())
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


def test_restart__before_the_claim__nothing_forgotten(rig: Rig, exact: bytes) -> None:
    daemons = [rig.daemon(number, Shifted()) for number in range(3)]
    posted = rig.post(exact, INTEGERS)
    rig.drive(lambda: view(rig, posted).status is Status.DECIDED)
    assert rig.free(0) < STAKE
    for daemon in daemons:
        rig.crash(daemon)
    for number in range(3):
        rig.daemon(number, Shifted(99))
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


# --- outages ---


@pytest.mark.parametrize("seed", range(3))
def test_outage__requests_fail_at_random__settled_and_paid(
    rig: Rig, exact: bytes, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """A third of all requests fail: half of them before the node has them, half after."""
    daemons = [rig.daemon(number, Shifted()) for number in range(3)]
    jobs = [rig.post(exact, INTEGERS) for _ in range(3)]
    chance = random.Random(seed)  # noqa: S311
    send = httpx.HTTPTransport.handle_request

    def unreliable(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        fate = chance.random()
        if fate < 1 / 6:
            raise httpx.ConnectError("refused")
        response = send(self, request)
        if fate < 1 / 3:
            response.close()
            raise httpx.ReadError("broken off")
        return response

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", unreliable)
    for _ in range(60):
        for daemon in daemons:
            for _ in range(3):
                with suppress(RpcError):
                    rig.step(daemon)
        rig.pass_time(1)
    monkeypatch.undo()
    rig.drive_until_done()
    for posted in jobs:
        assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert sum(rig.credit(number) for number in range(3)) == 9 * FEE


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), RuntimeError("a bug")])
def test_run__a_cycle_fails__goes_on_with_the_next(
    rig: Rig, exact: bytes, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    daemon = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    send = httpx.HTTPTransport.handle_request
    failures = 3

    def failing_first(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        nonlocal failures
        daemon.parts.wake.set()  # do not wait before the next cycle
        if failures:
            failures -= 1
            raise error
        if rig.client.view(posted).committed:
            daemon.stop()
        return send(self, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", failing_first)
    with capture_logs() as logged:
        daemon.run()
    assert rig.client.view(posted).committed == 1
    assert "going on" in [entry["event"] for entry in logged]


# --- reorganisations ---


def reorganise(rig: Rig, back_to: int, *raw: str) -> None:
    """Replace all later blocks by as many others, with these transactions in the second."""
    head = rig.chain.w3.eth.block_number
    rig.chain.rpc("anvil_reorg", head - back_to, [[transaction, 1] for transaction in raw])


def test_reorg__commitments_dropped__committed_again(rig: Rig, exact: bytes) -> None:
    for number in range(3):
        rig.daemon(number, Shifted())
    posted = rig.post(exact, INTEGERS)
    rig.drive(lambda: committed(rig, posted) == 3)
    first = min(
        e.at.block_number for e in rig.client.history(posted) if isinstance(e, events.Committed)
    )
    reorganise(rig, back_to=first - 1)
    assert committed(rig, posted) == 0
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


def test_reorg__reveals_dropped__revealed_again(rig: Rig, exact: bytes) -> None:
    for number in range(3):
        rig.daemon(number, Shifted())
    posted = rig.post(exact, INTEGERS)
    rig.drive(lambda: view(rig, posted).revealed == 3)
    first = min(
        e.at.block_number for e in rig.client.history(posted) if isinstance(e, events.Revealed)
    )
    reorganise(rig, back_to=first - 1)
    rig.drive_until_done()
    settled_with_one_vote_each(rig, posted)


def test_reorg__seed_block_replaced__drawn_again(rig: Rig, exact: bytes) -> None:
    """The job comes back in another block, so that another seed draws other seats."""
    daemons = [rig.daemon(number, Shifted()) for number in range(3)]
    posted = rig.post(exact, INTEGERS)
    rig.drive(lambda: committed(rig, posted) == 3)
    before = live(daemons[0]).seed_block
    raw = rig.chain.rpc("eth_getRawTransactionByHash", "0x" + posted.transaction_hash.hex())
    reorganise(rig, before - 2, raw)
    rig.drive_until_done()
    assert rig.client.history(posted)[0].at.block_hash != posted.job.block_hash
    settled_with_one_vote_each(rig, posted)


def test_reorg__job_gone_for_good__forgotten(rig: Rig, exact: bytes) -> None:
    daemon = rig.daemon(0, Shifted())
    posted = rig.post(exact, INTEGERS)
    daemon.run_until_idle()
    reorganise(rig, live(daemon).job.block_number - 1)
    daemon.run_until_idle()
    rig.pass_time(1)
    daemon.run_until_idle()
    assert daemon.parts.board.live == []
    assert isinstance(daemon.parts.store.outcomes.of(posted.job_id), Computed)
    assert rig.free(0) == STAKE
