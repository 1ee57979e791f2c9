"""A chain with the contracts on it, and three workers, through web3 alone.

The client is tested on it with every version of web3 that it supports; Ape allows only one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract.contract import Contract
from web3.types import RPCEndpoint, TxReceipt

from assay import abi, events, ids
from assay.deployments import Deployment
from assay.jobs import Job, JobView
from scripts.deployment.artefacts import load as load_artefact
from scripts.deployment.deploy import deploy
from scripts.deployment.local_chain import local_chain
from scripts.deployment.parameters import Parameters
from scripts.deployment.sender import KeySender

ETHER = 10**18
UNIT = 10**12
EPOCH = 60
STAKE = 10_000_000
"""Units of stake of each worker."""

PARAMETERS = Parameters(
    asset="mock token",
    unit=UNIT,
    epoch=EPOCH,
    minimum_stake=1,
    owner="deployer",
    protocol_fee_bps=250,
    shortest_phase=4,
    burn_bps=2_000,
)


def account(name: str) -> LocalAccount:
    """The account of somebody in the tests."""
    made: LocalAccount = Account.from_key(ids.digest(name.encode()))
    return made


REQUESTER = account("requester")


@dataclass(frozen=True)
class PlainChain:
    """A running chain. Every sender but the client's is impersonated, so it needs no key."""

    w3: Web3
    deployment: Deployment
    workers: Sequence[ChecksumAddress]
    asset: str
    """Name of the token's contract."""

    def contract(self, name: str) -> Contract:
        """One of the contracts, by the name of its field in the deployment."""
        names = {"registry": "ModelRegistry", "vault": "StakeVault", "queue": "JobQueue"}
        place = self.deployment.contracts[name]
        if name == "asset":
            return self.w3.eth.contract(address=place, abi=load_artefact(self.asset).abi)
        return self.w3.eth.contract(address=place, abi=abi.load(names.get(name, "Settlement")))

    def send(self, contract: str, function: str, *arguments: Any, sender: str) -> TxReceipt:
        """Sends a transaction that must succeed."""
        call = getattr(self.contract(contract).functions, function)(*arguments)
        receipt = self.w3.eth.wait_for_transaction_receipt(call.transact({"from": sender}))
        assert receipt["status"] == 1, function
        return receipt

    def call(self, contract: str, function: str, *arguments: Any) -> Any:
        """Reads a view."""
        return getattr(self.contract(contract).functions, function)(*arguments).call()

    def rpc(self, method: str, *parameters: Any) -> Any:
        """A request that only test chains answer."""
        response = self.w3.provider.make_request(RPCEndpoint(method), list(parameters))
        assert "error" not in response, response
        return response["result"]

    def mine(self, blocks: int = 1, seconds: int = 0) -> None:
        """Lets time pass, then mines."""
        self.rpc("evm_increaseTime", seconds)
        self.rpc("anvil_mine", hex(blocks))

    def fund(self, owner: str, amount: int) -> None:
        """Gives somebody ether and that many wei of the asset."""
        self.rpc("anvil_setBalance", owner, hex(1_000 * ETHER))
        self.send("asset", "mint", owner, amount, sender=owner)

    def give_credit(self, amount: int) -> None:
        """Wei of credit for each worker, to appeal with."""
        for worker in self.workers:
            self.fund(worker, amount)
            self.send("asset", "approve", self.deployment.vault, amount, sender=worker)
            self.send("vault", "deposit", worker, amount, sender=worker)

    def settle(self, job: Job, *results: bytes) -> None:
        """Lets the workers commit and reveal these results, one each, and so decide the job."""
        self.mine(2)
        slots = [
            self.commit(job, worker, result)
            for worker, result in zip(self.workers, results, strict=False)
        ]
        for worker, slot, result in zip(self.workers, slots, results, strict=False):
            self.reveal(job, worker, slot, result)

    def commit(self, job: Job, worker: str, result: bytes) -> int:
        """Takes a worker's one seat; returns the slot of the vote."""
        view = self.call("settlement", "job", job.job_id)
        promised = ids.commitment(
            self.deployment.chain_id,
            self.deployment.settlement,
            job.job_id,
            JobView.from_tuple(view).round,
            worker,
            ids.digest(result),
            ids.digest(worker.encode()),
        )
        key = job.key.as_tuple()
        receipt = self.send("settlement", "commit", key, worker, promised, 1, sender=worker)
        (event,) = map(events.decode, receipt["logs"])
        assert isinstance(event, events.Committed)
        return event.slot

    def propose(self, job: Job, worker: str, result: bytes) -> None:
        """Lets a worker give an answer in an open round, when it is drawn at the latest."""
        opened, length = self.view(job).time, job.request.terms.commit_seconds
        self.mine(2)
        self.rpc("evm_setNextBlockTimestamp", opened + length - 3)
        self.rpc("evm_mine")
        self.send("settlement", "propose", job.key.as_tuple(), worker, result, sender=worker)

    def view(self, job: Job) -> JobView:
        return JobView.from_tuple(self.call("settlement", "job", job.job_id))

    def reveal(self, job: Job, worker: str, slot: int, result: bytes) -> None:
        """Reveals what a worker committed."""
        opening = (worker, slot, ids.digest(worker.encode()), result)
        self.send("settlement", "reveal", job.key.as_tuple(), *opening, sender=worker)


@contextmanager
def plain_chain(folder: Path, asset: str = "MockToken") -> Iterator[PlainChain]:
    """Starts a chain, deploys, and stakes three workers alike; `folder` gets the deployment."""
    with local_chain("--auto-impersonate") as anvil:
        w3 = anvil.connect()
        owner = account("owner")
        w3.provider.make_request(
            RPCEndpoint("anvil_setBalance"), [owner.address, hex(1_000 * ETHER)]
        )
        sender, parameters = KeySender(w3, owner), PARAMETERS
        if asset != "MockToken":
            token = sender.create(load_artefact(asset))
            parameters = parameters.model_copy(update={"asset": token.address})
        deployment = deploy(w3, sender, "local", parameters, folder).deployment
        workers = [account(f"worker {number}").address for number in range(3)]
        chain = PlainChain(w3, deployment, workers, asset)
        for worker in workers:
            _stake(chain, worker)
        chain.mine(seconds=2 * EPOCH)
        yield chain


def _stake(chain: PlainChain, worker: ChecksumAddress) -> None:
    amount = STAKE * UNIT
    chain.fund(worker, amount)
    chain.send("asset", "approve", chain.deployment.vault, amount, sender=worker)
    chain.send("vault", "deposit", worker, amount, sender=worker)
    chain.send("vault", "register", worker, "", sender=worker)
    chain.send("vault", "stake", amount, sender=worker)
