"""Terms for those who bring none but a price.

    phases     some blocks each, as the chain makes them
    seat fee   rises to what the price leaves for each seat that the job may take
    bond       the least that the queue takes for such seats

What others pay is not asked: whoever posts jobs to himself and answers them would decide that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from eth_typing import BlockNumber

from assay import rpc
from assay.asset import Asset
from assay.chain import Chain
from assay.errors import AssayError
from assay.terms import MODE_OPTIMISTIC, MODE_QUORUM, Terms

Mode = Literal["committee", "optimistic"]
"""A committee votes under seal, or one worker proposes and anybody may appeal."""

_PHASE_BLOCKS = 8
"""In each phase: workers compute, send, and have their transactions mined."""
_WINDOW_BLOCKS = 20
"""In an appeal window: others compute the job after the answer is there, and appeal."""
_LEAST_SECONDS = 12
_ROUNDS = 3
_FLOOR = 2
"""By how much less than at last a seat is offered at first."""
_BLOCKS_MEASURED = 64


class MarketError(AssayError):
    """No terms can be suggested."""


class PriceUnknownError(MarketError):
    """The caller has not said what an answer may cost."""


class TooDearError(MarketError):
    """It costs more than the caller would pay."""


class Market:
    """Suggests terms on one deployment."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def terms(
        self, mode: Mode, *, committee: int, max_price: int | None, delivery_fee: int, burn_bps: int
    ) -> Terms:
        """Terms under which workers that find the price worth it answer soon.

        Args:
            committee: seats of the first committee; of an optimistic job, of the one that an
                appeal calls.
            max_price: wei that the job may cost at most, whatever happens.
            delivery_fee: units of it that go to whoever delivers the answer.
            burn_bps: the burn share of the version's jobs, basis points.

        Raises:
            PriceUnknownError: `max_price` is None.
            TooDearError: it is less than one unit for each seat.
        """
        if mode not in get_args(Mode):
            raise MarketError(f"mode {mode!r}: expected one of {', '.join(get_args(Mode))}")
        if max_price is None:
            raise PriceUnknownError(
                "nothing says what the answer may cost: give max_price, in wei, or terms"
            )
        shape, unit = self._shape(mode, committee), self._chain.deployment.unit
        asset = Asset.of(self._chain.deployment)
        cap = (max_price // unit - delivery_fee) // shape.own_seats
        if cap < 1:
            least = (shape.own_seats + delivery_fee) * unit
            raise TooDearError(
                f"{asset.both(max_price)} are less than a unit, {asset.shown(unit)}, for each "
                f"seat, of which the job may take {_seats(shape)}: it takes {asset.both(least)} or "
                "more, or a smaller committee"
            )
        priced = replace(shape, seat_fee=max(1, cap // _FLOOR), seat_fee_cap=cap)
        return replace(priced, bond=priced.least_bond(burn_bps))

    def _shape(self, mode: Mode, committee: int) -> Terms:
        shortest = int(self._chain.call(self._chain.queue.functions.SHORTEST_PHASE()))
        block = self._block_seconds()
        phase = max(shortest, _LEAST_SECONDS, round(_PHASE_BLOCKS * block))
        window = max(shortest, _LEAST_SECONDS, round(_WINDOW_BLOCKS * block))
        optimistic = mode == "optimistic"
        return Terms(
            mode=MODE_OPTIMISTIC if optimistic else MODE_QUORUM,
            committee=committee,
            rounds=_ROUNDS,
            commit_seconds=min(phase, self._chain.deployment.epoch),
            reveal_seconds=phase,
            appeal_window=window if optimistic else 0,
            seat_fee=1,
            seat_fee_cap=1,
            bond=1,
        )

    def _block_seconds(self) -> float:
        """Seconds between the last blocks, on average."""
        with rpc.translated(self._chain.w3):
            head = self._chain.w3.eth.get_block("latest")
            count = min(_BLOCKS_MEASURED, head["number"])
            if not count:
                return 1.0
            first = self._chain.w3.eth.get_block(BlockNumber(head["number"] - count))
        return max(1.0, (head["timestamp"] - first["timestamp"]) / count)


def _seats(shape: Terms) -> str:
    """`25, 3 + 7 + 15 in its rounds`; of an optimistic job the one that it pays for."""
    if shape.own_seats == 1:
        return "1"
    rounds = [shape.committee_after(grown) for grown in range(shape.rounds)]
    return f"{shape.own_seats}, {' + '.join(map(str, rounds))} in its rounds"
