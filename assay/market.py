"""Terms for those who bring none: from what was answered here lately, or from what they would pay.

seat fee   of the jobs answered lately, the median; under a price, what it leaves for a seat
phases     some blocks each, as the chain makes them
bond       the least the queue takes, or what those jobs had, if that is more
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from eth_typing import BlockNumber

from assay import rpc
from assay.chain import Chain
from assay.errors import AssayError
from assay.events import Decided, Event, JobPosted, JobsPosted, Proposed, topics
from assay.terms import MODE_OPTIMISTIC, MODE_QUORUM, Terms

Mode = Literal["committee", "optimistic"]
"""A committee votes under seal, or one worker proposes and anybody may appeal."""

_PHASE_BLOCKS = 8
"""In each phase: workers compute, send, and have their transactions mined."""
_WINDOW_BLOCKS = 20
"""In an appeal window: others compute the job after the answer is there, and appeal."""
_LEAST_SECONDS = 12
_ROUNDS = 3
_CAP = 2
"""How far the price of a seat may rise above what was usual, while it stays empty."""
_FLOOR = 4
"""By how much less than its cap a seat is offered at first, under a price."""
_BLOCKS_MEASURED = 64


class MarketError(AssayError):
    """No terms can be suggested."""


class PriceUnknownError(MarketError):
    """Nobody has had an answer here lately."""


class TooDearError(MarketError):
    """It costs more than the caller would pay."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """What jobs answered lately have paid and staked for each seat, in units: medians."""

    seat_fee: int
    bond: int
    jobs: int
    """How many they were."""


def usual(events: Iterable[Event], chain_id: int, queue: str) -> Usual | None:
    """What was usual among the jobs that these events, of any order, post and answer."""
    posted: dict[bytes, Terms] = {}
    answered: set[bytes] = set()
    for event in events:
        match event:
            case JobPosted():
                posted[event.job_id] = event.terms
            case JobsPosted():
                posted |= {job.job_id: job.terms for job in event.each(chain_id, queue)}
            case Decided() | Proposed():
                answered.add(event.job_id)
    terms = [posted[job_id] for job_id in answered & posted.keys()]
    if not terms:
        return None
    return Usual(
        seat_fee=round(statistics.median(each.seat_fee for each in terms)),
        bond=round(statistics.median(each.bond for each in terms)),
        jobs=len(terms),
    )


class Market:
    """What is usual on one deployment."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def terms(
        self,
        mode: Mode,
        *,
        committee: int = 3,
        max_price: int | None = None,
        delivery_fee: int = 0,
        burn_bps: int,
    ) -> Terms:
        """Terms under which an answer is likely to come soon.

        Args:
            committee: seats of the first committee; of an optimistic job, of the one that an
                appeal calls.
            max_price: wei that the job may cost at most, whatever happens; None for what is usual.
            delivery_fee: units of it that go to whoever delivers the answer.
            burn_bps: the burn share of the version's jobs, basis points.

        Raises:
            PriceUnknownError: there is no price to learn from, and none was given.
            TooDearError: `max_price` is less than the least or the usual.
        """
        if mode not in get_args(Mode):
            raise MarketError(f"mode {mode!r}: expected one of {', '.join(get_args(Mode))}")
        found = self._lately()
        if found is None and max_price is None:
            raise PriceUnknownError(
                "no job was answered here lately, so there is no usual price: say what the answer "
                "may cost (max_price, in wei), or give terms"
            )
        shape = self._shape(mode, committee)
        priced = shape if found is None else _priced(shape, found.seat_fee, _CAP * found.seat_fee)
        if max_price is not None:
            priced = self._within(max_price, delivery_fee, priced, is_usual=found is not None)
        least = priced.least_bond(burn_bps)
        return replace(priced, bond=max(least, found.bond if found else 0))

    def _within(self, price: int, delivery_fee: int, priced: Terms, *, is_usual: bool) -> Terms:
        """The terms under a price: as usual if it covers that, or else an auction below it."""
        unit = self._chain.deployment.unit
        cap = (price // unit - delivery_fee) // priced.own_seats
        if cap < 1:
            least = (priced.own_seats + delivery_fee) * unit
            raise TooDearError(
                f"{price} wei are less than one unit for each of the {priced.own_seats} seats the "
                f"job may take: it takes {least} wei or more, or a smaller committee"
            )
        if is_usual and cap < priced.seat_fee:
            usually = priced.own_seats * priced.seat_fee
            raise TooDearError(
                f"seats were paid {priced.seat_fee * unit} wei here lately, and {price} wei leave "
                f"{max(cap, 0) * unit} for each: give {(usually + delivery_fee) * unit} wei or "
                "more, ask for a smaller committee or mode='optimistic', or insist with terms of "
                "your own"
            )
        floor = priced.seat_fee if is_usual else max(1, cap // _FLOOR)
        return _priced(priced, floor, min(cap, priced.seat_fee_cap) if is_usual else cap)

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

    def _lately(self) -> Usual | None:
        """Within one request's worth of blocks: older prices say little about today's."""
        deployment = self._chain.deployment
        wanted = topics(JobPosted, JobsPosted, Decided, Proposed)
        for page in self._chain.events_backwards([wanted]):
            return usual(page, deployment.chain_id, deployment.queue)
        return None


def _priced(terms: Terms, seat_fee: int, cap: int) -> Terms:
    return replace(terms, seat_fee=seat_fee, seat_fee_cap=cap)
