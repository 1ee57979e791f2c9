"""`assay credit deposit`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import in_wei, makes, sends
from assay.cli.session import Session


@makes("Move AMOUNT of the asset, like 1.5, into the vault.")
@click.argument("amount")
@click.option("--to", metavar="ADDRESS", help="Into another account's credit.")
@in_wei
@sends
def command(session: Session, amount: str, to: str | None, wei: bool) -> None:
    value = session.wei(amount, in_wei=wei)
    receiver = to or session.address
    session.consent.plan(
        "Deposit",
        {"amount": session.shown(value), "into the credit of": receiver},
        {"amount": value, "to": receiver},
    )
    mined = session.client.deposit(value, to)
    document = {"deposited": value, "to": receiver}
    sent.show(session, mined, document, f"deposited {session.shown(value)}")
