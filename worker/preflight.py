"""What must be true before a worker starts. Every fault is found, not only the first."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.providers.rpc.utils import ExceptionRetryConfiguration

from assay.addresses import ZERO_ADDRESS
from assay.asset import Asset
from assay.deployments import Deployment, StaleDeploymentError, WrongChainError, load
from assay.errors import AssayError
from assay.rpc import RpcError
from worker.board import Board
from worker.chain import Chain, Identity, Node, Nodes, WorkerAccount
from worker.errors import NothingLeftError, OtherStoreError, PreflightError, StoreBusyError
from worker.executor.loaded import LoadedModel
from worker.executor.sandbox import HELD
from worker.inference import executor_settings
from worker.keys import Salts, open_signer
from worker.plan import Policy
from worker.settings import Settings
from worker.store import Store, look_beside

SALT_SECRET = "salt.secret"
_LEAST_DISK_BYTES = 100 << 20
_ETHER = 10**18
_ACTIVITY = "activity"
# One look asks a dozen questions: on a bad line some answer is always lost.
_RETRY = ExceptionRetryConfiguration(errors=(OSError,), retries=4)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and what was found."""

    name: str
    ok: bool
    detail: str
    error: Exception | None = None
    """What was raised, if anything was."""
    idle: bool = False
    """Whether it is only that no new seats are taken."""

    @property
    def passing(self) -> bool:
        """Whether it may be well again by itself: a node that does not answer."""
        return isinstance(self.error, RpcError)

    @property
    def of_another_chain(self) -> bool:
        """Whether the deployment is of another chain than the node."""
        return isinstance(self.error, WrongChainError | StaleDeploymentError)

    @property
    def of_the_file(self) -> bool:
        """Whether another deployment's file may be all it takes to be well."""
        return isinstance(self.error, OtherStoreError) and not self.error.worker_differs


@dataclass
class Preflight:
    """Looks at everything a worker needs. What could be had is kept for starting with it."""

    settings: Settings
    beside: bool = False
    """Whether the worker may be running: one only wants to look."""
    checks: list[Check] = field(default_factory=list)
    deployment: Deployment | None = None
    node: Nodes | None = None
    signer: LocalAccount | None = None
    salts: Salts | None = None
    store: Store | None = None
    _running: str = ""
    """The process of this very worker, if it runs."""
    _of_this_machine: int = 0
    """How many of the checks need no node."""

    def look(self, environment: MutableMapping[str, str] | None = None) -> None:
        """Check the configuration against the world; never raises for what it finds.

        Takes the password out of the environment.
        """
        settings = self.settings
        self.deployment = self._try("deployment", lambda: load(settings.deployment), _told)
        self.signer = self._try(
            "key store",
            lambda: open_signer(settings.key_store, settings.password_file, environment),
            lambda signer: f"signer {signer.address}",
        )
        self.salts = self._try(
            "salt secret", lambda: Salts.at(settings.data_dir / SALT_SECRET), lambda _: "readable"
        )
        self.store = self._look_at_store()
        self._look_at_disk()
        self._of_this_machine = len(self.checks)
        self.look_at_chain()

    def look_at_chain(self) -> None:
        """What only the node can tell; again, if it was asked before."""
        del self.checks[self._of_this_machine :]
        if self.node is not None:
            self.node.close()
            self.node = None
        chain = self._look_at_nodes()
        if chain is not None:
            self._look_at_worker(chain)

    def look_at_sandbox(self) -> None:
        """Start the sandbox once and see which protections hold on this machine."""

        def start() -> dict[str, str]:
            child = LoadedModel(executor_settings(self.settings))
            try:
                return child.protections
            finally:
                child.kill()

        found = self._try("sandbox", start, lambda _: "starts")
        for name, state in (found or {}).items():
            self._note(f"sandbox: {name}", ok=True, detail="on" if state == HELD else state)

    @property
    def findings(self) -> list[Check]:
        """The checks as they are to be told: another chain first, without what follows from it."""
        first = [check for check in self.checks if check.of_another_chain]
        rest = [check for check in self.checks if not check.of_another_chain]
        if first and self.node is None:
            rest = [check for check in rest if not check.of_the_file]
        return [*first, *rest]

    @property
    def faults(self) -> list[str]:
        """What is wrong, one sentence each."""
        return [f"{check.name}: {check.detail}" for check in self.findings if not check.ok]

    @property
    def may_pass(self) -> bool:
        """Whether something is wrong, and nothing that would stay so by itself."""
        wrong = [check for check in self.checks if not check.ok]
        return bool(wrong) and all(check.passing for check in wrong)

    def require(self) -> None:
        """Raises PreflightError when anything is wrong, and closes what was opened.

        NothingLeftError where it is only that the worker has been switched off.
        """
        wrong = [check for check in self.checks if not check.ok]
        if not wrong:
            return
        self.close()
        wound_up = all(check.idle for check in wrong) and any(c.name == _ACTIVITY for c in wrong)
        raise (NothingLeftError if wound_up else PreflightError)(self.faults)

    def close(self) -> None:
        """Let go of what was opened to look."""
        if self.store is not None:
            self.store.close()
        if self.node is not None:
            self.node.close()

    # --- the looks ---

    def _look_at_nodes(self) -> Chain | None:
        settings, deployment = self.settings, self.deployment
        if deployment is None:
            return None
        urls = (settings.rpc_url, *settings.rpc_fallbacks)
        names = ["chain"] if len(urls) == 1 else [f"node {n}" for n, _ in enumerate(urls, 1)]
        before = len(self.checks)
        found = [
            self._try(name, partial(_require, deployment, url), _on)
            for name, url in zip(names, urls, strict=True)
        ]
        if not any(found):
            return None  # one is enough to begin with
        for index, check in enumerate(self.checks[before:], before):
            if check.passing:
                self.checks[index] = Check(check.name, ok=True, detail=f"away: {check.detail}")
        identity = Identity(deployment.chain_id, deployment.genesis_hash)
        self.node = Nodes([Node(url) for url in urls], identity, settings.rpc_max_lag)
        return Chain(self.node, deployment)

    def _look_at_store(self) -> Store | None:
        deployment = self.deployment
        if deployment is None:
            return None
        identity = {
            "chain": str(deployment.chain_id),
            "genesis": "0x" + deployment.genesis_hash.hex(),
            "settlement": deployment.settlement,
            "worker": self.settings.worker,
        }
        return self._try("store", lambda: self._open_store(identity), self._told_of_store)

    def _open_store(self, identity: Mapping[str, str]) -> Store | None:
        folder = self.settings.data_dir
        try:
            return Store(folder, identity)
        except StoreBusyError as error:
            if not self.beside:
                raise
            look_beside(folder, identity)
            self._running = error.holder
            return None

    def _told_of_store(self, store: Store | None) -> str:
        return "ours alone" if store else f"in use by the running worker, process {self._running}"

    def _look_at_worker(self, chain: Chain) -> None:
        worker = self.settings.worker
        account = self._try(
            "worker",
            lambda: chain.worker_account(worker, chain.head().number),
            partial(self._told_of_stake, chain.deployment),
        )
        if account is None:
            return
        if account.signer == ZERO_ADDRESS:
            signer = "SIGNER" if self.signer is None else self.signer.address
            self._note(
                "registration",
                ok=False,
                detail=f"{worker} is not registered as a worker in {chain.deployment.network}: "
                f"`assay stake register {signer}` from that account",
            )
            return
        self._look_at_signer(chain, account)
        self._look_at_stake(account)
        self._look_at_appeals(chain)

    def _told_of_stake(self, deployment: Deployment, account: WorkerAccount) -> str:
        limits = Policy(
            max_bond=self.settings.max_bond, max_bond_percent=self.settings.max_bond_percent
        )
        most = limits.most_for_a_round(account.free)
        return (
            f"{_amount(deployment, account.free)} of stake free, weight {account.weight}; bonds up "
            f"to {_amount(deployment, most)} for one round, by max_bond_percent and max_bond"
        )

    def _look_at_signer(self, chain: Chain, account: WorkerAccount) -> None:
        signer = self.signer
        if signer is None:
            return
        right = account.signer == signer.address
        self._note(
            "signer",
            ok=right,
            detail="registered"
            if right
            else f"the key store holds {signer.address}, but the registered signer of "
            f"{self.settings.worker} is {account.signer}: `assay stake signer {signer.address}` "
            "from that account, or use the other key store",
        )
        balance = self._try(
            "gas",
            lambda: chain.balance(signer.address),
            lambda wei: f"{wei / _ETHER:.6f} of the chain's coin",
        )
        if balance == 0:
            detail = f"{signer.address} cannot pay for gas: send it some of the chain's own coin"
            self.checks[-1] = Check("gas", ok=False, detail=detail)

    def _look_at_stake(self, account: WorkerAccount) -> None:
        worker = self.settings.worker
        if not account.active:
            detail = f"switched off, so it takes no seats: `assay stake switch on` from {worker}"
            self._note(_ACTIVITY, ok=self._has_work(), detail=detail, idle=True)
        if account.free == 0 and account.weight == 0:
            detail = (
                f"{worker} has no stake: `assay stake add AMOUNT` from that account; it counts "
                "from the next epoch on"
            )
            self._note("stake", ok=self._has_work(), detail=detail, idle=True)

    def _look_at_appeals(self, chain: Chain) -> None:
        signer = self.signer
        if signer is None or not self.settings.appeal_max_deposit:
            return
        place = signer.address
        self._try(
            "appeals",
            lambda: chain.credit(place, chain.head().number),
            lambda units: (
                f"{_amount(chain.deployment, units)} of credit of the signer"
                if units
                else f"{place} has no credit, so nothing is appealed: "
                f"`assay credit deposit AMOUNT --to {place}`"
            ),
        )

    def _has_work(self) -> bool:
        """Whether votes of this worker are open: they have to be seen through in any case."""
        if self._running:
            return True
        if self.store is None:
            return False
        voters = {w for job in Board(self.store.history).live for _, w in job.votes}
        return self.settings.worker in voters or bool(self.store.outbox.pending())

    def _look_at_disk(self) -> None:
        def free() -> int:
            folder = self.settings.data_dir
            return shutil.disk_usage(folder if folder.exists() else folder.parent).free

        found = self._try("disk", free, lambda free: f"{free >> 20} MiB free")
        if found is not None and found < _LEAST_DISK_BYTES:
            detail = f"only {found >> 20} MiB free, at least {_LEAST_DISK_BYTES >> 20} needed"
            self._note("disk", ok=False, detail=detail)

    # --- bookkeeping ---

    def _try(self, name: str, look: Callable[[], _T], describe: Callable[[_T], str]) -> _T | None:
        try:
            found = look()
        except (AssayError, OSError) as error:
            self.checks.append(Check(name, ok=False, detail=str(error), error=error))
            return None
        self._note(name, ok=True, detail=describe(found))
        return found

    def _note(self, name: str, *, ok: bool, detail: str, idle: bool = False) -> None:
        self.checks.append(Check(name, ok, detail, idle=idle))


def _amount(deployment: Deployment, units: int) -> str:
    return f"{Asset.of(deployment).shown(units * deployment.unit)} ({units} units)"


def _told(deployment: Deployment) -> str:
    return f"{deployment.network}, settlement {deployment.settlement}"


def _require(deployment: Deployment, url: str) -> Deployment:
    provider = Web3.HTTPProvider(url, exception_retry_configuration=_RETRY)
    deployment.check(Web3(provider))
    return deployment


def _on(deployment: Deployment) -> str:
    return f"chain {deployment.chain_id}, all contracts are there"
