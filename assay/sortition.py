"""Which seats a worker is drawn for: the arithmetic of `contracts/libraries/Sortition.sol`.

A worker with weight s of S is entitled to x = draw * s / S seats: floor(x), and one more when its
ticket, read as a fraction, is below the fraction of x. The draw is the committee's size for the
first half of the commit phase and grows evenly to twice that in the second. The draw of an open
round is one seat at the start and grows as L / (L - elapsed), so that at the end anybody may take
it. Where terms give a range of prices, the price rises with the draw, in steps. All integers,
nothing is rounded.
"""

from assay import ids
from assay.terms import PRICE_STEPS

RING = 4_096
"""Slots for the votes of one worker."""

SEED_BYTES = 12
"""Length of the part of a hash that seeds a round."""

_ONE = 1 << 128


def seed(entropy: bytes, job_id: bytes, round_: int) -> int:
    """The seed of a round, 96 bits. `entropy` is the hash of its seed block."""
    mixed = ids.hash_words(entropy, job_id, round_)
    return int.from_bytes(mixed[:SEED_BYTES], "big")


def ticket(seed_: int, worker: str) -> int:
    """A worker's lot in a round: 256 bits, the high half for the draw, the low for the slot."""
    return int.from_bytes(ids.hash_words(seed_, worker), "big")


def slot(ticket_: int) -> int:
    """Where the vote of that ticket lies among the worker's votes."""
    return ticket_ % RING


def seats(ticket_: int, committee: int, elapsed: int, length: int, weight: int, total: int) -> int:
    """Seats of a worker, `elapsed` seconds into a commit phase of `length` seconds.

    `weight` and `total` are as `StakeVault.weightOf` gives them for the opening of the round.
    """
    if total == 0:
        return 0
    growth = _growth(elapsed, length)
    whole, part = divmod(committee * (length + growth) * weight, length * total)
    return whole + ((ticket_ >> 128) * length * total < part << 128)


def seconds_until(
    ticket_: int, committee: int, length: int, weight: int, total: int, wanted: int
) -> int | None:
    """The first second of the commit phase at which the worker has `wanted` seats or more.

    None when the phase ends before. `wanted` is at least 1.
    """
    if total == 0 or weight == 0:
        return None
    # seats >= wanted means committee * (length + growth) * weight / (length * total) is above
    # wanted - 1 plus the ticket's fraction; that is solved for the growth, in units of 2^-128.
    threshold = length * total * ((wanted - 1) * _ONE + (ticket_ >> 128))
    growth = threshold // (committee * weight * _ONE) + 1 - length
    elapsed = (length + growth + 1) // 2 if growth > 0 else 0
    return elapsed if elapsed < length else None


def may_propose(ticket_: int, elapsed: int, length: int, weight: int, total: int) -> bool:
    """Whether a worker may take the seat of an open round, `elapsed` of `length` seconds in."""
    return (ticket_ >> 128) * total * (length - elapsed) < weight * length << 128


def seconds_until_open(ticket_: int, length: int, weight: int, total: int) -> int | None:
    """The first second of an open round at which the worker may propose.

    None when the round ends before: for a worker without weight.
    """
    if total == 0 or weight == 0:
        return None
    # The largest length - elapsed for which the comparison of `may_propose` holds.
    lot = (ticket_ >> 128) * total
    left = length if lot == 0 else min(length, ((weight * length << 128) - 1) // lot)
    return length - left if left > 0 else None


def step(elapsed: int, length: int) -> int:
    """The step of the price of a committee's seat: none in the first half of the commit phase."""
    return PRICE_STEPS * _growth(elapsed, length) // length


def open_step(elapsed: int, length: int) -> int:
    """The step of the price of an open round's seat."""
    return PRICE_STEPS * elapsed // length


def seconds_until_step(wanted: int, length: int) -> int:
    """The first second of a commit phase at which a committee's seat has that step or more."""
    growth = -(-wanted * length // PRICE_STEPS)
    return (length + growth + 1) // 2 if growth > 0 else 0


def seconds_until_open_step(wanted: int, length: int) -> int:
    """The first second of an open round at which its seat has that step or more."""
    return -(-wanted * length // PRICE_STEPS)


def _growth(elapsed: int, length: int) -> int:
    return max(2 * elapsed - length, 0)
