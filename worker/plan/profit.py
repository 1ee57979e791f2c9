"""Does a seat, or a delivery, pay for its gas?"""

from __future__ import annotations

from assay.terms import BASIS_POINTS
from worker.plan.draft import Draft

COMMITTEE_GAS = 119_000
"""Of a vote in a committee: its commitment, its reveal and its part of a claim."""
TOLERANCE_GAS = 152_000
"""Of the same where results of some 256 numbers are compared one by one."""
PROPOSAL_GAS = 85_000
"""Of a proposal nobody appeals, with its parts of a claim and of a closing."""
DELIVERY_GAS = 50_000
"""Of a delivery, without what the callback takes. All are what benchmarks/gas.snapshot.json has for
them; a test compares."""

_COIN = 10**18
_NEVER = 1 << 96


def least_seat_fee(d: Draft) -> int:
    """The seat fee, units, for which this worker takes a seat at the gas price of now.

    What it keeps of it has to cover the gas of one seat, and the operator's margin.
    """
    policy, rules = d.policy, d.state.job.rules
    if policy.coin_units is None:
        return policy.min_seat_fee
    kept = BASIS_POINTS - rules.royalty_bps - rules.protocol_fee_bps
    if kept <= 0:
        return _NEVER
    return max(policy.min_seat_fee, _price_of(_seat_gas(d), d, kept))


def least_delivery_fee(d: Draft) -> int:
    """The delivery fee, units, for which this worker calls a callback that may use all its gas."""
    policy = d.policy
    if policy.coin_units is None:
        return policy.min_delivery_fee
    gas = DELIVERY_GAS + d.state.job.request.callback.gas_stipend
    return max(policy.min_delivery_fee, _price_of(gas, d, BASIS_POINTS))


def _price_of(gas: int, d: Draft, kept: int) -> int:
    """The fee, units, of which `kept` basis points cover so much gas and the margin."""
    policy = d.policy
    coins = gas * d.moment.gas_price * (100 + policy.min_profit_percent)
    return -(-coins * (policy.coin_units or 0) * BASIS_POINTS // (_COIN * 100 * kept))


def _seat_gas(d: Draft) -> int:
    if d.state.is_open:
        return PROPOSAL_GAS
    return COMMITTEE_GAS if d.state.exact else TOLERANCE_GAS
