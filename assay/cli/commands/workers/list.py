"""`assay workers list`."""

from __future__ import annotations

import click
from rich.table import Column

from assay.cli import staked
from assay.cli.command import makes
from assay.cli.output import count, rows
from assay.cli.session import Session


@makes("List the workers that have stake, the largest share of the draw first.")
@click.option("--all", "everyone", is_flag=True, help="Those without stake, too.")
def command(session: Session, everyone: bool) -> None:
    session.note("reading the vault's events …")
    client = session.reader
    total = client.total_stake()
    found = [one for one in client.workers() if everyone or one.free or one.weight]
    found.sort(key=lambda one: (-staked.fraction(one, total), -one.free))
    table = rows(
        [
            "worker",
            "on",
            Column("stake, free", justify="right"),
            Column("share", justify="right"),
            "signer",
            "endpoint",
        ],
        [
            (
                one.address,
                one.active,
                session.shown(one.free),
                staked.share(one, total),
                one.signer,
                one.endpoint,
            )
            for one in found
        ],
    )
    session.show(
        {"total": total, "workers": [staked.document(one, total) for one in found]},
        table,
        f"{count(len(found), 'worker')}; rounds that open now draw from {session.shown(total)}",
    )
