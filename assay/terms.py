"""What a job is posted under: its terms, its callback, and the rules the queue adds.

Each is one word on chain, laid out in the contract type of the same name. Amounts are in units of
the vault (`StakeVault.UNIT` wei each), times in seconds, shares in basis points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from eth_typing import ChecksumAddress

from assay import words
from assay.addresses import ZERO_ADDRESS, address

BASIS_POINTS = 10_000
LARGEST_COMMITTEE = 63
"""Seats of the largest committee that a job's later rounds grow to."""

MODE_QUORUM = 0
MODE_OPTIMISTIC = 1


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
    """Rounds the requester pays for."""
    commit_seconds: int
    reveal_seconds: int
    seat_fee: int
    """Units paid to a right seat; the least, if there is a range."""
    seat_fee_cap: int
    """The most units a seat may be paid."""
    bond: int
    """Units of stake moved into the job for each seat."""
    appeal_window: int = 0
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

    def __post_init__(self) -> None:
        self.pack()

    @classmethod
    def for_committee(
        cls,
        committee: int,
        *,
        seat_fee: int,
        bond: int,
        rounds: int = 3,
        commit_seconds: int = 60,
        reveal_seconds: int = 60,
    ) -> Terms:
        """Terms with one fixed seat fee and an answer that is final at once."""
        return cls(
            committee=committee,
            rounds=rounds,
            commit_seconds=commit_seconds,
            reveal_seconds=reveal_seconds,
            seat_fee=seat_fee,
            seat_fee_cap=seat_fee,
            bond=bond,
        )

    @classmethod
    def unpack(cls, word: int) -> Terms:
        """The terms in a word. Raises WordError when its reserved bits are set."""
        return cls(**words.unpack("Terms", cls.LAYOUT, word))

    def pack(self) -> int:
        """The word on chain."""
        return words.pack("Terms", self.LAYOUT, words.fields(self.LAYOUT, self))

    def committee_after(self, grown: int) -> int:
        """Seats of the committee after `grown` rounds that ended without a decision."""
        return min(((self.committee + 1) << grown) - 1, LARGEST_COMMITTEE)

    def seat_fees(self) -> int:
        """Units of seat fees a requester escrows: every round filled, none of them redrawn."""
        seats = sum(self.committee_after(grown) for grown in range(self.rounds))
        return seats * self.seat_fee_cap


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

    def __post_init__(self) -> None:
        self.pack()

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
        return words.pack("Rules", self.LAYOUT, words.fields(self.LAYOUT, self))

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", address(self.target))
        self.pack()

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
        values = words.fields(self.LAYOUT, self) | {"target": int(self.target, 16)}
        return words.pack("Callback", self.LAYOUT, values)


def escrow_units(terms: Terms, callback: Callback) -> int:
    """Units a requester escrows: the seat fees of its rounds and the delivery fee."""
    return terms.seat_fees() + callback.delivery_fee
