"""`assay credit show`."""

from __future__ import annotations

import click

from assay.cli.coin import balance
from assay.cli.command import makes
from assay.cli.consent import coins
from assay.cli.output import fields
from assay.cli.session import Session


@makes("Show an account's credit in the vault and what it holds, by default your own.")
@click.option("--account", metavar="ADDRESS", help="Another account.")
def command(session: Session, account: str | None) -> None:
    from assay.addresses import address

    owner = session.address if account is None else address(account)
    credit, held = session.reader.credit(owner), session.reader.balance(owner)
    coin = balance(session.w3, owner)
    session.show(
        {"account": owner, "credit": credit, "asset": held, "coin": coin},
        fields(
            {
                "account": owner,
                "credit in the vault": session.shown(credit),
                "outside of it": session.shown(held),
                "for gas": coins(coin),
            }
        ),
    )
