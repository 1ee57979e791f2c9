"""A chain with contracts, a published version, workers and a requester: where gas is measured.

Everything repeats exactly: the accounts, the time of every block, and so every block hash and draw.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import RPCEndpoint

from assay.terms import Numerics, Rules
from assay.versions import Version
from benchmarks.gas.meter import Spent, spent
from scripts.deployment.artefacts import load
from scripts.deployment.contracts import create_contracts
from scripts.deployment.local_chain import local_chain
from scripts.deployment.parameters import Parameters
from scripts.deployment.sender import KeySender

GENESIS = 1_700_000_000
MNEMONIC = "test test test test test test test test test test test junk"
EPOCH = 86_400
UNIT = 10**12
STAKE = 10**7 * UNIT
FUNDS = 10**9 * UNIT
GAS_LIMIT = 16_000_000
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
_FAILURES = [
    Web3.keccak(text="BatchItemFailed(uint256,bytes)"),
    Web3.keccak(text="ClaimSkipped(bytes32,address,bytes4)"),
]
VERSION = Version(
    artefact=b"\x11" * 32, manifest=b"\x22" * 32, numerics=Numerics.EXACT, royalty_bps=500
)


@dataclass(frozen=True)
class Worker:
    """A cold account and its hot signer."""

    account: ChecksumAddress
    signer: ChecksumAddress


@dataclass(frozen=True)
class Arena:
    """Contracts and parties. The node holds all keys; every transaction is a block of its own."""

    w3: Web3
    token: Contract
    registry: Contract
    vault: Contract
    queue: Contract
    settlement: Contract
    owner: ChecksumAddress
    requester: ChecksumAddress
    relayer: ChecksumAddress
    workers: Sequence[Worker]

    def send(self, call: ContractFunction, sender: ChecksumAddress) -> Spent:
        """Sends a call that must succeed, every part of it, and says what it cost."""
        digest = call.transact({"from": sender, "gas": GAS_LIMIT})
        receipt = self.w3.eth.wait_for_transaction_receipt(digest, poll_latency=0.002)
        if receipt["status"] != 1:
            call.call({"from": sender})  # raises with the reason
        if receipt["status"] != 1 or any(log["topics"][0] in _FAILURES for log in receipt["logs"]):
            raise AssertionError(f"{call.fn_name} failed in block {receipt['blockNumber']}")
        return spent(receipt["gasUsed"], self.w3.eth.get_transaction(digest)["input"])

    def now(self) -> int:
        """Time of the newest block."""
        return self.w3.eth.get_block("latest")["timestamp"]

    def pass_epochs(self) -> None:
        """Lets an epoch pass in which nothing happens, so that every worker starts the same."""
        self.mine((self.now() // EPOCH + 2) * EPOCH)

    def mine(self, time: int) -> None:
        """Mines an empty block with this time."""
        self.rpc("evm_setNextBlockTimestamp", time)
        self.rpc("evm_mine")

    def rpc(self, method: str, *parameters: Any) -> Any:
        """Calls a method of the node that web3 has no name for."""
        answer = self.w3.provider.make_request(RPCEndpoint(method), list(parameters))
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def model_id(self) -> bytes:
        return bytes(self.registry.functions.modelIdOf(self.owner, "bench").call())

    def version_id(self) -> bytes:
        version = VERSION.as_tuple()
        return bytes(self.registry.functions.versionIdOf(self.model_id(), version).call())

    def rules(self) -> Rules:
        return Rules.unpack(self.queue.functions.rulesOf(self.version_id()).call())


@contextmanager
def open_arena(workers: int) -> Iterator[Arena]:
    """An arena with this many workers of equal stake, which counts already."""
    accounts = 3 + 2 * workers
    options = ("--mnemonic", MNEMONIC, "--accounts", str(accounts), "--timestamp", str(GENESIS))
    with local_chain(*options) as chain:
        ready = _deployed(chain.connect())
        ready.send(ready.registry.functions.createModel("bench"), ready.owner)
        version = VERSION.as_tuple()
        ready.send(ready.registry.functions.publish(ready.model_id(), version), ready.owner)
        _fund(ready, ready.requester)
        for worker in ready.workers:
            _fund(ready, worker.account)
            ready.send(ready.vault.functions.register(worker.signer, ""), worker.account)
            ready.send(ready.vault.functions.stake(STAKE), worker.account)
        ready.pass_epochs()
        yield ready


def _deployed(w3: Web3) -> Arena:
    w3.provider.make_request(RPCEndpoint("anvil_setBlockTimestampInterval"), [1])
    Account.enable_unaudited_hdwallet_features()
    deployer = Account.from_mnemonic(MNEMONIC)
    contracts = create_contracts(KeySender(w3, deployer), PARAMETERS)

    def at(name: str, address: ChecksumAddress) -> Contract:
        return w3.eth.contract(address=address, abi=load(name).abi)

    owner, requester, relayer, *others = list(w3.eth.accounts)
    pairs = zip(others[::2], others[1::2], strict=True)
    return Arena(
        w3=w3,
        token=at("MockToken", contracts.asset),
        registry=at("ModelRegistry", contracts.registry),
        vault=at("StakeVault", contracts.vault),
        queue=at("JobQueue", contracts.queue),
        settlement=at("Settlement", contracts.settlement),
        owner=owner,
        requester=requester,
        relayer=relayer,
        workers=[Worker(account, signer) for account, signer in pairs],
    )


def _fund(ready: Arena, account: ChecksumAddress) -> None:
    ready.send(ready.token.functions.mint(account, FUNDS), account)
    ready.send(ready.token.functions.approve(ready.vault.address, FUNDS), account)
    ready.send(ready.vault.functions.deposit(account, FUNDS), account)
