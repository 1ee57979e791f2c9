"""The demo itself: from an empty chain to jobs that are settled, paid and accounted for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assay.client import Client
from assay.publishing import Publication
from examples.models import diabetes, digits
from examples.models.export import ExampleModel
from scripts.demo import books, crew, gas, load, report
from scripts.demo.errors import TooSlowError
from scripts.demo.follow import Follower
from scripts.demo.meter import Meter
from scripts.demo.network import Network

_WARM_UP_SECONDS = 120.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Plan:
    """How large the demo is."""

    jobs: int = 50
    """That committees decide."""
    optimistic: int = 20
    """That one worker answers."""
    workers: int = 5
    """One of them lies."""
    seed: int = 7
    """Of the choice of rows."""
    block_seconds: int = 1
    deadline_seconds: float = 240.0
    """For all jobs to be over, once they are posted."""

    @property
    def all_jobs(self) -> int:
        return self.jobs + self.optimistic


@dataclass(frozen=True)
class Counts:
    """How many jobs have come how far."""

    posted: int
    settled: int
    over: int


class Audience(Protocol):
    """Who watches."""

    def hear(self, text: str) -> None:
        """A step begins."""

    def watch(self, jobs: int) -> AbstractContextManager[Callable[[Counts], None]]:
        """So many jobs begin; what is entered is called whenever one of them has moved."""


@contextmanager
def demo(net: Network, folder: Path, plan: Plan, audience: Audience) -> Iterator[report.Report]:
    """Runs it in a folder of its own. The workers go on until the block ends."""
    _owner, publisher, requester, *others = net.accounts
    accounts = others[: plan.workers]
    audience.hear("Training and publishing two models …")
    published = _publish(net.client(publisher), folder / "models")
    audience.hear(f"Setting up {plan.workers} workers, one of which lies …")
    operators = crew.enlist(net, folder, folder / "models", accounts)
    net.give_tokens(requester)
    client = net.client(requester)
    client.deposit(client.quote(load.TERMS).escrow * plan.jobs)
    client.deposit(client.quote(load.OPTIMISTIC).escrow * plan.optimistic)
    net.pass_epochs(2)
    net.mine_every(plan.block_seconds)

    follower = Follower(net.chain(), net.chain().head())
    with crew.running(operators) as crewmen:
        meter = Meter(crewmen)
        with audience.watch(plan.all_jobs) as show:
            work = _Work(client, follower, crewmen, show)
            work.post(load.tasks(client, published, plan.jobs, plan.optimistic, plan.seed))
            work.wait_for(lambda: work.counts.over == plan.all_jobs, plan.deadline_seconds)
        courses = [follower.jobs[job_id] for job_id in work.tasks]
        yield report.Report(
            judged=books.judge(client, work.tasks),
            earned=books.earnings(operators, courses, net.deployment.unit),
            guarded=books.guarded([each for each in operators if each.lies], courses),
            uses=gas.by_operation(net.chain(), follower.transactions),
            balance=books.balance(
                net,
                [publisher.address, requester.address, *(each.signer for each in operators)],
                [each.address for each in accounts],
            ),
            figures=report.figures(courses, meter.busy_seconds()),
        )


def _publish(client: Client, folder: Path) -> list[tuple[ExampleModel, Publication]]:
    published = []
    for recipe in (digits, diabetes):
        model = recipe.build(folder)
        publication = client.register(
            model.name,
            model.artefact,
            model.manifest,
            uris=[model.artefact.as_uri()],
            tolerance=model.tolerance,
            royalty_bps=500,
        )
        published.append((model, publication))
    return published


class _Work:
    """Posts jobs and follows them to their end."""

    def __init__(
        self,
        client: Client,
        follower: Follower,
        crewmen: Sequence[crew.Crewman],
        show: Callable[[Counts], None],
    ) -> None:
        self.tasks: dict[bytes, load.Task] = {}
        """By job id."""
        self._client = client
        self._follower = follower
        self._crewmen = crewmen
        self._show = show

    @property
    def counts(self) -> Counts:
        return Counts(
            posted=len(self.tasks),
            settled=self._follower.count(),
            over=self._follower.count(over=True),
        )

    def post(self, waiting: Sequence[load.Task]) -> None:
        first, *others = load.batches(waiting)
        self.tasks |= load.post(self._client, first)
        # The workers load a model when they first meet it; the others come to a warm crew.
        self.wait_for(lambda: self.counts.settled == len(first), _WARM_UP_SECONDS)
        for together in others:
            self.tasks |= load.post(self._client, together)
            self._look()

    def wait_for(self, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        self._look()
        while not done():
            if time.monotonic() > deadline:
                raise TooSlowError(f"the jobs are not over after {seconds:.0f} s: {self.counts}")
            time.sleep(_LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        for crewman in self._crewmen:
            crewman.require_alive()
        self._follower.look()
        self._show(self.counts)
