"""Amounts of the asset, in and out."""

from __future__ import annotations

import pytest

from assay.asset import AmountError, Asset, plain
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


def test_of__deployment__as_its_file_says() -> None:
    found = Asset.of(DEPLOYMENT)
    assert (found.address, found.shown(15 * 10**17)) == (DEPLOYMENT.asset, "1.5 TOK")
