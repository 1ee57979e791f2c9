"""`assay stake unstake`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import in_wei, makes, sends
from assay.cli.output import when
from assay.cli.session import Session


@makes(
    """Start taking AMOUNT, like 1.5, or `all` that is in no job, out of the stake.

    From the next epoch on `assay stake withdraw` moves it into your credit.
    """
)
@click.argument("amount")
@in_wei
@sends
def command(session: Session, amount: str, wei: bool) -> None:
    free = session.reader.worker(session.address).free
    value = free if amount == "all" else session.wei(amount, in_wei=wei)
    session.consent.plan(
        "Take out of the stake",
        {"amount": session.shown(value), "of a free stake of": session.shown(free)},
        {"amount": value},
    )
    mined = session.client.unstake(value)
    release_at = session.reader.worker(session.address).release_at
    sent.show(
        session,
        mined,
        {"unstaked": value, "release_at": release_at},
        f"{session.shown(value)} can be withdrawn from {when(release_at)} on",
    )
