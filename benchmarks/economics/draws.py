"""Who takes the seats: `contracts/libraries/Sortition.sol`, for many jobs at once.

A worker with a share s of the stake is entitled to `draw * s` seats: the whole part, and one more
with the chance of the fraction. Lots are independent. A committee's draw is its size n in the first
half of the commit phase and grows to 2n in the second; a worker commits once, as soon as it can.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FINELY = 100_000
"""Workers that the whole stake is split into where it is split finely."""


@dataclass(frozen=True)
class Holder:
    """A party's stake: its share of the whole, evenly split among its workers."""

    share: float
    workers: int

    @classmethod
    def split(cls, share: float) -> "Holder":
        """A stake split so finely that its seats are Poisson distributed."""
        return cls(share, max(1, round(share * FINELY)))

    @classmethod
    def whale(cls, share: float) -> "Holder":
        """A stake in one piece."""
        return cls(share, 1)


def committee(rng: np.random.Generator, holders: Sequence[Holder], size: int, jobs: int) -> Counts:
    """Seats taken in a committee, jobs by holders.

    In the first half of the phase the holders commit in the order given, which is how one that
    need not compute comes first. In the second half seats go in the order of the lots.
    """
    first = np.stack([_entitled(rng, holder, size, jobs) for holder in holders], axis=1)
    taken = _cut(first, size)
    waiting = np.stack(
        [_later(rng, holder, first[:, i], size) for i, holder in enumerate(holders)], axis=1
    )
    return taken + _at_random(rng, waiting, size - taken.sum(axis=1))


def first_proposals(
    rng: np.random.Generator, holders: Sequence[Holder], jobs: int, delays: Sequence[float]
) -> Floats:
    """When each holder can first propose in an open round, as a share of the phase.

    The draw is `1 / (1 - elapsed)` seats. A holder needs its delay to have an answer at all.
    """
    found = np.empty((jobs, len(holders)))
    for i, (holder, delay) in enumerate(zip(holders, delays, strict=True)):
        # The least of the workers' lots, as the draw at which it gives a seat.
        lot = 1 - rng.random(jobs) ** (1 / holder.workers)
        draw = lot * holder.workers / holder.share if holder.share else np.full(jobs, np.inf)
        found[:, i] = np.maximum(1 - 1 / np.maximum(draw, 1), delay)
    return found


def _entitled(rng: np.random.Generator, holder: Holder, draw: float, jobs: int) -> Counts:
    whole, part = divmod(draw * holder.share / holder.workers, 1)
    more = rng.binomial(holder.workers, part, jobs)
    return np.asarray(holder.workers * int(whole) + more, dtype=np.int64)


def _later(rng: np.random.Generator, holder: Holder, first: Counts, size: int) -> Counts:
    """Workers without a seat at the first draw that get one before the draw has doubled."""
    before = min(size * holder.share / holder.workers, 1.0)
    after = min(2 * size * holder.share / holder.workers, 1.0)
    if before == 1:
        return np.zeros_like(first)
    chance = (after - before) / (1 - before)
    return rng.binomial(holder.workers - first, chance)


def _cut(wanted: Counts, size: int) -> Counts:
    """Seats in the order of the columns, until the round is full."""
    up_to = np.minimum(np.cumsum(wanted, axis=1), size)
    return np.diff(up_to, axis=1, prepend=0)


def _at_random(rng: np.random.Generator, wanted: Counts, places: Counts) -> Counts:
    """Seats among those waiting, each as likely as another, until the places are taken."""
    taken = np.zeros_like(wanted)
    others = wanted.sum(axis=1)
    left = np.minimum(places, others)
    for i in range(wanted.shape[1]):
        others = others - wanted[:, i]
        taken[:, i] = rng.hypergeometric(wanted[:, i], others, left)
        left = left - taken[:, i]
    return taken
