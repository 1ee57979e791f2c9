"""What a deployment's file says of its asset, by the token's own words."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from scripts.deployment.verification import describe_asset
from tests.unit.nodes import node
from tests.unit.samples import DEPLOYMENT


def described(decimals: bytes, symbol: bytes) -> tuple[str, int]:
    """What is made of a token's answers to these two questions."""

    def call(request: dict[str, Any], *_: Any) -> Any:
        asked = bytes.fromhex(request["data"].removeprefix("0x"))
        answer = decimals if asked == keccak(text="decimals()")[:4] else symbol
        return "0x" + answer.hex()

    answers = {"eth_call": call, "eth_chainId": "0x7a69", "eth_getCode": "0x01"}
    return describe_asset(node(**answers), DEPLOYMENT.asset)


def number(value: int) -> bytes:
    return encode(["uint256"], [value])


def text(value: str) -> bytes:
    return encode(["string"], [value])


def test_describe_asset__token__its_own_words() -> None:
    assert described(number(6), text("TOK")) == ("TOK", 6)


def test_describe_asset__symbol_of_a_stranger__bounded_and_printable() -> None:
    found = described(number(10**9), text("\x1b[2J" + "x" * 99))
    assert found == ("[2J" + "x" * 13, 77)
    assert described(number(6), text("")) == ("asset", 6)


@pytest.mark.parametrize(
    "symbol", [b"MKR".ljust(32, b"\0"), b"", b"\xff" * 96], ids=["bytes", "nothing", "nonsense"]
)
def test_describe_asset__symbol_that_is_no_text__called_asset(symbol: bytes) -> None:
    assert described(number(6), symbol) == ("asset", 6)
    assert described(b"", symbol) == ("asset", 0)
