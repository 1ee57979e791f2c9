"""Jobs a second: posted at a steady rate, answered by five worker processes, to the last claim."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from eth_account.signers.local import LocalAccount

from assay.client import Client
from assay.terms import Terms
from scripts.demo import crew
from scripts.demo.follow import Follower
from scripts.demo.network import Network, network
from scripts.relay.counting import Counts
from scripts.relay.process import Relay, relay
from scripts.trial_models import TrialModel, plus_one

WORKERS = 5
COMMITTEE = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=5, commit_seconds=24, reveal_seconds=24
)
"""A worker with a fifth of the stake is sure of a seat after five sixths of the commit phase, so
that four blocks of a second are left to take it."""
OPTIMISTIC = Terms.optimistic(
    3,
    seat_fee=100,
    bond=1_000,
    rounds=3,
    commit_seconds=20,
    reveal_seconds=24,
    appeal_window=5,
)
_EPOCH_SECONDS = 3_600
_IDLE = replace(COMMITTEE, seat_fee=1, seat_fee_cap=1, commit_seconds=_EPOCH_SECONDS)
"""What nobody takes."""
_SETTINGS: dict[str, str | int] = {
    "claim_age_seconds": 4,
    "claim_batch": 100,
    "min_seat_fee": 100,
}
_MOST_TOGETHER = 500
"""Jobs posted in one transaction."""
_BLOCKS_TOGETHER = 2
"""As many as come up in so many blocks: a post waits until it is mined before the next is sent."""
_BLOCKS_OPEN = 40
"""Jobs open at once: as many as are posted in so many blocks. More would run out of time while they
wait for workers that cannot keep up."""
_LOOK_SECONDS = 0.5
_BLOCK_GAS = 60_000_000
"""What Ethereum's blocks have room for since November 2025."""
_WARM_UP = 20
_DEADLINE_SECONDS = 120.0
_RELAY = "scripts.relay.counting"


@dataclass(frozen=True)
class Load:
    """What is measured, and under which conditions."""

    terms: Terms
    jobs: int
    per_second: int
    """Posted in each second at most."""
    block_seconds: int = 1
    milliseconds: int = 0
    """That each answer of the node takes longer."""
    idle: int = 0
    """Open jobs that nobody takes."""


@dataclass(frozen=True)
class Rate:
    """What came out of it."""

    jobs_per_second: float
    """Jobs by the time from the first post to the last claim."""
    requests_per_job: float
    """HTTP requests of all workers together."""
    calls_per_job: float


class StalledError(RuntimeError):
    """The jobs were not over in time."""


def measure(load: Load) -> Rate:
    """One run, on a chain of its own. Raises StalledError."""
    with tempfile.TemporaryDirectory() as name, stage(Path(name), load) as scene:
        scene.post(_WARM_UP, load.terms, load.per_second)
        before, began = scene.counts(), time.monotonic()
        scene.post(load.jobs, load.terms, load.per_second)
        passed = time.monotonic() - began
        after = scene.counts()
    return Rate(
        jobs_per_second=load.jobs / passed,
        requests_per_job=(after.requests - before.requests) / load.jobs,
        calls_per_job=(after.calls - before.calls) / load.jobs,
    )


class Stage:
    """A chain with a model, a requester and workers at work."""

    def __init__(
        self,
        net: Network,
        client: Client,
        crewmen: Sequence[crew.Crewman],
        model: TrialModel,
        way: Relay,
        block_seconds: int,
    ) -> None:
        self._way = way
        self._block_seconds = block_seconds
        self.net = net
        self.crewmen = crewmen
        """The workers at work."""
        self._client = client
        self._model = model
        self._follower = Follower(net.chain(), net.chain().head() + 1)
        self._number = 0

    def post(self, jobs: int, terms: Terms, per_second: int) -> None:
        """Posts jobs as fast as `per_second` and the workers allow; waits until all are paid."""
        end, due = self._number + jobs, time.monotonic()
        open_: set[bytes] = set()
        while self._number < end:
            count = min(self._together(per_second), end - self._number)
            open_ |= set(self.leave(count, terms))
            due += count / per_second
            self._look(open_)
            time.sleep(max(0.0, due - time.monotonic()))
            if len(open_) > (most := _BLOCKS_OPEN * per_second * self._block_seconds):
                self._await(open_, most)
                due = time.monotonic()
        self._await(open_, 0)

    def _await(self, open_: set[bytes], most: int) -> None:
        """Waits until no more than so many jobs are left. Raises StalledError."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while len(open_) > most:
            if time.monotonic() > deadline:
                raise StalledError(
                    f"{len(open_)} jobs are not paid after another {_DEADLINE_SECONDS:.0f} s"
                )
            time.sleep(_LOOK_SECONDS)
            self._look(open_)

    def _together(self, per_second: int) -> int:
        """Jobs in a transaction."""
        return min(per_second * self._block_seconds * _BLOCKS_TOGETHER, _MOST_TOGETHER)

    def _look(self, open_: set[bytes]) -> None:
        """Takes out the jobs that are paid."""
        for crewman in self.crewmen:
            crewman.require_alive()
        self._follower.look()
        open_ -= {job_id for job_id in open_ if self._follower.jobs[job_id].paid}

    def counts(self) -> Counts:
        """What the workers have asked the node so far."""
        return Counts(**self._way.get("counts"))

    def leave(self, count: int, terms: Terms) -> list[bytes]:
        """Posts jobs; their ids."""
        numbers = range(self._number, self._number + count)
        self._number += count
        rows = [[self._model.row(number)] for number in numbers]
        posted = self._client.post_many(
            [self._client.posting(self._model.version_id, row, terms) for row in rows]
        )
        return [job.job_id for job in posted]


@contextmanager
def stage(folder: Path, load: Load, workers: int = WORKERS) -> Iterator[Stage]:
    """A chain with that many workers on it, and whatever else the load asks for."""
    options = ("--gas-limit", str(_BLOCK_GAS))
    with (
        network(folder, *options, epoch=_EPOCH_SECONDS) as net,
        relay(_RELAY, net.url, load.milliseconds) as way,
    ):
        _owner, publisher, requester, *others = net.accounts
        model = plus_one(net.client(publisher), folder / "models")
        client = _requester(net, requester)
        operators = [
            hire(net, folder, account, number, way.url)
            for number, account in enumerate(others[:workers])
        ]
        net.pass_epochs(2)
        net.mine_every(load.block_seconds)
        with crew.running(operators) as crewmen:
            scene = Stage(net, client, crewmen, model, way, load.block_seconds)
            if load.idle:
                scene.leave(load.idle, _IDLE)
            yield scene


def hire(net: Network, folder: Path, account: LocalAccount, number: int, url: str) -> crew.Operator:
    """An operator with the settings of these measures."""
    settings = {**_SETTINGS, "rpc_url": url}
    return crew.hire(net, folder, folder / "models", account, f"worker {number}", settings)


def _requester(net: Network, account: LocalAccount) -> Client:
    net.give_tokens(account)
    client = net.client(account)
    client.deposit(client.credit() + 500 * 10**18)
    return client
