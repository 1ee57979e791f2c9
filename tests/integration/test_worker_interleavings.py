"""Whatever the order in which things happen: workers that look or are away, crash, and forks.

Hypothesis makes up the order; the contracts say what was right. Time passes only when an act lets
it, so a step that a worker plans at a block is judged at that very block.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from assay.client import Client
from assay.client import Settings as ClientSettings
from assay.jobs import Status
from assay.posting import PostedJob
from assay.tensors import decode
from assay.terms import Terms
from assay.tolerance import Tolerance
from tests.support.plain_chain import ETHER, REQUESTER, STAKE, UNIT, PlainChain
from tests.support.worker_rig import MOST_BLOCKS, Rig, Shifted
from tests.unit import onnx_models
from worker.compute import Inference
from worker.executor.outcomes import Outcome

COMMITTEE = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=2, commit_seconds=20, reveal_seconds=16
)
OPTIMISTIC = Terms.optimistic(
    3, seat_fee=100, bond=1_000, rounds=2, commit_seconds=20, reveal_seconds=16, appeal_window=12
)
DEPOSIT = 4_000
"""Units a worker may put into one appeal."""
CREDIT = 100 * DEPOSIT * UNIT
WORKERS = 3
WHILE_FORKED = 1_000
"""As good as away, who has seen nothing of the blocks that replace others."""
UNFIT = ("step not taken", "failed", "no decision", "cycle failed", "job dropped")
"""What a worker says of a step that was not the contracts' idea of one."""

Model = Literal["exact", "tolerant"]


@dataclass(frozen=True)
class Post:
    """A job is posted."""

    model: Model
    terms: Terms


@dataclass(frozen=True)
class Look:
    """A worker reads the chain and acts, until it has nothing left to do at this block."""

    worker: int


@dataclass(frozen=True)
class Glance:
    """A worker has one cycle: what it computes is not waited for, claims are gathered."""

    worker: int


@dataclass(frozen=True)
class Pass:
    """Seconds pass, two blocks are made."""

    seconds: int


@dataclass(frozen=True)
class Crash:
    """A worker's process ends and another begins with its folder."""

    worker: int


@dataclass(frozen=True)
class Fork:
    """So many blocks are replaced by empty ones."""

    depth: int


Act = Post | Look | Glance | Pass | Crash | Fork

_workers = st.integers(0, WORKERS - 1)
_orderly = st.one_of(
    st.builds(
        Post, st.sampled_from(["exact", "tolerant"]), st.sampled_from([COMMITTEE, OPTIMISTIC])
    ),
    st.builds(Look, _workers),
    st.builds(Look, _workers),
    st.builds(Glance, _workers),
    st.builds(Crash, _workers),
)
_acts = st.lists(_orderly | st.builds(Pass, st.integers(1, 25)), min_size=8, max_size=30)
_rough = st.one_of(_orderly, st.builds(Pass, st.integers(1, 8)), st.builds(Fork, st.integers(1, 8)))
_rough_acts = st.lists(_rough, min_size=8, max_size=30)

_often = settings(
    max_examples=12,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass
class World:
    """A rig with three workers, and the jobs posted so far."""

    rig: Rig
    versions: dict[Model, bytes]
    minds: list[Callable[[], Inference]]
    first_block: int = 0
    posted: list[PostedJob] = field(default_factory=list)
    longest_absence: int | None = None
    """Seconds no worker may be away for: who misses the time to reveal loses its bond."""
    away: list[int] = field(default_factory=lambda: [0] * WORKERS)
    """Seconds since each worker last looked."""

    def do(self, act: Act) -> None:
        rig = self.rig
        match act:
            case Post(model, terms):
                dtype = np.int32 if model == "exact" else np.float32
                array = np.array([len(self.posted), 5], dtype)
                self.posted.append(rig.post(self.versions[model], array, terms))
            case Look(worker):
                self.look(worker)
            case Glance(worker):
                rig.glance(rig.daemons[worker])
            case Pass(seconds):
                self.wait(seconds)
            case Crash(worker):
                rig.crash(rig.daemons[worker])
                self.start(worker)
                rig.daemons.insert(worker, rig.daemons.pop())
            case Fork(depth):
                blocks = rig.chain.w3.eth.block_number - self.first_block
                if blocks > 0:
                    rig.chain.rpc("anvil_reorg", min(depth, blocks), [])
                    self.away = [WHILE_FORKED] * WORKERS

    def look(self, worker: int) -> None:
        board = self.rig.daemons[worker].parts.board
        for state in board.live:
            board.touch(state.job_id)  # nothing may be done too early, whatever wakes it
        self.rig.step(self.rig.daemons[worker])
        self.away[worker] = 0

    def wait(self, seconds: int) -> None:
        if self.longest_absence is not None:
            for worker in range(WORKERS):
                if self.away[worker] + seconds > self.longest_absence:
                    self.look(worker)
        self.rig.pass_time(seconds)
        self.away = [before + seconds for before in self.away]

    def start(self, worker: int) -> None:
        self.rig.daemon(
            worker,
            self.minds[worker](),
            help_others=True,
            watch_percent=100,
            appeal_max_deposit=DEPOSIT * UNIT,
        )

    def come_to_an_end(self) -> None:
        """All workers look every few seconds, until none has anything left to do."""
        for _ in range(MOST_BLOCKS):
            for worker in range(WORKERS):
                self.look(worker)
            if not any(daemon.parts.board.live for daemon in self.rig.daemons):
                return
            self.wait(3)
        raise AssertionError(f"not within {MOST_BLOCKS} looks")

    def closed(self) -> list[bool]:
        """Of all jobs that are on the chain."""
        views = [self.rig.client.view(one) for one in self.posted]
        return [view.closed for view in views if view.status is not Status.NONE]

    def books(self) -> int:
        """Wei in the vault that nobody has a claim to."""
        chain, owed = self.rig.chain, 0
        for worker in chain.workers:
            _signer, _active, free, _weight, unbonding, *_ = chain.call("vault", "worker", worker)
            owed += (free + unbonding) * UNIT
        for holder in (*chain.workers, REQUESTER.address, chain.deployment.queue):
            owed += chain.call("vault", "credit", holder)
        held = chain.call("asset", "balanceOf", chain.deployment.vault)
        return held - owed - chain.call("vault", "burned")


@pytest.fixture(scope="module")
def running(running: PlainChain) -> PlainChain:
    """Whose workers can appeal."""
    running.give_credit(CREDIT)
    return running


@contextmanager
def world(running: PlainChain, *minds: Callable[[], Inference]) -> Iterator[World]:
    """The chain as it was at the beginning, with workers that think like this."""
    with ExitStack() as stack:
        snapshot = running.rpc("evm_snapshot")
        stack.callback(lambda: running.rpc("evm_revert", snapshot))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = Client(
            running.w3, running.deployment, REQUESTER, ClientSettings(poll_seconds=0.01)
        )
        client.deposit(ETHER)
        rig = Rig(running, client, folder)
        stack.callback(rig.thaw)
        stack.callback(rig.close)
        rig.freeze()
        exact = rig.publish(onnx_models.identity(dtype=onnx_models.INT32))
        tolerant = rig.publish(onnx_models.identity(), Tolerance.at_least(0.125, 0.0))
        made = World(rig, {"exact": exact, "tolerant": tolerant}, list(minds))
        for worker in range(WORKERS):
            made.start(worker)
        made.first_block = running.w3.eth.block_number
        yield made


def mind(*, ints: float = 0.0, floats: float = 0.0) -> Callable[[], Inference]:
    """Makes inferences that answer with their input, moved by this much."""
    return lambda: Moved(ints, floats)


class Moved(Shifted):
    """Moves integers by one constant and floats by another."""

    def __init__(self, ints: float, floats: float) -> None:
        super().__init__(floats)
        self._ints = Shifted(ints)

    def moved(self, payload: bytes) -> Outcome:
        (array,) = decode(payload)
        return self._ints.moved(payload) if array.dtype == np.int32 else super().moved(payload)


def complaints(said: list[Any]) -> list[Any]:
    """Two jobs may want one place in a worker's ring of votes: the second waits for the first."""
    return [
        entry
        for entry in said
        if entry["event"] in UNFIT and not entry.get("reason", "").startswith("SlotBusy")
    ]


@_often
@given(acts=_acts)
def test_plan__any_order_without_forks__no_step_that_the_contracts_refuse(
    running: PlainChain, acts: list[Act]
) -> None:
    """Of integers one worker is wrong; of floats two are right together with the third only."""
    with world(running, mind(), mind(floats=0.1), mind(ints=1, floats=0.2)) as made:
        with capture_logs() as said:
            for act in acts:
                made.do(act)
            made.come_to_an_end()
        assert complaints(said) == []
        assert all(made.closed())
        assert made.books() == 0


@_often
@given(acts=_rough_acts)
def test_worker__any_order_with_forks_and_crashes__every_job_closed_and_every_bond_back(
    running: PlainChain, acts: list[Act]
) -> None:
    with world(running, mind(), mind(), mind()) as made:
        made.longest_absence = COMMITTEE.reveal_seconds // 2
        for act in acts:
            made.do(act)
        made.come_to_an_end()
        assert all(made.closed())
        assert [made.rig.free(worker) for worker in range(WORKERS)] == [STAKE] * WORKERS
        assert made.books() == 0
