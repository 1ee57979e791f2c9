"""The asset of a deployment, for people: its symbol, and amounts in its decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from assay.deployments import Deployment
from assay.errors import AssayError

_NUMBER = re.compile(r"[0-9]{1,78}(\.[0-9]{1,78})?", re.ASCII)


class AmountError(AssayError):
    """A text is no amount of the asset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """The ERC-20 in which everything is paid."""

    address: ChecksumAddress
    symbol: str
    decimals: int

    @classmethod
    def of(cls, deployment: Deployment) -> Asset:
        """That of a deployment, as its file describes it."""
        return cls(
            address=deployment.asset,
            symbol=deployment.asset_symbol,
            decimals=deployment.asset_decimals,
        )

    def wei(self, text: str) -> int:
        """The amount in a text like `1.5`. Raises AmountError."""
        if not _NUMBER.fullmatch(text):
            raise AmountError(f"{text!r} is no amount: expected a number like 1.5")
        whole, _, fraction = text.partition(".")
        if len(fraction.rstrip("0")) > self.decimals:
            raise AmountError(
                f"{text} {self.symbol}: the asset has {self.decimals} decimals; name an amount "
                "with no more of them"
            )
        digits = fraction[: self.decimals].ljust(self.decimals, "0")
        return int(whole + digits)

    def shown(self, wei: int) -> str:
        """An amount for people: `1.5 TOK`, with all its decimals."""
        return f"{plain(wei, self.decimals)} {self.symbol}"

    def both(self, wei: int) -> str:
        """An amount for people and for programs: `1.5 TOK (1500000 wei)`."""
        return f"{self.shown(wei)} ({wei} wei)"


def plain(wei: int, decimals: int) -> str:
    """An amount as a number with all its decimals and no more."""
    whole, rest = divmod(abs(wei), 10**decimals)
    fraction = f"{rest:0{decimals}d}".rstrip("0") if decimals else ""
    sign = "-" if wei < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
