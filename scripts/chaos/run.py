"""The run: jobs posted while everything goes wrong, then calm until all of them have ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eth_account.signers.local import LocalAccount

from assay.client import Client
from assay.jobs import JobView, Status
from assay.posting import PartlyPostedError, PostedJob, PostPendingError
from scripts.chaos import jobs
from scripts.chaos.mischief import Mischief, Pace
from scripts.demo import books, crew
from scripts.demo.network import Network
from scripts.relay.process import Relay, relay

_PROXY = "scripts.chaos.proxy"
_LOOK_SECONDS = 0.25
_SETTINGS: dict[str, str | int] = {"claim_age_seconds": 4, "help_others": True}
_EXECUTOR = {"run_seconds": 3, "run_cpu_seconds": 2, "load_seconds": 30, "memory_mb": 1_024}


@dataclass(frozen=True)
class Plan:
    """How large it is, and how bad."""

    seed: int
    jobs: int = 500
    workers: int = 5
    together: int = 10
    """Jobs posted in one transaction."""
    posting_seconds: float = 300.0
    """Over which the jobs are posted."""
    fault_share: float = 0.15
    pace: Pace = field(default_factory=lambda: Pace(kills=5.0, reorgs=20.0))
    deadline_seconds: float = 400.0
    """For all jobs to end, once it is calm."""


@dataclass(frozen=True)
class Outcome:
    """What became of it."""

    statuses: dict[str, int]
    """How many jobs ended how."""
    jobs_lost: int
    """Not closed, or not on the chain."""
    honest_slashed: int
    """Bonds that workers lost, all of which were honest."""
    wei_lost: int
    """In the vault, and nobody's; or somebody's, and not in the vault."""
    kills: int
    reorgs: int
    faults: dict[str, int]
    """On the way to the node, by kind."""
    seconds: float

    @property
    def rpc_faults(self) -> int:
        return sum(self.faults.values())

    @property
    def sound(self) -> bool:
        """Whether nothing was lost."""
        return not (self.jobs_lost or self.honest_slashed or self.wei_lost)


Tell = Callable[[str], None]


def chaos(net: Network, folder: Path, plan: Plan, tell: Tell) -> Outcome:
    """Runs it in a folder of its own."""
    _owner, publisher, requester, *others = net.accounts
    repertoire = jobs.publish(net.client(publisher), folder / "models")
    net.give_tokens(requester)
    client = net.client(requester)
    client.deposit(plan.jobs * client.quote(jobs.COMMITTEE).escrow)
    with _crew(net, folder, plan, others[: plan.workers]) as (operators, relays, crewmen):
        run = _Run(net, client, repertoire, plan, crewmen, tell)
        seconds = run.go(lambda: [each.get("calm") for each in relays])
        faults: Counter[str] = Counter()
        for each in relays:
            faults.update(each.get("counts"))
        views = run.views()
        return Outcome(
            statuses=dict(Counter(view.status.name for view in views)),
            jobs_lost=sum(not view.closed for view in views),
            honest_slashed=sum(_bonds_missing(net, operator) for operator in operators),
            wei_lost=_wei_lost(net, operators, [publisher.address, requester.address]),
            kills=run.mischief.kills,
            reorgs=run.mischief.reorgs,
            faults=dict(faults),
            seconds=seconds,
        )


@contextmanager
def _crew(
    net: Network, folder: Path, plan: Plan, accounts: Sequence[LocalAccount]
) -> Iterator[tuple[list[crew.Operator], list[Relay], list[crew.Crewman]]]:
    with ExitStack() as stack:
        operators, relays = [], []
        for number, account in enumerate(accounts):
            way = stack.enter_context(relay(_PROXY, net.url, plan.seed + number, plan.fault_share))
            settings = {**_SETTINGS, "rpc_url": way.url}
            models = folder / "models"
            operator = crew.hire(net, folder, models, account, f"worker {number}", settings)
            with operator.config.open("a") as config:
                config.write("\n[executor]\n")
                config.writelines(f"{name} = {value}\n" for name, value in _EXECUTOR.items())
            operators.append(operator)
            relays.append(way)
        net.pass_epochs(2)
        net.mine_every(1)
        crewmen = stack.enter_context(crew.running(operators))
        yield operators, relays, crewmen


class _Run:
    """Jobs, and the mischief around them."""

    def __init__(
        self,
        net: Network,
        client: Client,
        repertoire: jobs.Repertoire,
        plan: Plan,
        crewmen: list[crew.Crewman],
        tell: Tell,
    ) -> None:
        self._client = client
        self._repertoire = repertoire
        self._plan = plan
        self._tell = tell
        self._crewmen = crewmen
        self._ids: dict[int, bytes] = {}
        self._began = time.monotonic()
        self.mischief = Mischief(net, crewmen, plan.pace, plan.seed, self._began)

    def go(self, calm: Callable[[], object]) -> float:
        """Until all jobs have ended; how many seconds that took."""
        try:
            self._storm()
            calm()
            self._tell(f"calm after {self.mischief.kills} kills, {self.mischief.reorgs} reorgs")
            self._wait()
        finally:
            self._crewmen[:] = self.mischief.crewmen  # so that these are ended, too
        return time.monotonic() - self._began

    def views(self) -> list[JobView]:
        return [self._client.view(job_id) for job_id in self._ids.values()]

    def _storm(self) -> None:
        """Posts all jobs, while mischief is done; and again those that a reorganisation took."""
        step = self._plan.posting_seconds * self._plan.together / self._plan.jobs
        due, posted = self._began, 0
        while posted < self._plan.jobs or time.monotonic() < self._began + (
            self._plan.posting_seconds
        ):
            now = time.monotonic()
            if posted < self._plan.jobs and now >= due:
                end = min(posted + self._plan.together, self._plan.jobs)
                self._post(range(posted, end))
                posted, due = end, due + step
                self._tell(f"{posted} jobs posted, {self.mischief.kills} kills")
            if self.mischief.act(now):
                self._post_again()
            self.mischief.require_alive()
            time.sleep(_LOOK_SECONDS)
        self._post_again()

    def _post(self, numbers: Sequence[int]) -> None:
        postings = [self._repertoire.posting(self._client, number) for number in numbers]
        try:
            self._keep(self._client.post_many(postings))
        except PartlyPostedError as error:
            self._keep(error.posted)
        except PostPendingError as error:
            self._ids |= dict(zip(numbers, error.job_ids, strict=True))

    def _keep(self, posted: Sequence[PostedJob]) -> None:
        for job in posted:
            self._ids[job.job.request.nonce] = job.job_id

    def _post_again(self) -> None:
        gone = [n for n, job_id in self._ids.items() if self._status(job_id) is Status.NONE]
        if gone:
            self._tell(f"{len(gone)} jobs gone with a reorganisation, posted again")
            self._post(gone)

    def _status(self, job_id: bytes) -> Status:
        return self._client.view(job_id).status

    def _wait(self) -> None:
        deadline = time.monotonic() + self._plan.deadline_seconds
        missing = dict(self._ids)
        while missing:
            if time.monotonic() > deadline:
                return
            self.mischief.require_alive()
            missing = {n: i for n, i in missing.items() if not self._client.view(i).closed}
            self._tell(f"jobs not closed: {len(missing)}")
            time.sleep(2)
        self._wait_for_claims(deadline)

    def _wait_for_claims(self, deadline: float) -> None:
        """Until the stake of every worker is whole again, or is not going to be."""
        operators = [crewman.operator for crewman in self.mischief.crewmen]
        while any(_bonds_missing(self.mischief.net, each) for each in operators):
            if time.monotonic() > deadline:
                return
            time.sleep(2)


def _bonds_missing(net: Network, operator: crew.Operator) -> int:
    chain = net.chain()
    _signer, _active, free, *_ = chain.call(chain.vault.functions.worker(operator.account.address))
    missing = crew.STAKE // net.deployment.unit - int(free)
    return -(-missing // jobs.COMMITTEE.bond)


def _wei_lost(net: Network, operators: Sequence[crew.Operator], holders: Sequence[str]) -> int:
    accounts = [*holders, *(each.signer for each in operators)]
    found = books.balance(net, accounts, [each.account.address for each in operators])
    return abs(found.held - found.credit - found.stake - found.burned)
