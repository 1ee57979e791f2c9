"""What terms say about sizes, quorums and prices. Amounts are wei, times are shares of a phase."""

from dataclasses import dataclass
from enum import Enum

STEPS = 255
"""Steps in which a seat fee rises to its cap."""
LARGEST_COMMITTEE = 63
BASIS_POINTS = 10_000
BURNED_BPS = (1_000, 9_000)
"""The least and the highest share of lost bonds that may be burned."""
LEAST_BOND = 5
"""Seat fees at the cap, of jobs with several rounds and no window to appeal in."""


class Mode(Enum):
    """How round 0 is decided."""

    QUORUM = 0
    OPTIMISTIC = 1


class Judging(Enum):
    """How appellants are judged: the protocol's way, and the one before it, to compare."""

    REPEATS_LOSE = "by the next and the final answer"
    """Right when both the next and the final answer are others: each appeal is a bet of its own."""
    FINAL_ONLY = "by the final answer alone"
    """Right when the final answer is another, whatever came in between."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a job is posted under, with the shares the protocol adds. Amounts in wei."""

    mode: Mode
    committee: int
    rounds: int
    seat_fee: int
    seat_fee_cap: int
    bond: int
    burn_bps: int
    """Share of lost bonds that is burned, in basis points."""
    appeals: bool
    """Whether the appeal window is open at all."""
    royalty_bps: int = 0
    protocol_fee_bps: int = 0
    tolerance: int = 0
    """Within which answers support one another; 0 for an EXACT version."""
    judging: Judging = Judging.REPEATS_LOSE
    costs_first: bool = True
    """Whether every right appellant's rounds are repaid before anyone is rewarded, with at most
    what burning leaves of a bond. The protocol does; it once served one appellant after another,
    and rewarded each with up to a bond."""

    def size(self, grown: int) -> int:
        """Seats of a round after `grown` rounds that were not void."""
        if self.mode is Mode.OPTIMISTIC:
            if grown == 0:
                return 1
            grown -= 1
        return min(((self.committee + 1) << grown) - 1, LARGEST_COMMITTEE)

    def quorum(self, round_: int, size: int) -> int:
        """Seats that decide a committee: two thirds, rounded up; in the last round a majority."""
        return size // 2 + 1 if self.is_last(round_) else (2 * size + 2) // 3

    def is_last(self, round_: int) -> bool:
        """Whether no round can follow."""
        return round_ + 1 == self.rounds

    def fee(self, step: int) -> int:
        """Wei of a seat committed at that step of the price."""
        return self.seat_fee + step * self._rise()

    def escrow(self) -> int:
        """Wei of seat fees the requester escrows."""
        if self.mode is Mode.OPTIMISTIC:
            return self.seat_fee_cap
        return self.reserve(0, 0)

    def reserve(self, round_: int, grown: int) -> int:
        """Wei at the cap of every seat of the rounds from `round_` on, each growing."""
        seats = sum(self.size(grown + later) for later in range(self.rounds - round_))
        return seats * self.seat_fee_cap

    def earned(self, step: int) -> tuple[int, int, int]:
        """The shares of worker, model owner and treasury in the fee of a seat at that step.

        Shares are taken of the least fee and of what each step adds apart, each rounded down.
        """
        royalty = self._share(self.royalty_bps, step)
        treasury = self._share(self.protocol_fee_bps, step)
        return self.fee(step) - royalty - treasury, royalty, treasury

    def least_bond(self) -> int:
        """The lowest bond these terms allow, in wei.

        With appeals `bond * (1 - burned) >= 2 * seats * cap`, of the first committee that an appeal
        causes; without, five caps, or one in a job of a single round. Raises ValueError for a
        share to burn that the protocol cannot have.
        """
        least, most = BURNED_BPS
        if not least <= self.burn_bps <= most:
            raise ValueError(f"burn {least} to {most} basis points, not {self.burn_bps}")
        if not self.appeals:
            return self.seat_fee_cap * (LEAST_BOND if self.rounds > 1 else 1)
        kept = BASIS_POINTS - self.burn_bps
        twice = 2 * self.size(1) * self.seat_fee_cap
        return -(-twice * BASIS_POINTS // kept)

    def _rise(self) -> int:
        return (self.seat_fee_cap - self.seat_fee) // STEPS

    def _share(self, bps: int, step: int) -> int:
        return self.seat_fee * bps // BASIS_POINTS + step * (self._rise() * bps // BASIS_POINTS)
