"""Deployments: where the contracts of a network are, in `deployments/<network>.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from eth_typing import ChecksumAddress
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from web3 import Web3

from assay import rpc
from assay.addresses import AddressError, address
from assay.errors import AssayError

FOLDER = Path("deployments")
"""Where `load` looks for a network by name, from the working directory."""


MOST_DECIMALS = 77
"""More than 10^77 does not fit a word."""
_DECIMALS = "0x313ce567"
"""The selector of `decimals()`."""
_WORD = 32
LONGEST_SYMBOL = 16
"""Characters of an asset's symbol that are kept."""


class DeploymentError(AssayError):
    """A deployment cannot be used."""


class DeploymentFileError(DeploymentError):
    """The file is missing or out of form. `faults` names everything wrong with it."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__(source, tuple(faults))
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return f"the deployment {self.source} is refused: " + "; ".join(self.faults)


class WrongChainError(DeploymentError):
    """The node is on another chain."""


class StaleDeploymentError(DeploymentError):
    """The chain was started anew since, as local ones are: same chain id, another genesis."""


class MissingCodeError(DeploymentError):
    """There is no contract where one should be."""


class AssetDiffersError(DeploymentError):
    """The file says other decimals than the asset: one of them moves the point in every amount."""


def _address(value: Any) -> ChecksumAddress:
    try:
        return address(value)
    except (AddressError, TypeError) as error:
        raise ValueError(str(error)) from None


def _hash(value: Any) -> bytes:
    try:
        raw = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)
    except (TypeError, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("expected 0x and 64 hex digits")
    return raw


_Address = Annotated[ChecksumAddress, BeforeValidator(_address)]
_Hash = Annotated[bytes, BeforeValidator(_hash), PlainSerializer(lambda value: "0x" + value.hex())]


def _printable(symbol: str) -> str:
    if not symbol.isprintable():
        raise ValueError("expected printable characters")
    return symbol


_Symbol = Annotated[str, Field(min_length=1, max_length=LONGEST_SYMBOL), AfterValidator(_printable)]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Deployment(BaseModel):
    """The contracts of one network. Raises DeploymentFileError when a field is out of form."""

    model_config = ConfigDict(
        frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True
    )

    network: _Name
    chain_id: int = Field(ge=1)
    genesis_hash: _Hash
    """Hash of block 0, which tells a chain from another of the same id."""
    block: int = Field(ge=0)
    """The block of the first contract: no event lies before it."""
    asset: _Address
    """The ERC-20 in which everything is paid."""
    asset_symbol: _Symbol
    """What the token calls itself; anybody may call a token anything."""
    asset_decimals: int = Field(ge=0, le=MOST_DECIMALS)
    """By which amounts are read and shown. From here, since a node could move the point."""
    registry: _Address
    vault: _Address
    queue: _Address
    settlement: _Address
    unit: int = Field(ge=1)
    """Wei in a unit of stake, bond and seat fee."""
    epoch: int = Field(ge=1)
    """Seconds of an epoch; no commit phase is longer."""
    parameters: dict[str, Any] = {}
    """What it was deployed with, for the record."""

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            network = fields.get("network", "without a network")
            raise DeploymentFileError(str(network), _faults(error)) from None

    @property
    def contracts(self) -> dict[str, ChecksumAddress]:
        """The addresses that must hold code, by name."""
        names = ("asset", "registry", "vault", "queue", "settlement")
        return {name: getattr(self, name) for name in names}

    def write(self, folder: Path = FOLDER) -> Path:
        """Writes `<network>.json` into the folder, whole or not at all; returns its path."""
        path = folder / f"{self.network}.json"
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".json.draft")
        fields = self.model_dump(mode="json", by_alias=True)
        draft.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        return path

    def check(self, w3: Web3) -> None:
        """Whether `w3` is connected to the chain of this deployment and the contracts are there.

        Raises:
            UnreachableRpcError: no answer from the node.
            WrongChainError: the node is on a chain with another id.
            StaleDeploymentError: the chain has the same id and another genesis block.
            MissingCodeError: an address has no code.
            AssetDiffersError: the asset has other decimals than the file says.
        """
        chain_id = int(rpc.request(w3, "eth_chainId"), 16)
        if chain_id != self.chain_id:
            raise WrongChainError(
                f"the node at {rpc.host(w3)} is on chain {chain_id}, and the deployment "
                f"{self.network} is on chain {self.chain_id}: connect to that chain's node, or "
                "load the deployment of this one"
            )
        genesis = genesis_hash(w3)
        if genesis != self.genesis_hash:
            raise StaleDeploymentError(
                f"the deployment {self.network} is of a chain that began with block "
                f"0x{self.genesis_hash.hex()}, and the node's began with 0x{genesis.hex()}: the "
                "chain was started anew, so deploy again"
            )
        missing = [
            f"{name} at {place}"
            for name, place in self.contracts.items()
            if rpc.request(w3, "eth_getCode", place, "latest") in ("0x", "0x0", "")
        ]
        if missing:
            raise MissingCodeError(
                f"the deployment {self.network} names contracts that are not there: "
                f"{', '.join(missing)}. The node may not have caught up, or was deployed to from "
                "another file"
            )
        told = _decimals(w3, self.asset)
        if told != self.asset_decimals:
            raise AssetDiffersError(
                f"the deployment {self.network} counts the asset with {self.asset_decimals} "
                f"decimals, and the token at {self.asset} says {told}: trust neither; get the file "
                "from whoever deployed, or ask another node"
            )


def file(path_or_network: str | Path, folder: Path = FOLDER) -> Path:
    """The file of a deployment: the path itself, or that of a network by its name in `folder`."""
    path = Path(path_or_network)
    return path if path.suffix == ".json" else folder / f"{path_or_network}.json"


def load(path_or_network: str | Path, folder: Path = FOLDER) -> Deployment:
    """The deployment in a file, or that of a network by its name in `folder`.

    Raises DeploymentFileError when there is no such file, or when it is out of form.
    """
    path = file(path_or_network, folder)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in folder.glob("*.json"))) or "none"
        raise DeploymentFileError(
            str(path.absolute()),
            [f"there is no such file; networks in {folder.absolute()}: {known}"],
        ) from None
    except (OSError, ValueError) as error:
        raise DeploymentFileError(str(path), [f"it is no JSON text: {error}"]) from None
    if not isinstance(fields, dict):
        raise DeploymentFileError(str(path), ["expected a JSON object"])
    try:
        return Deployment(**fields)
    except DeploymentFileError as error:
        raise DeploymentFileError(str(path), list(error.faults)) from None


def genesis_hash(w3: Web3) -> bytes:
    """Hash of block 0. Raises UnreachableRpcError."""
    block = rpc.request(w3, "eth_getBlockByNumber", "0x0", False)
    return bytes.fromhex(block["hash"].removeprefix("0x"))


def _decimals(w3: Web3, asset: ChecksumAddress) -> int:
    """What the token says; one without decimals counts in wei."""
    try:
        answer = rpc.request(w3, "eth_call", {"to": asset, "data": _DECIMALS}, "latest")
        word = bytes.fromhex(str(answer).removeprefix("0x"))
    except (rpc.RefusedByNodeError, ValueError):
        return 0
    return min(int.from_bytes(word[:_WORD]), MOST_DECIMALS) if len(word) >= _WORD else 0


def _faults(error: ValidationError) -> list[str]:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        f"{'.'.join(map(str, item['loc']))}: {item['msg'].removeprefix('Value error, ')}"
        for item in details
    ]
