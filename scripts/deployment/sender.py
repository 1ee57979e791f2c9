"""Who pays for the deployment. `KeySender` signs here; the Ape script brings its own."""

from dataclasses import dataclass
from typing import Any, Protocol

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.types import Nonce

from scripts.deployment.artefacts import Artefact
from scripts.deployment.errors import CreationError


@dataclass(frozen=True)
class Created:
    """A contract that has just been created, and in which block."""

    address: ChecksumAddress
    block: int


class Sender(Protocol):
    """What the deployment asks of an account."""

    @property
    def address(self) -> ChecksumAddress: ...

    def nonce(self) -> Nonce:
        """The nonce of the next transaction."""

    def create(self, artefact: Artefact, *arguments: Any) -> Created:
        """Creates the contract and waits until it is there."""


@dataclass(frozen=True)
class KeySender:
    """Signs with a key in memory and sends through web3."""

    w3: Web3
    account: LocalAccount

    @property
    def address(self) -> ChecksumAddress:
        return self.account.address

    def nonce(self) -> Nonce:
        return self.w3.eth.get_transaction_count(self.address)

    def create(self, artefact: Artefact, *arguments: Any) -> Created:
        contract = self.w3.eth.contract(abi=artefact.abi, bytecode=artefact.bytecode)
        transaction = contract.constructor(*arguments).build_transaction(
            {"from": self.address, "nonce": self.nonce()}
        )
        signed = self.account.sign_transaction(transaction)
        digest = self.w3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = self.w3.eth.wait_for_transaction_receipt(digest)
        address = receipt["contractAddress"]
        if receipt["status"] != 1 or address is None:
            raise CreationError(
                f"the creation of {artefact.name} failed in transaction {digest.to_0x_hex()}"
            )
        return Created(address, receipt["blockNumber"])
