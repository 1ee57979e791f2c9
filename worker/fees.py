"""What a transaction offers for its gas, in wei a gas.

On chains without a base fee (EIP-1559) it is one price, all of which is paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assay.rpc import RefusedByNodeError
from worker.chain import Header

_BLOCKS_A_SUGGESTION_LASTS = 5


class TipSource(Protocol):
    """The part of `worker.chain.Chain` that tips need."""

    def suggested_tip(self) -> int:
        """What the node thinks is enough, wei a gas; 0 when it does not say."""

    def gas_price(self) -> int:
        """What the node thinks a gas costs, wei, where there is no base fee."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What the signer is willing to spend: wei a gas, and gas a transaction."""

    ceiling: int
    tip: int
    """At least."""
    transaction_gas: int
    most_tip: int | None = None
    """At most, whatever the node suggests; without it the ceiling alone counts."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a transaction offers: at most so much, and of it so much to whoever makes the block."""

    max_fee: int
    tip: int
    legacy: bool = False
    """Whether it is for a chain without a base fee; both are then the one price."""


class Prices:
    """From the settings and the node's suggestion to the price of the next transaction."""

    def __init__(self, chain: TipSource, fees: Fees) -> None:
        self._chain = chain
        self._fees = fees
        self._suggested = 0
        self._asked_at: int | None = None
        self._legacy = False
        self._has_base_fee = False

    @property
    def tip(self) -> int:
        """The last suggestion within the bounds, wei a gas; without a base fee the whole price."""
        if self._legacy:
            return max(self._fees.tip, self._suggested)
        most = self._fees.ceiling if self._fees.most_tip is None else self._fees.most_tip
        return max(self._fees.tip, min(self._suggested, most))

    def see(self, head: Header) -> None:
        """Ask the node what it suggests, if what it said is old.

        To be called once a block: a suggestion that is kept too long may keep seats from being
        taken, and where none are taken nothing else asks for it. Raises RefusedByNodeError when a
        base fee that was there is gone: at one price all of it would be paid.
        """
        if self._has_base_fee and not head.has_base_fee:
            raise RefusedByNodeError(f"the node left the base fee out of block {head.number}")
        self._has_base_fee = head.has_base_fee
        asked_at = self._asked_at
        if asked_at is None or abs(head.number - asked_at) >= _BLOCKS_A_SUGGESTION_LASTS:
            ask = self._chain.suggested_tip if head.has_base_fee else self._chain.gas_price
            self._suggested, self._asked_at = ask(), head.number
            self._legacy = not head.has_base_fee

    def first(self, head: Header) -> Price | None:
        """For a new transaction: good for twice the base fee. None while gas is too dear."""
        if not head.has_base_fee:
            price = self._tip(head)
            return None if price > self._fees.ceiling else Price(price, price, legacy=True)
        if head.base_fee + self._fees.tip > self._fees.ceiling:
            return None
        tip = min(self._tip(head), self._fees.ceiling - head.base_fee)
        return Price(min(self._fees.ceiling, 2 * head.base_fee + tip), tip)

    def raised(self, before: Price, head: Header) -> Price | None:
        """For the same transaction again: an eighth more, or what a new one would offer.

        Nodes ask for a tenth more of both, or keep what they have. None where the ceiling is in
        the way.
        """
        ceiling = self._fees.ceiling
        least = Price(_eighth_more(before.max_fee), _eighth_more(before.tip))
        if max(least.max_fee, least.tip) > ceiling:
            return None
        tip = max(least.tip, min(self._tip(head), ceiling))
        if not head.has_base_fee:
            return Price(tip, tip, legacy=True)
        wanted = max(least.max_fee, 2 * head.base_fee + tip)
        return Price(min(wanted, ceiling), tip)

    def why_not(self, head: Header) -> str:
        """Why a new transaction has to wait."""
        if not head.has_base_fee:
            return (
                f"gas costs {self.tip} wei, above the ceiling of {self._fees.ceiling}: waiting, "
                "or raise max_fee_gwei"
            )
        return (
            f"gas costs {head.base_fee} wei and the tip {self._fees.tip}, above the ceiling "
            f"of {self._fees.ceiling}: waiting, or raise max_fee_gwei"
        )

    def _tip(self, head: Header) -> int:
        self.see(head)
        return self.tip


def _eighth_more(wei: int) -> int:
    return max(-(-wei * 9 // 8), wei + 1)
