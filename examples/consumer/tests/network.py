"""The real protocol on the test chain, and workers played by plain calls to its contracts."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ape import Project, chain, compilers
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractContainer, ContractInstance
from ape.managers.project import ProjectManager
from eth_abi import encode
from eth_utils import keccak
from web3.utils.address import get_create_address

CONTRACTS = ("StakeVault", "Settlement", "JobQueue", "ModelRegistry", "testing/LocalToken")
UNIT = 10**12
"""Wei in a unit of stake, bond and fee."""
EPOCH = 3_600
"""Seconds; stake counts from the next one on."""
SHORTEST = 4
"""Seconds of a phase."""
FEE_BPS, BURN_BPS = 250, 2_000
STAKE = 1_000_000
"""Units of each worker: alike, so that each has one seat of a committee of three."""
NOBODY = "0x" + 20 * "00"
COMMITTING, REFUNDED, UNRESOLVED = 1, 5, 4
SALT = keccak(b"salt")

Contracts = Mapping[str, ContractContainer]


def compiled(project: ProjectManager) -> Contracts:
    """The protocol's own contracts, from the installed package.

    Ape compiles what lies in a project's contracts folder, so they get a project of their own.
    """
    config = {
        "dependencies": project.config.dependencies,
        "solidity": project.config.solidity.model_dump(),
    }
    with TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve() / "contracts"
        shutil.copytree(project.path / "node_modules/assay-contracts", folder)
        types = compilers.compile(
            [folder / f"{name}.sol" for name in CONTRACTS],
            project=Project(folder.parent, config_override=config),
        )
        return {str(kind.name): ContractContainer(kind) for kind in types}


@dataclass(frozen=True)
class Job:
    """A posted job: all of its preimage, as the event tells it."""

    job_id: bytes
    request: tuple[Any, ...]
    rules: int

    @property
    def key(self) -> tuple[int, int, bytes]:
        requester, nonce, version, input_hash, terms, callback = self.request
        kinds = ["address", "uint96", "bytes32", "bytes32", "uint256"]
        body = keccak(encode(kinds, [requester, nonce, version, input_hash, callback]))
        return terms, self.rules, body


@dataclass(frozen=True)
class Network:
    """A deployment with workers, whose signers are their own accounts."""

    token: ContractInstance
    registry: ContractInstance
    vault: ContractInstance
    settlement: ContractInstance
    queue: ContractInstance
    workers: Sequence[AccountAPI]
    version: bytes

    def fund(self, account: str, units: int, sender: AccountAPI) -> None:
        """Gives an account or a contract credit in the vault."""
        self.token.mint(sender, units * UNIT, sender=sender)
        self.token.approve(self.vault, units * UNIT, sender=sender)
        self.vault.deposit(account, units * UNIT, sender=sender)

    def credit(self, account: str) -> int:
        """Units."""
        return int(self.vault.credit(account)) // UNIT

    def posted(self, receipt: ReceiptAPI) -> Job:
        """The job that a transaction has posted."""
        [event] = receipt.decode_logs(self.queue.JobPosted)
        request = (
            event.requester,
            event.nonce,
            bytes(event.versionId),
            keccak(event.input),
            event.terms,
            event.callback,
        )
        return Job(bytes(event.jobId), request, event.rules)

    def status(self, job: Job) -> int:
        return int(self.settlement.job(job.job_id).status)

    # --- what workers do ---

    def vote(self, job: Job, *results: bytes) -> None:
        """A committee's round: each worker commits to its result, then each reveals."""
        self._draw(job)
        voters = list(zip(self.workers, results, strict=True))
        slots = [self._commit(job, worker, result) for worker, result in voters]
        for (worker, result), slot in zip(voters, slots, strict=True):
            self.settlement.reveal(job.key, worker, slot, SALT, result, sender=worker)

    def propose(self, job: Job, result: bytes) -> AccountAPI:
        """A worker answers an open round, at its end, when anyone may."""
        worker = self.workers[0]
        self._draw(job)
        self._go_to(self.settlement.job(job.job_id).time + _seconds(job, 24, 24) - 2)
        self.settlement.propose(job.key, worker, result, sender=worker)
        return worker

    def pass_window(self, job: Job) -> None:
        """Lets the time pass in which an answer can be appealed."""
        self._go_to(self.settlement.finalAt(job.key))

    def deliver(self, job: Job, result: bytes, proposer: str = NOBODY) -> ReceiptAPI:
        """Hands the answer over, for the fee."""
        sender = self.workers[0]
        return self.queue.deliverForFee(job.request, job.rules, proposer, result, sender=sender)

    def close(self, job: Job) -> None:
        """Divides the money of a job that has ended."""
        self.settlement.close(job.request, job.rules, sender=self.workers[0])

    def answer(self, job: Job, result: bytes) -> ReceiptAPI:
        """All of the above for a committee of one mind."""
        self.vote(job, *[result] * len(self.workers))
        delivered = self.deliver(job, result)
        self.close(job)
        return delivered

    def stay_away(self, job: Job) -> None:
        """Nobody comes, in any round: the job is refunded."""
        while self.status(job) == COMMITTING:
            self._go_to(self.settlement.job(job.job_id).time + _seconds(job, 24, 24))
            self.settlement.advance(job.key, sender=self.workers[0])

    def disagree(self, job: Job) -> None:
        """Each worker says something else, in a job of one round: it stays unresolved."""
        self.vote(job, *[bytes([1, number]) for number in range(len(self.workers))])
        self._go_to(self.settlement.job(job.job_id).time + _seconds(job, 48, 24))
        self.settlement.advance(job.key, sender=self.workers[0])

    def _commit(self, job: Job, worker: AccountAPI, result: bytes) -> int:
        commitment = self.settlement.commitmentOf(job.job_id, 0, worker, keccak(result), SALT)
        receipt = self.settlement.commit(job.key, worker, commitment, 1, sender=worker)
        [event] = receipt.decode_logs(self.settlement.Committed)
        return int(event.seat) & 0xFFFF

    def _draw(self, job: Job) -> None:
        """Mines the block whose hash draws the workers."""
        while chain.blocks.height < self.settlement.job(job.job_id).seedBlock:
            chain.mine()

    def _go_to(self, time: int) -> None:
        if time > chain.blocks.head.timestamp:
            chain.mine(timestamp=time)


def _seconds(job: Job, start: int, bits: int) -> int:
    """A field of the job's terms."""
    return int(job.request[4]) >> start & (1 << bits) - 1


def deploy(contracts: Contracts, owner: AccountAPI, workers: Sequence[AccountAPI]) -> Network:
    """Deploys the protocol, publishes a version of a model, and stakes the workers.

    Vault, settlement and queue know each other for good, so their addresses are predicted.
    """
    token = owner.deploy(contracts["LocalToken"])
    registry = owner.deploy(contracts["ModelRegistry"], owner)
    settlement, queue = (_creation(owner, later) for later in (1, 2))
    vault = owner.deploy(contracts["StakeVault"], token, UNIT, EPOCH, 1, queue, settlement)
    network = Network(
        token=token,
        registry=registry,
        vault=vault,
        settlement=owner.deploy(contracts["Settlement"], vault, registry, queue),
        queue=owner.deploy(
            contracts["JobQueue"], owner, registry, vault, settlement, FEE_BPS, BURN_BPS, SHORTEST
        ),
        workers=workers,
        version=publish(registry, owner, "example"),
    )
    assert (network.settlement.address, network.queue.address) == (settlement, queue)
    for worker in workers:
        network.fund(worker.address, STAKE, sender=worker)
        vault.register(worker, "", sender=worker)
        vault.stake(STAKE * UNIT, sender=worker)
    # Stake counts from the next epoch on.
    chain.mine(timestamp=(chain.blocks.head.timestamp // EPOCH + 1) * EPOCH)
    return network


def _creation(owner: AccountAPI, later: int) -> str:
    """Address of the contract that an account creates after as many others."""
    return str(get_create_address(owner.address, owner.nonce + later))


def publish(registry: ContractInstance, owner: AccountAPI, name: str) -> bytes:
    """A version that is compared by digest; nobody here looks at its files."""
    registry.createModel(name, sender=owner)
    model = registry.modelIdOf(owner, name)
    digests = (keccak(b"artefact"), keccak(b"manifest"), bytes(32))
    version: tuple[Any, ...] = (*digests, NOBODY, 0, 0, 0, 0, [])
    registry.publish(model, version, sender=owner)
    return bytes(registry.versionIdOf(model, version))
