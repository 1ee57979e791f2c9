"""`assay stake endpoint`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.session import Session


@makes("Say where the worker serves artefacts: a URI, or an empty text for nowhere.")
@click.argument("uri")
@sends
def command(session: Session, uri: str) -> None:
    session.consent.plan("Change the endpoint", {"to": uri or "none"}, {"endpoint": uri})
    mined = session.client.set_endpoint(uri)
    sent.show(session, mined, {"endpoint": uri}, f"the endpoint is {uri or 'none'}")
