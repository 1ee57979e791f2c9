"""From the data of a revert to the error it stands for, over the ABIs of all contracts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from assay import abi
from assay.addresses import address
from assay.contract_errors import ContractError, contract_error

# What Solidity itself reverts with, and what ERC-20 tokens commonly do (ERC-6093).
_COMMON = {
    "Error": {"reason": "string"},
    "Panic": {"code": "uint256"},
    "ERC20InsufficientBalance": {"sender": "address", "balance": "uint256", "needed": "uint256"},
    "ERC20InsufficientAllowance": {
        "spender": "address",
        "allowance": "uint256",
        "needed": "uint256",
    },
    "ERC20InvalidSender": {"sender": "address"},
    "ERC20InvalidReceiver": {"receiver": "address"},
    "ERC20InvalidApprover": {"approver": "address"},
    "ERC20InvalidSpender": {"spender": "address"},
}


@dataclass(frozen=True, slots=True)
class _Signature:
    name: str
    inputs: Mapping[str, str]
    """Names and types."""

    @property
    def selector(self) -> bytes:
        return keccak(text=f"{self.name}({','.join(self.inputs.values())})")[:4]


def decode(data: bytes | str) -> ContractError:
    """The error in the data of a revert, as bytes or hexadecimal text.

    Data of no known error becomes a ContractError called `UnknownError`, with the data; a revert
    without data one called `NoReason`.
    """
    raw = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else bytes(data)
    if not raw:
        return contract_error("NoReason")
    signature = _signatures().get(raw[:4])
    try:
        if signature is not None:
            values = abi_decode(tuple(signature.inputs.values()), raw[4:])
            return contract_error(signature.name, **_named(signature, values))
    except (DecodingError, UnicodeDecodeError):
        pass  # another contract's error with the same four bytes
    return contract_error("UnknownError", data=raw)


def name_of(selector: bytes) -> str:
    """The name of the error with these first four bytes; `UnknownError` if there is none."""
    signature = _signatures().get(selector)
    return "UnknownError" if signature is None else signature.name


@cache
def _signatures() -> Mapping[bytes, _Signature]:
    found = {}
    for contract in abi.CONTRACTS:
        for entry in abi.load(contract):
            if entry["type"] == "error":
                inputs = {_snake(item["name"]): collapse_if_tuple(item) for item in entry["inputs"]}
                signature = _Signature(entry["name"], inputs)
                found[signature.selector] = signature
    for name, inputs in _COMMON.items():
        signature = _Signature(name, inputs)
        found[signature.selector] = signature
    return found


def _named(signature: _Signature, values: tuple[Any, ...]) -> dict[str, Any]:
    return {
        name: address(value) if kind == "address" else value
        for (name, kind), value in zip(signature.inputs.items(), values, strict=True)
    }


def _snake(solidity: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", solidity).lower()
