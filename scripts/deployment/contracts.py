"""Creates the four contracts, which know each other by immutable addresses."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from web3.types import Nonce
from web3.utils.address import get_create_address

from scripts.deployment.artefacts import load
from scripts.deployment.errors import NonceError
from scripts.deployment.parameters import DEPLOYER, MOCK_TOKEN, Parameters
from scripts.deployment.sender import Created, Sender


@dataclass(frozen=True)
class Contracts:
    """Addresses of a deployment and the block of its first contract."""

    asset: ChecksumAddress
    registry: ChecksumAddress
    vault: ChecksumAddress
    queue: ChecksumAddress
    settlement: ChecksumAddress
    block: int

    def addresses(self) -> dict[str, ChecksumAddress]:
        """By the names they have here."""
        return {name: value for name, value in vars(self).items() if name != "block"}


def owner_of(parameters: Parameters, sender: Sender) -> ChecksumAddress:
    """Who will own registry and queue."""
    if parameters.owner == DEPLOYER:
        return sender.address
    return to_checksum_address(parameters.owner)


def create_contracts(sender: Sender, parameters: Parameters) -> Contracts:
    """Creates registry, vault, settlement and queue, after a mock token if one is asked for.

    The vault is told the addresses that settlement and queue will have, which follow from the
    sender's nonce.

    Raises:
        NonceError: another transaction of the sender came between.
    """
    owner = owner_of(parameters, sender)
    if parameters.asset == MOCK_TOKEN:
        asset = sender.create(load("MockToken")).address
    else:
        asset = to_checksum_address(parameters.asset)
    registry = sender.create(load("ModelRegistry"), owner)

    nonce = sender.nonce()
    settlement = get_create_address(sender.address, Nonce(nonce + 1))
    queue = get_create_address(sender.address, Nonce(nonce + 2))
    shape = (parameters.unit, parameters.epoch, parameters.minimum_stake)
    vault = sender.create(load("StakeVault"), asset, *shape, queue, settlement).address
    _expect(settlement, sender.create(load("Settlement"), vault, registry.address, queue))
    wires = (owner, registry.address, vault, settlement)
    shares = (parameters.protocol_fee_bps, parameters.burn_bps, parameters.shortest_phase)
    _expect(queue, sender.create(load("JobQueue"), *wires, *shares))
    return Contracts(asset, registry.address, vault, queue, settlement, registry.block)


def _expect(predicted: ChecksumAddress, created: Created) -> None:
    if created.address != predicted:
        raise NonceError(
            f"a contract was created at {created.address} instead of {predicted}: the deploying "
            "account sent another transaction meanwhile. Nothing was recorded; run again with an "
            "account that nobody else uses"
        )
