"""`assay models deprecate`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.session import Session


@makes(
    """Take VERSION, an id, out of service for good.

    It gets no new jobs; running ones finish. Only the model's owner can.
    """
)
@click.argument("version")
@sends
def command(session: Session, version: str) -> None:
    found = session.reader.version(word(version, "version"))
    model = session.reader.model(found.model_id)
    session.consent.plan(
        "Take a version out of service, for good",
        {"model": f"{model.owner}/{model.name}", "version": found.version_id},
        {"version": found.version_id},
    )
    mined = session.client.deprecate(found.version_id)
    sent.show(session, mined, {"version": found.version_id}, "it takes no new jobs")
