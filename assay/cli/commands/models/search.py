"""`assay models search`."""

from __future__ import annotations

from itertools import islice

import click

from assay.cli import listed
from assay.cli.command import makes
from assay.cli.session import Session


@makes("List models that have TEXT in their name or owner; capitals do not count.")
@click.argument("text")
@listed.limited(100)
def command(session: Session, text: str, limit: int) -> None:
    wanted = text.lower()
    models = session.reader.models()
    found = (one for one in models if wanted in f"{one.owner}/{one.name}".lower())
    listed.show(session, list(islice(found, limit + 1)), limit)
