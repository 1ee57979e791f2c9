"""What the protocol's vectors share: parties, terms and rules, and how they are written."""

from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import address
from assay.terms import Callback, Numerics, Rules, Terms


def party(name: str) -> ChecksumAddress:
    """The address of somebody in the cases."""
    return address(ids.digest(name.encode())[12:])


def hash_(name: str) -> bytes:
    """Some 32 bytes."""
    return ids.digest(name.encode())


def data(value: bytes) -> str:
    """Bytes as text."""
    return "0x" + value.hex()


def number(value: int) -> str:
    """An integer that may be large, as text."""
    return hex(value)


MOST = (1 << 48) - 1
"""The largest amount that fits Terms."""

TERMS = {
    "smallest": Terms.for_committee(
        3, seat_fee=1, bond=1, rounds=1, commit_seconds=4, reveal_seconds=4
    ),
    "common": Terms.for_committee(5, seat_fee=2_000, bond=50_000),
    "appeals": Terms.for_committee(
        31, seat_fee=7, seat_fee_cap=1_000_007, bond=MOST, rounds=4, appeal_window=86_400
    ),
    "fee range": Terms(
        committee=31,
        rounds=5,
        commit_seconds=3_600,
        reveal_seconds=604_800,
        appeal_window=86_400,
        seat_fee=10,
        seat_fee_cap=25,
        bond=MOST,
        mode=1,
    ),
    "optimistic": Terms.optimistic(
        5, seat_fee=2_000, bond=50_000, appeal_window=600, rounds=2, commit_seconds=30
    ),
    "every bit": Terms(
        committee=255,
        rounds=255,
        commit_seconds=(1 << 24) - 1,
        reveal_seconds=(1 << 24) - 1,
        appeal_window=(1 << 32) - 1,
        seat_fee=MOST,
        seat_fee_cap=MOST,
        bond=MOST,
        mode=255,
    ),
}
RULES = {
    "exact": Rules(numerics=Numerics.EXACT, protocol_fee_bps=100, burn_bps=2_000),
    "tolerance": Rules(
        numerics=Numerics.TOLERANCE,
        atol=0x3727C5AC,
        rtol=429_497,
        royalty_bps=333,
        protocol_fee_bps=1_000,
        burn_bps=10_000,
    ),
    "widest": Rules(
        numerics=Numerics.TOLERANCE,
        atol=0x7F7FFFFF,
        rtol=1_431_655_765,
        royalty_bps=5_000,
        protocol_fee_bps=1_000,
        burn_bps=1_000,
    ),
}


CALLBACK = Callback(target=party("dapp"), gas_stipend=200_000, delivery_fee=1_500)
