"""Amounts of the asset, in and out."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode
from eth_utils.crypto import keccak

from assay.asset import AmountError, Asset, plain
from assay.chain import Chain
from tests.unit.nodes import node
from tests.unit.samples import DEPLOYMENT

TOKEN = Asset(address=DEPLOYMENT.asset, symbol="TOK", decimals=6)


@pytest.mark.parametrize(
    ("text", "wei"),
    [("1.5", 1_500_000), ("0", 0), ("0.000001", 1), ("1.5000000000", 1_500_000), ("7", 7_000_000)],
)
def test_wei__number__exact_and_back(text: str, wei: int) -> None:
    assert TOKEN.wei(text) == wei
    assert TOKEN.wei(plain(wei, 6)) == wei


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1e3", "1,5", ".5", "5.", "0.0000001", "nan", "1 ", "٣", "1" * 79]
)
def test_wei__no_amount__refused(text: str) -> None:
    with pytest.raises(AmountError):
        TOKEN.wei(text)


@pytest.mark.parametrize(
    ("wei", "decimals", "shown"),
    [(1, 18, "0." + "0" * 17 + "1"), (10**18, 18, "1"), (123, 0, "123"), (-1_500, 3, "-1.5")],
)
def test_plain__wei__all_decimals_and_no_more(wei: int, decimals: int, shown: str) -> None:
    assert plain(wei, decimals) == shown


def token(decimals: bytes, symbol: bytes) -> Asset:
    """What is made of a token's answers to these two questions."""

    def call(request: dict[str, Any], *_: Any) -> Any:
        asked = bytes.fromhex(request["data"].removeprefix("0x"))
        answer = decimals if asked == keccak(text="decimals()")[:4] else symbol
        return "0x" + answer.hex()

    return Asset.of(Chain(node(eth_call=call, eth_chainId="0x7a69"), DEPLOYMENT))


def test_of__token__its_own_words() -> None:
    found = token(abi_encode(["uint256"], [6]), abi_encode(["string"], ["TOK"]))
    assert (found.decimals, found.shown(1_500_000)) == (6, "1.5 TOK")


def test_of__symbol_of_a_stranger__bounded_and_printable() -> None:
    found = token(abi_encode(["uint256"], [10**9]), abi_encode(["string"], ["\x1b[2J" + "x" * 99]))
    assert found.symbol == "[2J" + "x" * 13
    assert found.decimals == 77
    assert token(abi_encode(["uint256"], [6]), abi_encode(["string"], [""])).symbol == "asset"
