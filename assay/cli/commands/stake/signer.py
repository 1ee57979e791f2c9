"""`assay stake signer`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.session import Session


@makes(
    """Give the worker another hot key, at once.

    Votes that were committed under the old one can still be revealed.
    """
)
@click.argument("signer")
@sends
def command(session: Session, signer: str) -> None:
    before = session.reader.worker(session.address).signer
    session.consent.plan(
        "Change the signer", {"from": before, "to": signer}, {"from": before, "to": signer}
    )
    mined = session.client.set_signer(signer)
    sent.show(session, mined, {"signer": signer}, f"the signer is {signer}")
