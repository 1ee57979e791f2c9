"""The deployed contracts as Ape sees them, and the parties that trade through them."""

from collections.abc import Iterable
from dataclasses import dataclass

from ape import Contract, accounts
from ape.api import AccountAPI
from ape.contracts import ContractContainer, ContractInstance
from ethpm_types import ContractType

from assay.deployments import Deployment
from assay.terms import Numerics
from assay.versions import Version
from scripts.deployment.artefacts import load
from tests.support import chain

ETHER = 10**18


@dataclass(frozen=True)
class Worker:
    """A cold account with its hot signer."""

    account: AccountAPI
    signer: AccountAPI

    @property
    def address(self) -> str:
        return str(self.account.address)


@dataclass(frozen=True)
class Protocol:
    """A deployment, and what tests do with it again and again. Amounts of stake are in units."""

    deployment: Deployment
    owner: AccountAPI
    token: ContractInstance
    registry: ContractInstance
    vault: ContractInstance
    queue: ContractInstance
    settlement: ContractInstance

    @classmethod
    def at(cls, deployment: Deployment, owner: AccountAPI) -> "Protocol":
        """The contracts of a deployment that pays with a mock token."""
        return cls(
            deployment=deployment,
            owner=owner,
            token=contract("MockToken", deployment.asset),
            registry=contract("ModelRegistry", deployment.registry),
            vault=contract("StakeVault", deployment.vault),
            queue=contract("JobQueue", deployment.queue),
            settlement=contract("Settlement", deployment.settlement),
        )

    @property
    def unit(self) -> int:
        return self.deployment.unit

    def fund(self, account: AccountAPI, units: int) -> None:
        """Gives an account credit in the vault."""
        amount = units * self.unit
        self.token.mint(account, amount, sender=account)
        self.token.approve(self.vault, amount, sender=account)
        self.vault.deposit(account, amount, sender=account)

    def register(self, worker: Worker, stake: int) -> None:
        """Registers a worker and stakes. The stake counts from the next epoch on."""
        self.fund(worker.account, stake)
        self.vault.register(worker.signer, "", sender=worker.account)
        self.vault.stake(stake * self.unit, sender=worker.account)

    def publish(self, owner: AccountAPI, name: str, version: Version) -> bytes:
        """Creates a model if it is new and publishes a version of it; returns the version's id."""
        model_id = bytes(self.registry.modelIdOf(owner, name))
        if not self.registry.versions(model_id, 0, 1):
            self.registry.createModel(name, sender=owner)
        self.registry.publish(model_id, version.as_tuple(), sender=owner)
        return bytes(self.registry.versionIdOf(model_id, version.as_tuple()))

    def next_epoch(self) -> None:
        """Moves to the start of the next epoch, when stake changes begin to count."""
        epoch = self.deployment.epoch
        chain.go_to((chain.now() // epoch + 1) * epoch)

    def credit(self, account: AccountAPI | str) -> int:
        """Free balance inside the vault, wei."""
        return int(self.vault.credit(account))

    def free_stake(self, worker: Worker) -> int:
        """Units that are in no job."""
        return int(self.vault.worker(worker.account).free)

    def unaccounted(self, workers: Iterable[Worker], *others: AccountAPI) -> int:
        """Wei in the vault that belong to none of these, the treasury or the burned: open pots."""
        held = int(self.token.balanceOf(self.vault)) - int(self.vault.burned())
        for worker in workers:
            held -= self.credit(worker.account) + self.free_stake(worker) * self.unit
        return held - sum(self.credit(account) for account in (*others, self.queue.address))


def contract(name: str, address: str) -> ContractInstance:
    """A contract that forge has compiled, at an address."""
    described = {"contractName": name, "abi": load(name).abi}
    return Contract(address, contract_type=ContractType.model_validate(described))


def create(name: str, *arguments: object, sender: AccountAPI) -> ContractInstance:
    """Creates a contract that forge has compiled, a mock for instance."""
    artefact = load(name)
    described = {
        "contractName": name,
        "abi": artefact.abi,
        "deploymentBytecode": {"bytecode": artefact.bytecode},
    }
    return sender.deploy(ContractContainer(ContractType.model_validate(described)), *arguments)


def new_account() -> AccountAPI:
    """A fresh account with ether for gas."""
    account = accounts.test_accounts.generate_test_account()
    account.balance = 100 * ETHER
    return account


def version(numerics: Numerics = Numerics.EXACT, **fields: object) -> Version:
    """A version whose artefact nobody will look at."""
    described = {"artefact": b"\x11" * 32, "manifest": b"\x22" * 32, "royalty_bps": 500, **fields}
    return Version(numerics=numerics, **described)  # type: ignore[arg-type]
