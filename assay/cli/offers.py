"""What jobs would cost, and how sure their answers would be, as it is said before asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assay.asking import SHARE, post_gas
from assay.cli.consent import coins
from assay.cli.session import Session
from assay.inference import Offer

_MOST_TOGETHER = 64
_MOST_BYTES = 90_000
"""Of inputs in one transaction: nodes take 128 KiB in all, and some chains less gas than that."""
_KILOBYTE = 1_000


@dataclass(frozen=True)
class Offered:
    """Offers that are accepted together."""

    offers: Sequence[Offer]

    @property
    def escrow(self) -> int:
        """Wei of the asset that all cost at most."""
        return sum(one.quote.escrow for one in self.offers)

    @property
    def least(self) -> int:
        """Wei of the asset that all cost if their first rounds answer."""
        return sum(one.quote.least for one in self.offers)

    @property
    def top_up(self) -> int:
        """Wei of the asset that are deposited first."""
        return sum(one.top_up for one in self.offers)

    @property
    def gas(self) -> int:
        """That posting all takes, about."""
        return sum(one.gas for one in self.offers)

    @property
    def gas_price(self) -> int:
        """Wei of the coin for each."""
        return self.offers[0].gas_price

    @property
    def gas_for_kilobyte(self) -> int:
        """Of each further 1,000 bytes of input like this one's."""
        payload = self.offers[0].posting.payload
        times = -(-_KILOBYTE // len(payload))
        more = post_gas(payload * (times + 1)) - post_gas(payload)
        return more * _KILOBYTE // (times * len(payload))

    def document(self) -> dict[str, Any]:
        """For programs. Amounts in wei."""
        first = self.offers[0]
        return {
            "version": first.version.version_id,
            "jobs": len(self.offers),
            "input_bytes": sum(one.input_bytes for one in self.offers),
            "at_most": self.escrow,
            "likely": self.least,
            "deposit": self.top_up,
            "gas": self.gas,
            "gas_price": self.gas_price,
            "gas_cost": self.gas * self.gas_price,
            "gas_for_kilobyte": self.gas_for_kilobyte,
            "assurance": {
                "committee": first.assurance.committee,
                "quorum": first.assurance.quorum,
                "share": SHARE,
                "capture": first.assurance.capture,
                "lie_cost": first.assurance.lie_cost,
                "at_risk": first.assurance.at_risk,
            },
        }

    def lines(self, session: Session) -> dict[str, object]:
        """For people."""
        first, kilobyte = self.offers[0], self.gas_for_kilobyte
        sure = first.assurance
        size = sum(one.input_bytes for one in self.offers)
        return {
            "version": first.version.version_id,
            "jobs": f"{len(self.offers)}, {size:,} bytes of input, which will be public",
            "at most": session.shown(self.escrow),
            "likely": f"{session.shown(self.least)}; the rest comes back",
            "to be deposited first": session.shown(self.top_up),
            "each further kB of input": f"{kilobyte:,} gas, {coins(kilobyte * self.gas_price)}",
            "how sure": f"{sure.quorum} of {sure.committee} seats decide; {SHARE:.0%} of the stake "
            f"has them with {sure.capture:.1%}",
            "a lie": _lie(session, first),
        }

    def batches(self) -> Iterator[Sequence[Offer]]:
        """Offers that fit into one transaction each, in their order."""
        batch: list[Offer] = []
        size = 0
        for offer in self.offers:
            full = len(batch) == _MOST_TOGETHER or size + offer.input_bytes > _MOST_BYTES
            if batch and full:
                yield batch
                batch, size = [], 0
            batch.append(offer)
            size += offer.input_bytes
        if batch:
            yield batch


def _lie(session: Session, offer: Offer) -> str:
    sure = offer.assurance
    risk = f"risks {session.shown(sure.at_risk)} of bonds"
    if not sure.lie_cost:
        return risk
    return f"{risk}, and surely costs {session.shown(sure.lie_cost)} if one honest party appeals"
