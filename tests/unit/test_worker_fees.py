"""Prices: what a transaction offers at first, and how it is raised."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from assay.rpc import RefusedByNodeError
from worker.chain import Header
from worker.fees import Fees, Price, Prices

HEAD = Header(100, bytes(32), bytes(32), 5_000, base_fee=100)
FEES = Fees(ceiling=1_000, tip=10, transaction_gas=15_000_000, most_tip=50)


LEGACY = replace(HEAD, base_fee=0, has_base_fee=False)


@dataclass
class FakeNode:
    tip: int = 0
    price: int = 0
    asked: int = 0

    def gas_price(self) -> int:
        self.asked += 1
        return self.price

    def suggested_tip(self) -> int:
        self.asked += 1
        return self.tip


def prices(tip: int = 0, fees: Fees = FEES) -> Prices:
    return Prices(FakeNode(tip), fees)


@pytest.mark.parametrize(
    ("base_fee", "suggested", "expected"),
    [
        (100, 0, Price(210, 10)),
        (100, 30, Price(230, 30)),
        (100, 900, Price(250, 50)),
        (600, 0, Price(1_000, 10)),
        (980, 40, Price(1_000, 20)),
        (990, 0, Price(1_000, 10)),
        (991, 0, None),
        (0, 0, Price(10, 10)),
    ],
)
def test_first__base_fee_and_suggestion__within_the_ceiling(
    base_fee: int, suggested: int, expected: Price | None
) -> None:
    assert prices(suggested).first(replace(HEAD, base_fee=base_fee)) == expected


@pytest.mark.parametrize(
    ("before", "base_fee", "expected"),
    [
        (Price(210, 10), 100, Price(237, 12)),
        (Price(210, 10), 300, Price(612, 12)),
        (Price(800, 40), 100, Price(900, 45)),
        (Price(889, 10), 100, None),
        (Price(888, 10), 100, Price(999, 12)),
        (Price(0, 0), 0, Price(10, 10)),
        (Price(500, 480), 100, Price(740, 540)),
    ],
)
def test_raised__an_eighth_more_or_what_is_asked_now(
    before: Price, base_fee: int, expected: Price | None
) -> None:
    assert prices().raised(before, replace(HEAD, base_fee=base_fee)) == expected


def test_raised__node_suggests_more_than_the_ceiling__an_eighth_more_or_up_to_it() -> None:
    fees = replace(FEES, ceiling=300, most_tip=5_000)
    assert prices(5_000, fees).raised(Price(210, 10), HEAD) == Price(300, 300)


def test_see__suggestion_of_long_ago__replaced_though_nothing_was_sent() -> None:
    node = FakeNode(tip=40)
    tool = Prices(node, FEES)
    tool.see(HEAD)
    node.tip, before = 15, tool.tip
    tool.see(replace(HEAD, number=105))
    assert (before, tool.tip) == (40, 15)


def test_see__base_fee_gone__refused() -> None:
    """A node that leaves it out would have a legacy price signed, all of which is paid."""
    tool = prices()
    tool.see(HEAD)
    with pytest.raises(RefusedByNodeError, match="left the base fee out of block 101"):
        tool.first(replace(LEGACY, number=101))


def test_raised__again_and_again__a_tenth_more_each_time_and_never_above_the_ceiling() -> None:
    tool, price = prices(), Price(21, 1)
    while (dearer := tool.raised(price, replace(HEAD, base_fee=1))) is not None:
        assert 10 * dearer.max_fee >= 11 * price.max_fee
        assert 10 * dearer.tip >= 11 * price.tip
        assert dearer.tip <= dearer.max_fee <= FEES.ceiling
        price = dearer
    assert price.max_fee * 9 // 8 >= FEES.ceiling - 1


@pytest.mark.parametrize(
    ("asked", "expected"), [(700, 700), (3, 10), (1_000, 1_000), (1_001, None)]
)
def test_first__no_base_fee__the_price_the_node_asks(asked: int, expected: int | None) -> None:
    price = Prices(FakeNode(tip=1, price=asked), FEES).first(LEGACY)
    assert price == (None if expected is None else Price(expected, expected, legacy=True))


@pytest.mark.parametrize(
    ("asked", "before", "expected"), [(100, 100, 113), (400, 100, 400), (5_000, 100, 1_000)]
)
def test_raised__no_base_fee__an_eighth_more_or_what_is_asked(
    asked: int, before: int, expected: int
) -> None:
    tool = Prices(FakeNode(price=asked), FEES)
    raised = tool.raised(Price(before, before, legacy=True), LEGACY)
    assert raised == Price(expected, expected, legacy=True)


def test_raised__no_base_fee_near_the_ceiling__none() -> None:
    assert Prices(FakeNode(price=1), FEES).raised(Price(900, 900, legacy=True), LEGACY) is None


def test_why_not__no_base_fee__names_the_price() -> None:
    tool = Prices(FakeNode(price=2_000), FEES)
    tool.see(LEGACY)
    assert "gas costs 2000 wei" in tool.why_not(LEGACY)


@pytest.mark.parametrize(("base_fee", "expected"), [("0x0", True), ("0x7", True), (None, False)])
def test_header__base_fee_of_the_block__whether_the_chain_has_one(
    base_fee: str | None, expected: bool
) -> None:
    block = {"number": "0x1", "hash": "0x00", "parentHash": "0x00", "timestamp": "0x1"}
    if base_fee is not None:
        block["baseFeePerGas"] = base_fee
    assert Header.of(block).has_base_fee == expected


def test_first__few_blocks_later__the_node_not_asked_again() -> None:
    node = FakeNode(tip=20)
    tool = Prices(node, FEES)
    for number in (100, 101, 104, 105, 106):
        tool.first(replace(HEAD, number=number))
    assert node.asked == 2


def test_why_not__too_dear__says_what_to_raise() -> None:
    assert "raise max_fee_gwei" in prices().why_not(HEAD)
