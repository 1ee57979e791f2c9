"""`assay credit withdraw`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import in_wei, makes, sends
from assay.cli.session import Session


@makes("Take AMOUNT of your credit, like 1.5, or `all` of it, out of the vault.")
@click.argument("amount")
@click.option("--to", metavar="ADDRESS", help="To another account.")
@in_wei
@sends
def command(session: Session, amount: str, to: str | None, wei: bool) -> None:
    credit = session.reader.credit(session.address)
    value = credit if amount == "all" else session.wei(amount, in_wei=wei)
    receiver = to or session.address
    session.consent.plan(
        "Withdraw",
        {"amount": session.shown(value), "of a credit of": session.shown(credit), "to": receiver},
        {"amount": value, "to": receiver},
    )
    mined = session.client.withdraw(value, to)
    document = {"withdrawn": value, "to": receiver}
    sent.show(session, mined, document, f"withdrew {session.shown(value)}")
