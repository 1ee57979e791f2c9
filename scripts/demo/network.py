"""A chain with the contracts on it, and accounts with something to spend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract.contract import Contract, ContractFunction

from assay import rpc
from assay.chain import Chain
from assay.client import Client, Settings
from assay.deployments import Deployment
from assay.transactions import Sender
from scripts.deployment import parameters
from scripts.deployment.artefacts import load
from scripts.deployment.deploy import deploy
from scripts.deployment.local_chain import local_chain
from scripts.deployment.sender import KeySender

NETWORK = "anvil"
MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNTS = 10
FUNDS = 1_000 * 10**18
_POLL_SECONDS = 0.1
_RECEIPT_SECONDS = 60.0


@dataclass(frozen=True)
class Network:
    """A running chain with a deployment, and the accounts that its node has funded with ether."""

    url: str
    deployment: Deployment
    deployment_file: Path
    accounts: tuple[LocalAccount, ...]

    def connect(self) -> Web3:
        return Web3(Web3.HTTPProvider(self.url))

    def chain(self) -> Chain:
        return Chain(self.connect(), self.deployment)

    def client(self, account: LocalAccount) -> Client:
        settings = Settings(poll_seconds=_POLL_SECONDS)
        return Client(self.connect(), self.deployment, account, settings)

    def token(self) -> Contract:
        """The asset, of which anyone can mint."""
        return self.connect().eth.contract(address=self.deployment.asset, abi=load("MockToken").abi)

    def send(self, call: ContractFunction, account: LocalAccount) -> None:
        """Sends a call from an account and waits until it took effect."""
        Sender(self.chain(), account, _RECEIPT_SECONDS, _POLL_SECONDS).send(call)

    def give_tokens(self, account: LocalAccount) -> None:
        self.send(self.token().functions.mint(account.address, FUNDS), account)

    def give_ether(self, address: str, wei: int) -> None:
        rpc.request(self.connect(), "anvil_setBalance", address, hex(wei))

    def pass_epochs(self, epochs: int) -> None:
        """Moves the chain's clock, so that stake counts in the draws."""
        rpc.request(self.connect(), "evm_increaseTime", epochs * self.deployment.epoch)
        rpc.request(self.connect(), "evm_mine")

    def mine_every(self, seconds: int) -> None:
        """Blocks at intervals from now on, instead of one for each transaction."""
        rpc.request(self.connect(), "evm_setIntervalMining", seconds)


@contextmanager
def network(
    folder: Path, *options: str, port: int = 0, epoch: int | None = None
) -> Iterator[Network]:
    """A chain of its own with the contracts deployed; the deployment's file goes to `folder`.

    `options` are anvil's. `epoch`, seconds, is also the longest commit phase.
    """
    Account.enable_unaudited_hdwallet_features()
    accounts = tuple(
        Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
        for index in range(ACCOUNTS)
    )
    values = parameters.load(NETWORK, local=True)
    if epoch is not None:
        values = values.model_copy(update={"epoch": epoch})
    with local_chain(*options, port=port) as chain:
        w3 = chain.connect()
        with rpc.translated(w3):
            outcome = deploy(w3, KeySender(w3, accounts[0]), NETWORK, values, folder)
        yield Network(chain.url, outcome.deployment, folder / f"{NETWORK}.json", accounts)
