"""Reads back from the chain every wire and parameter of a deployment."""

from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import BadFunctionCallOutput, ContractLogicError

from scripts.deployment.artefacts import load
from scripts.deployment.contracts import Contracts
from scripts.deployment.errors import MismatchError
from scripts.deployment.parameters import MOCK_TOKEN, Parameters

LARGEST_SUPPLY = 2**64
"""Units the vault can count."""


def check_asset(w3: Web3, parameters: Parameters) -> None:
    """Raises MismatchError unless the asset is a token whose supply the vault can count."""
    if parameters.asset == MOCK_TOKEN:
        return
    asset = Web3.to_checksum_address(parameters.asset)
    if not w3.eth.get_code(asset):
        raise MismatchError([f"asset {asset}: there is no contract on this chain"])
    supply = _read(w3, asset, _TOKEN_ABI, "totalSupply")
    if not isinstance(supply, int):
        raise MismatchError([f"asset {asset} is no ERC-20: its totalSupply() does not answer"])
    if supply >= LARGEST_SUPPLY * parameters.unit:
        raise MismatchError(
            [f"unit {parameters.unit} is too small: a supply of {supply} wei is over 2^64 units"]
        )


def check_deployed(w3: Web3, contracts: Contracts, parameters: Parameters) -> None:
    """Raises MismatchError, naming every difference in what can never change."""
    _report(w3, contracts, _fixed(contracts, parameters))


def check_new(
    w3: Web3, contracts: Contracts, parameters: Parameters, owner: ChecksumAddress
) -> None:
    """The same for contracts just created, whose owner cannot have moved anything yet."""
    movable = _movable(contracts, parameters, owner)
    _report(w3, contracts, [*_fixed(contracts, parameters), *movable])


_TOKEN_ABI = [
    {
        "type": "function",
        "name": "totalSupply",
        "inputs": [],
        "outputs": [{"name": "", "type": "uint256"}],
        "stateMutability": "view",
    }
]


@dataclass(frozen=True)
class Reading:
    """A view without arguments, and what it must return."""

    contract: str
    address: ChecksumAddress
    view: str
    expected: object

    def fault(self, w3: Web3) -> str | None:
        """What is wrong with it on this chain, if anything."""
        found = _read(w3, self.address, load(self.contract).abi, self.view)
        if found == self.expected:
            return None
        return f"{self.contract}.{self.view}() is {found}, expected {self.expected}"


def _read(w3: Web3, address: ChecksumAddress, abi: list[dict[str, Any]], view: str) -> object:
    """What the view returns, or a text that says that it does not."""
    try:
        return w3.eth.contract(address=address, abi=abi).functions[view]().call()
    except (BadFunctionCallOutput, ContractLogicError):
        return "no answer"


def _fixed(at: Contracts, parameters: Parameters) -> list[Reading]:
    return [
        Reading("StakeVault", at.vault, "ASSET", at.asset),
        Reading("StakeVault", at.vault, "UNIT", parameters.unit),
        Reading("StakeVault", at.vault, "EPOCH", parameters.epoch),
        Reading("StakeVault", at.vault, "MINIMUM_STAKE", parameters.minimum_stake),
        Reading("StakeVault", at.vault, "QUEUE", at.queue),
        Reading("StakeVault", at.vault, "SETTLEMENT", at.settlement),
        Reading("Settlement", at.settlement, "VAULT", at.vault),
        Reading("Settlement", at.settlement, "REGISTRY", at.registry),
        Reading("Settlement", at.settlement, "QUEUE", at.queue),
        Reading("JobQueue", at.queue, "REGISTRY", at.registry),
        Reading("JobQueue", at.queue, "VAULT", at.vault),
        Reading("JobQueue", at.queue, "SETTLEMENT", at.settlement),
    ]


def _movable(at: Contracts, parameters: Parameters, owner: ChecksumAddress) -> list[Reading]:
    return [
        Reading("ModelRegistry", at.registry, "owner", owner),
        Reading("ModelRegistry", at.registry, "paused", False),
        Reading("JobQueue", at.queue, "owner", owner),
        Reading("JobQueue", at.queue, "paused", False),
        Reading("JobQueue", at.queue, "protocolFeeBps", parameters.protocol_fee_bps),
        Reading("JobQueue", at.queue, "burnBps", parameters.burn_bps),
        Reading("JobQueue", at.queue, "SHORTEST_PHASE", parameters.shortest_phase),
    ]


def _report(w3: Web3, at: Contracts, readings: list[Reading]) -> None:
    faults = [
        f"there is no code at {name} {address}"
        for name, address in at.addresses().items()
        if not w3.eth.get_code(address)
    ]
    if not faults:
        faults = [fault for reading in readings if (fault := reading.fault(w3))]
    if faults:
        raise MismatchError(faults)
