"""A chain with the contracts on it, and accounts with something to spend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.types import RPCEndpoint

from assay.client import Client, Settings
from assay.deployments import Deployment
from scripts.deployment import parameters
from scripts.deployment.artefacts import load
from scripts.deployment.deploy import deploy
from scripts.deployment.local_chain import local_chain
from scripts.deployment.sender import KeySender

NETWORK = "anvil"
MNEMONIC = "test test test test test test test test test test test junk"
FUNDS = 1_000 * 10**18
_POLL = Settings(poll_seconds=0.1)


@dataclass(frozen=True)
class Network:
    """A running chain with a deployment, and the accounts that its node has funded with ether."""

    url: str
    deployment: Deployment
    deployment_file: Path
    accounts: tuple[LocalAccount, ...]

    def connect(self) -> Web3:
        return Web3(Web3.HTTPProvider(self.url))

    def client(self, account: LocalAccount) -> Client:
        return Client(self.connect(), self.deployment, account, _POLL)

    def contract(self, name: str, address: str) -> Any:
        """A contract of this deployment with the ABI it was compiled with."""
        return self.connect().eth.contract(address=Web3.to_checksum_address(address), abi=load(name).abi)

    def send(self, call: Any, account: LocalAccount) -> None:
        """Sends a prepared contract call from an account and waits until it took effect."""
        w3 = self.connect()
        transaction = call.build_transaction(
            {"from": account.address, "nonce": w3.eth.get_transaction_count(account.address)}
        )
        signed = account.sign_transaction(transaction)
        receipt = w3.eth.wait_for_transaction_receipt(
            w3.eth.send_raw_transaction(signed.raw_transaction), poll_latency=0.05
        )
        if receipt["status"] != 1:
            raise RuntimeError(f"{call.fn_name} failed in block {receipt['blockNumber']}")

    def give_tokens(self, account: LocalAccount) -> None:
        self.send(self.contract("MockToken", self.deployment.asset).functions.mint(account.address, FUNDS), account)

    def give_ether(self, address: str, wei: int) -> None:
        self._rpc("anvil_setBalance", address, hex(wei))

    def pass_epochs(self, epochs: int) -> None:
        """Moves the chain's clock, so that stake counts in the draws."""
        self._rpc("evm_increaseTime", epochs * self.deployment.epoch)
        self._rpc("evm_mine")

    def mine_every(self, seconds: int) -> None:
        """Blocks at intervals from now on, instead of one for each transaction."""
        self._rpc("evm_setIntervalMining", seconds)

    def _rpc(self, method: str, *arguments: Any) -> None:
        answer = self.connect().provider.make_request(RPCEndpoint(method), list(arguments))
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")


@contextmanager
def network(folder: Path, port: int = 0) -> Iterator[Network]:
    """A chain of its own with the contracts deployed; the deployment's file goes to `folder`."""
    Account.enable_unaudited_hdwallet_features()
    with local_chain(port=port) as chain:
        accounts = tuple(
            Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}") for index in range(10)
        )
        w3 = chain.connect()
        outcome = deploy(
            w3, KeySender(w3, accounts[0]), NETWORK, parameters.load(NETWORK, local=True), folder
        )
        yield Network(chain.url, outcome.deployment, folder / f"{NETWORK}.json", accounts)
