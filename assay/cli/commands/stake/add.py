"""`assay stake add`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import in_wei, makes, sends
from assay.cli.session import Session

_STAKE_GAS = 60_000
"""What the stake itself takes, about, after a deposit."""


@makes(
    """Add AMOUNT of the asset, like 1.5, to the stake.

    What your credit lacks is deposited first. It counts in draws from the next epoch on.
    """
)
@click.argument("amount")
@in_wei
@sends
def command(session: Session, amount: str, wei: bool) -> None:
    value = session.wei(amount, in_wei=wei)
    client = session.client
    client.check_stake(value)
    lacking = max(0, value - client.credit())
    session.consent.plan(
        "Add to the stake",
        {"amount": session.shown(value), "of it to be deposited": session.shown(lacking)},
        {"amount": value, "deposit": lacking},
        later_gas=_STAKE_GAS if lacking else 0,
    )
    mined = client.stake(value)
    sent.show(
        session,
        mined,
        {"staked": value, "deposited": lacking},
        f"staked {session.shown(value)}; it counts from the next epoch on",
    )
