"""`assay models list`."""

from __future__ import annotations

from itertools import islice

import click

from assay.cli import listed
from assay.cli.command import makes
from assay.cli.session import Session


@makes("List models, the oldest first.")
@click.option("--owner", metavar="ADDRESS", help="Of one owner only.")
@listed.limited(100)
def command(session: Session, owner: str | None, limit: int) -> None:
    from assay.addresses import address

    wanted = None if owner is None else address(owner)
    found = (one for one in session.reader.models() if wanted in (None, one.owner))
    listed.show(session, list(islice(found, limit + 1)), limit)
