"""Calldata of the contracts' functions, from their ABIs, with eth_abi alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from assay import abi


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a contract."""

    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def call(self, *arguments: Any) -> bytes:
        """The calldata."""
        return self.selector + abi_encode(self.inputs, arguments)

    def result(self, data: str) -> tuple[Any, ...]:
        """The values a call returned, from hexadecimal text."""
        return tuple(abi_decode(self.outputs, bytes.fromhex(data.removeprefix("0x"))))


@cache
def function(contract: str, name: str) -> Function:
    """The function of that name; none of these contracts has two of one name."""
    (entry,) = (
        item for item in abi.load(contract) if item["type"] == "function" and item["name"] == name
    )
    inputs = _types(entry["inputs"])
    selector = keccak(text=f"{name}({','.join(inputs)})")[:4]
    return Function(selector, inputs, _types(entry["outputs"]))


def _types(parameters: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(collapse_if_tuple(dict(item)) for item in parameters)
