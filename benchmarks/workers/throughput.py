"""Jobs a second: many jobs posted at once, answered by five worker processes, to the last claim."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from eth_account.signers.local import LocalAccount

from assay.client import Client
from assay.terms import Terms
from benchmarks.workers.counting import Counts
from scripts.demo import crew
from scripts.demo.follow import Follower
from scripts.demo.network import Network, network
from scripts.relay.process import relay
from scripts.trial_models import TrialModel, plus_one

WORKERS = 5
COMMITTEE = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=3, commit_seconds=12, reveal_seconds=12
)
OPTIMISTIC = Terms.optimistic(
    3,
    seat_fee=100,
    bond=1_000,
    rounds=3,
    commit_seconds=12,
    reveal_seconds=12,
    appeal_window=8,
)
_IDLE = replace(COMMITTEE, seat_fee=1, seat_fee_cap=1, commit_seconds=3_600)
"""What nobody takes."""
_SETTINGS: dict[str, str | int] = {
    "claim_age_seconds": 4,
    "claim_batch": 100,
    "min_seat_fee": 100,
}
_TOGETHER = 400
"""Jobs posted in one transaction."""
_WARM_UP = 20
_DEADLINE_SECONDS = 300.0
_RELAY = "benchmarks.workers.counting"


@dataclass(frozen=True)
class Load:
    """What is measured, and under which conditions."""

    terms: Terms
    jobs: int
    block_seconds: int = 1
    milliseconds: int = 0
    """That each answer of the node takes longer."""
    idle: int = 0
    """Open jobs that nobody takes."""


@dataclass(frozen=True)
class Rate:
    """What came out of it."""

    jobs_per_second: float
    requests_per_job: float
    """HTTP requests of all workers together."""
    calls_per_job: float


class StalledError(RuntimeError):
    """The jobs were not over in time."""


def measure(load: Load) -> Rate:
    """One run, on a chain of its own. Raises StalledError."""
    with tempfile.TemporaryDirectory() as name, _stage(Path(name), load) as stage:
        stage.post(_WARM_UP, load.terms)
        before, began = stage.counts(), time.monotonic()
        stage.post(load.jobs, load.terms)
        passed = time.monotonic() - began
        after = stage.counts()
    return Rate(
        jobs_per_second=load.jobs / passed,
        requests_per_job=(after.requests - before.requests) / load.jobs,
        calls_per_job=(after.calls - before.calls) / load.jobs,
    )


class _Stage:
    """A chain with a model, a requester and workers at work."""

    def __init__(
        self,
        net: Network,
        client: Client,
        crewmen: Sequence[crew.Crewman],
        model: TrialModel,
        counts: Callable[[], Counts],
    ) -> None:
        self.counts = counts
        """What the workers have asked the node so far."""
        self._client = client
        self._crewmen = crewmen
        self._model = model
        self._follower = Follower(net.chain(), net.chain().head() + 1)
        self._number = 0

    def post(self, jobs: int, terms: Terms) -> None:
        """Posts jobs and waits until all are paid."""
        end = self._number + jobs
        ids: list[bytes] = []
        while self._number < end:
            count = min(_TOGETHER, end - self._number)
            ids += self.leave(count, terms)
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not all(self._follower.jobs[job_id].paid for job_id in ids):
            for crewman in self._crewmen:
                crewman.require_alive()
            if time.monotonic() > deadline:
                raise StalledError(f"{jobs} jobs are not paid after {_DEADLINE_SECONDS:.0f} s")
            time.sleep(0.5)
            self._follower.look()

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
def _stage(folder: Path, load: Load) -> Iterator[_Stage]:
    with network(folder) as net, relay(_RELAY, net.url, load.milliseconds) as way:
        _owner, publisher, requester, *others = net.accounts
        model = plus_one(net.client(publisher), folder / "models")
        client = _requester(net, requester)
        operators = [
            crew.hire(net, folder, folder / "models", account, f"worker {number}", {
                **_SETTINGS, "rpc_url": way.url,
            })
            for number, account in enumerate(others[:WORKERS])
        ]  # fmt: skip
        net.pass_epochs(2)
        net.mine_every(load.block_seconds)
        with crew.running(operators) as crewmen:
            stage = _Stage(net, client, crewmen, model, lambda: Counts(**way.get("counts")))
            if load.idle:
                stage.leave(load.idle, _IDLE)
            yield stage


def _requester(net: Network, account: LocalAccount) -> Client:
    net.give_tokens(account)
    client = net.client(account)
    client.deposit(client.credit() + 500 * 10**18)
    return client
