"""`assay workers show`."""

from __future__ import annotations

import click

from assay.cli import staked
from assay.cli.command import makes
from assay.cli.session import Session


@makes("Show the worker of the cold account ADDRESS.")
@click.argument("address")
def command(session: Session, address: str) -> None:
    staked.show(session, address)
