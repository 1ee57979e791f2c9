"""What a job is posted under: its terms, its callback, and the rules the queue adds.

Each is one word on chain, laid out in the contract type of the same name. Amounts are in units of
the vault (`StakeVault.UNIT` wei each), times in seconds, shares in basis points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from eth_typing import ChecksumAddress

from assay import words
from assay.addresses import ZERO_ADDRESS, address

BASIS_POINTS = 10_000
"""Of the whole: 100 are one per cent."""
LARGEST_COMMITTEE = 63
"""Seats of the largest committee that a job's later rounds grow to."""

MODE_QUORUM = 0
"""A committee decides from the first round on."""
MODE_OPTIMISTIC = 1
"""One drawn worker proposes in the clear; committees decide only what is appealed."""

LEAST_BOND = 5
"""Seat fees in a bond of a job with several rounds and no appeal window, at least."""

PRICE_STEPS = 255
"""Steps from the least to the highest price of a seat."""


class Numerics(IntEnum):
    """When two results of a version are the same."""

    EXACT = 0
    TOLERANCE = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What a requester offers and demands. Raises WordError for values that do not fit."""

    committee: int
    """Seats of the first committee."""
    rounds: int
    """The most rounds the job can have."""
    commit_seconds: int
    reveal_seconds: int
    seat_fee: int
    """Units paid to a right seat; the least, if there is a range."""
    seat_fee_cap: int
    """The most units a seat may be paid."""
    bond: int
    """Units of stake moved into the job for each seat."""
    appeal_window: int = 0
    """Seconds an answer stays open to appeal; 0 makes it final at once."""
    mode: int = MODE_QUORUM

    LAYOUT: ClassVar[words.Layout] = (
        ("mode", 8),
        ("committee", 8),
        ("rounds", 8),
        ("commit_seconds", 24),
        ("reveal_seconds", 24),
        ("appeal_window", 32),
        ("seat_fee", 48),
        ("seat_fee_cap", 48),
        ("bond", 48),
    )

    _word: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        word = words.pack("Terms", self.LAYOUT, words.fields(self.LAYOUT, self))
        object.__setattr__(self, "_word", word)

    @classmethod
    def for_committee(
        cls,
        committee: int,
        *,
        seat_fee: int,
        bond: int,
        seat_fee_cap: int | None = None,
        rounds: int = 3,
        commit_seconds: int = 60,
        reveal_seconds: int = 60,
        appeal_window: int = 0,
    ) -> Terms:
        """A committee votes. Its answer is final at once unless there is an appeal window.

        The seat fee is fixed unless a cap is named to which it rises as seats stay empty.
        """
        return cls(
            committee=committee,
            rounds=rounds,
            commit_seconds=commit_seconds,
            reveal_seconds=reveal_seconds,
            seat_fee=seat_fee,
            seat_fee_cap=seat_fee if seat_fee_cap is None else seat_fee_cap,
            bond=bond,
            appeal_window=appeal_window,
        )

    @classmethod
    def optimistic(
        cls,
        committee: int = 5,
        *,
        seat_fee: int,
        bond: int,
        appeal_window: int,
        seat_fee_cap: int | None = None,
        rounds: int = 3,
        commit_seconds: int = 60,
        reveal_seconds: int = 60,
    ) -> Terms:
        """One drawn worker answers in the clear; a committee decides only if that is appealed.

        The cheapest and fastest way. `committee` is the size of the first committee an appeal
        calls; `least_bond` says how much bond such terms need.
        """
        return cls(
            committee=committee,
            rounds=rounds,
            commit_seconds=commit_seconds,
            reveal_seconds=reveal_seconds,
            seat_fee=seat_fee,
            seat_fee_cap=seat_fee if seat_fee_cap is None else seat_fee_cap,
            bond=bond,
            appeal_window=appeal_window,
            mode=MODE_OPTIMISTIC,
        )

    @classmethod
    def unpack(cls, word: int) -> Terms:
        """The terms in a word. Raises WordError when its reserved bits are set."""
        return cls(**words.unpack("Terms", cls.LAYOUT, word))

    def pack(self) -> int:
        """The word on chain."""
        return self._word

    @property
    def is_range(self) -> bool:
        """Whether the price of a seat rises."""
        return self.seat_fee_cap != self.seat_fee

    def is_open(self, grown: int) -> bool:
        """Whether a round is open: one seat, taken with a proposal in the clear.

        `grown` counts the rounds before it that were not void.
        """
        return grown == 0 and self.mode == MODE_OPTIMISTIC

    def committee_after(self, grown: int) -> int:
        """Seats of a round after `grown` rounds that were not void."""
        if self.mode == MODE_OPTIMISTIC:
            if grown == 0:
                return 1
            grown -= 1
        return min(((self.committee + 1) << grown) - 1, LARGEST_COMMITTEE)

    def seats_from(self, grown: int, count: int) -> int:
        """Seats of `count` rounds in a row, none of them void, the first after `grown` others."""
        return sum(self.committee_after(each) for each in range(grown, grown + count))

    @property
    def own_seats(self) -> int:
        """Seats the requester pays for: an open round's one, else those of all rounds."""
        return 1 if self.mode == MODE_OPTIMISTIC else self.seats_from(0, self.rounds)

    def prepaid_seats(self, round_: int, grown: int) -> int:
        """Seats an appeal of that round's answer prepays: of all rounds that could follow.

        `grown` counts the rounds before it that were not void.
        """
        return self.seats_from(grown + 1, self.rounds - round_ - 1)

    def deposit(self, round_: int, grown: int) -> int:
        """Units an appeal of that round's answer takes: a bond, and the seats it prepays."""
        return self.bond + self.prepaid_seats(round_, grown) * self.seat_fee_cap

    def seat_fees(self) -> int:
        """Units of seat fees a requester escrows: its rounds filled at the highest price."""
        return self.own_seats * self.seat_fee_cap

    def least_bond(self, burn_bps: int) -> int:
        """Units of bond the queue asks for at least, under a burn share in basis points.

        With an appeal window, what is left of a lie's bond after burning must repay the committee
        that finds it out, and as much again. Without one, but with several rounds, blocking rounds
        so that larger committees follow must not pay.
        """
        if self.appeal_window == 0:
            return self.seat_fee_cap * (LEAST_BOND if self.rounds > 1 else 1)
        kept = BASIS_POINTS - burn_bps
        return -(-2 * self.committee_after(1) * self.seat_fee_cap * BASIS_POINTS // kept)

    def price(self, step: int, unit: int) -> int:
        """Wei a right seat is paid that was taken at this step, `unit` being the wei of a unit."""
        rise = (self.seat_fee_cap - self.seat_fee) * unit // PRICE_STEPS
        return self.seat_fee * unit + step * rise

    def step_of(self, fee: int) -> int | None:
        """The first step at which a seat is paid `fee` units or more; None if there is none."""
        if fee <= self.seat_fee:
            return 0
        if fee > self.seat_fee_cap:
            return None
        return -(-(fee - self.seat_fee) * PRICE_STEPS // (self.seat_fee_cap - self.seat_fee))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a job takes over from its version and from the protocol when it is posted."""

    numerics: Numerics
    atol: int = 0
    """Absolute tolerance, a float32 bit pattern."""
    rtol: int = 0
    """Relative tolerance in units of 2^-32."""
    royalty_bps: int = 0
    protocol_fee_bps: int = 0
    burn_bps: int = 0

    LAYOUT: ClassVar[words.Layout] = (
        ("numerics", 8),
        ("atol", 32),
        ("rtol", 32),
        ("royalty_bps", 16),
        ("protocol_fee_bps", 16),
        ("burn_bps", 16),
    )

    _word: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        word = words.pack("Rules", self.LAYOUT, words.fields(self.LAYOUT, self))
        object.__setattr__(self, "_word", word)

    @classmethod
    def unpack(cls, word: int) -> Rules:
        """The rules in a word. Raises WordError for a word that no version can have."""
        fields = words.unpack("Rules", cls.LAYOUT, word)
        numerics = fields.pop("numerics")
        if numerics not in tuple(Numerics):
            raise words.WordError(
                f"{word:#x} is no word of Rules: numerics {numerics}, expected 0 or 1"
            )
        return cls(numerics=Numerics(numerics), **fields)

    def pack(self) -> int:
        """The word on chain."""
        return self._word

    def split(self, fee: int) -> tuple[int, int, int]:
        """The shares of worker, model owner and treasury in one seat's fee, all in wei."""
        royalty = fee * self.royalty_bps // BASIS_POINTS
        treasury = fee * self.protocol_fee_bps // BASIS_POINTS
        return fee - royalty - treasury, royalty, treasury


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """Where and how an answer is delivered. Raises AddressError or WordError."""

    target: ChecksumAddress
    gas_stipend: int
    """Gas the target is given, no more and no less."""
    delivery_fee: int = 0
    """Units paid to whoever makes the first full attempt to deliver."""

    LAYOUT: ClassVar[words.Layout] = (("target", 160), ("gas_stipend", 32), ("delivery_fee", 64))

    _word: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", address(self.target))
        values = words.fields(self.LAYOUT, self) | {"target": int(self.target, 16)}
        object.__setattr__(self, "_word", words.pack("Callback", self.LAYOUT, values))

    @classmethod
    def none(cls) -> Callback:
        """The callback of a job that has none: the zero word."""
        return cls(target=ZERO_ADDRESS, gas_stipend=0)

    @classmethod
    def unpack(cls, word: int) -> Callback:
        """The callback in a word."""
        fields = words.unpack("Callback", cls.LAYOUT, word)
        target = address(fields["target"].to_bytes(20, "big"))
        return cls(
            target=target, gas_stipend=fields["gas_stipend"], delivery_fee=fields["delivery_fee"]
        )

    def __bool__(self) -> bool:
        """Whether it is any but the zero word."""
        return self.pack() != 0

    def pack(self) -> int:
        """The word on chain."""
        return self._word


def escrow_units(terms: Terms, callback: Callback) -> int:
    """Units a requester escrows: the seats it pays for, at the cap, and the delivery fee."""
    return terms.seat_fees() + callback.delivery_fee
