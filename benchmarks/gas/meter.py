"""What a transaction cost, taken apart."""

from dataclasses import dataclass

BASE = 21_000
ZERO_BYTE = 4
OTHER_BYTE = 16


@dataclass(frozen=True)
class Spent:
    """Gas of one transaction."""

    total: int
    """As the receipt says."""
    execution: int
    """Without the base cost and the calldata, so that different calldata compare as equal."""


def spent(gas_used: int, calldata: bytes) -> Spent:
    """Takes the receipt's gas apart."""
    zeros = calldata.count(0)
    intrinsic = BASE + ZERO_BYTE * zeros + OTHER_BYTE * (len(calldata) - zeros)
    return Spent(gas_used, gas_used - intrinsic)
