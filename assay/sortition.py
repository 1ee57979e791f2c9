"""Which seats a worker is drawn for: the arithmetic of `contracts/libraries/Sortition.sol`.

A worker with weight s of S is entitled to x = draw * s / S seats: floor(x), and one more when its
ticket, read as a fraction, is below the fraction of x. The draw is the committee's size for the
first half of the commit phase and grows evenly to twice that in the second. All integers, nothing
is rounded.
"""

from eth_abi.abi import encode
from eth_utils.crypto import keccak

RING = 4_096
"""Slots for the votes of one worker."""

SEED_BYTES = 12
"""Length of the part of a hash that seeds a round."""

_ONE = 1 << 128


def seed(entropy: bytes, job_id: bytes, round_: int) -> int:
    """The seed of a round, 104 bits. `entropy` is the hash of its seed block."""
    mixed = keccak(encode(("bytes32", "bytes32", "uint256"), (entropy, job_id, round_)))
    return int.from_bytes(mixed[:SEED_BYTES], "big")


def ticket(seed_: int, worker: str) -> int:
    """A worker's lot in a round: 256 bits, the high half for the draw, the low for the slot."""
    return int.from_bytes(keccak(encode(("uint256", "address"), (seed_, worker))), "big")


def slot(ticket_: int) -> int:
    """Where the vote of that ticket lies among the worker's votes."""
    return ticket_ % RING


def seats(ticket_: int, committee: int, elapsed: int, length: int, weight: int, total: int) -> int:
    """Seats of a worker, `elapsed` seconds into a commit phase of `length` seconds.

    `weight` and `total` are as `StakeVault.weightOf` gives them for the opening of the round.
    """
    if total == 0:
        return 0
    growth = max(2 * elapsed - length, 0)
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
