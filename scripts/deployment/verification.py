"""Reads back from the chain every wire and parameter of a deployment."""

from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import BadFunctionCallOutput, ContractLogicError

from assay.deployments import LONGEST_SYMBOL, MOST_DECIMALS
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


def describe_asset(w3: Web3, asset: ChecksumAddress) -> tuple[str, int]:
    """Symbol and decimals, for people.

    A token without decimals counts in wei, one without a printable symbol is called `asset`.
    """
    symbol = _read(w3, asset, _TOKEN_ABI, "symbol")
    decimals = _read(w3, asset, _TOKEN_ABI, "decimals")
    kept = "".join(filter(str.isprintable, symbol)) if isinstance(symbol, str) else ""
    return (
        kept[:LONGEST_SYMBOL] or "asset",
        min(decimals, MOST_DECIMALS) if isinstance(decimals, int) else 0,
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


class NoAnswer:
    """What a contract says that has no such view, or one of another type."""

    def __str__(self) -> str:
        return "no answer"


def _read(w3: Web3, address: ChecksumAddress, abi: list[dict[str, Any]], view: str) -> object:
    try:
        return w3.eth.contract(address=address, abi=abi).functions[view]().call()
    except (BadFunctionCallOutput, ContractLogicError, OverflowError, UnicodeDecodeError):
        return NoAnswer()


def _view(name: str, type_: str) -> dict[str, Any]:
    returned = [{"name": "", "type": type_}]
    return {
        "type": "function",
        "name": name,
        "inputs": [],
        "outputs": returned,
        "stateMutability": "view",
    }


_TOKEN_ABI = [
    _view("totalSupply", "uint256"),
    _view("symbol", "string"),
    _view("decimals", "uint256"),
]


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
