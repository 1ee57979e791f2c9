"""What a decision is made from, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from worker.references import References
from worker.steps import Kind, Step
from worker.store import Outcome


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator chose. Fees, bonds and deposits in units of the vault."""

    min_seat_fee: int = 0
    coin_units: int | None = None
    """What a coin of the chain is worth, in units; without it gas is not weighed."""
    min_profit_percent: int = 0
    """Of the gas, above it."""
    min_delivery_fee: int = 1
    max_callback_gas: int = 500_000
    max_bond: int | None = None
    max_bond_percent: int = 100
    """Of the free stake, for one round."""
    take_references: References = References.LAST_ROUND
    """For which jobs with inputs by reference stake or credit is put up."""
    compute_ahead: int = 5
    """Seconds."""
    help_others: bool = False
    max_deposit: int = 0
    """Most for one appeal; 0 never appeals."""
    watch_percent: int = 0
    """Of the answers it has no vote in, those it computes itself to see whether to appeal."""

    def most_for_a_round(self, free: int) -> int:
        """What goes into one round at most, of so much free stake; units."""
        units = free * self.max_bond_percent // 100
        return units if self.max_bond is None else min(units, self.max_bond)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the chain is. Times in seconds."""

    now: int
    """Of the newest block: the next one is not earlier."""
    block: int
    block_seconds: int = 1
    stagger: int = 2
    """How long a worker leaves a step to each of those before it in turn."""
    gas_price: int = 0
    """Wei a gas, tip included."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A worker's lot in the round under way, and its weight of the total."""

    ticket: int
    weight: int
    total: int


@dataclass(frozen=True, slots=True)
class Own:
    """What this worker knows beyond the events."""

    worker: ChecksumAddress
    signer: ChecksumAddress | None = None
    """Who sends the steps, and so appeals."""
    outcome: Outcome | None = None
    computing: bool = False
    draw: Draw | None = None
    """None while the seed is unknown."""
    free_units: int = 0
    """Stake that can still go into a job."""
    credit: int = 0
    """Units of the signer's credit; asked for only where the answer differs."""
    busy: frozenset[tuple[Kind, int]] = frozenset()
    """Kinds of steps, with their rounds, that are on their way or failed a moment ago."""
    without_vote: frozenset[tuple[Kind, int]] = frozenset()
    """The same for steps that were tried in vain: there is no vote as it is known here."""
    near: frozenset[bytes] = frozenset()
    """TOLERANCE: references of this round that its result may support."""
    right: bool = False
    """TOLERANCE: its result is within three tolerances of the answer."""
    differs: bool = False
    """Its result is another than the answer, and not near enough to it to be upheld."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, and when to look again if nothing happens before."""

    steps: tuple[Step, ...] = ()
    compute: bool = False
    """Whether to run the model."""
    fetch: bool = False
    """Whether to have the input there, of a job that may be run later."""
    wake: int | None = None
    short_of_stake: bool = False
    """Whether a seat was given up because all stake is in other jobs."""
    left: str = ""
    """Why no seat is taken that could be, where fee or stake forbid it."""
    done: bool = False
    """Whether nothing will ever be left to do."""
    asleep: bool = False
    """Whether nothing is left to do until something happens to the job."""
