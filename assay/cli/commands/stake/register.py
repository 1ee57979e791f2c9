"""`assay stake register`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.session import Session


@makes(
    """Become a worker, switched on, whose hot key is SIGNER.

    `assay-worker new-key` makes a signer and prints its address.
    """
)
@click.argument("signer")
@click.option("--endpoint", default="", help="Where the worker serves artefacts.")
@sends
def command(session: Session, signer: str, endpoint: str) -> None:
    costs = {"worker": session.address, "signer": signer, "endpoint": endpoint}
    session.consent.plan("Register a worker", costs, costs)
    mined = session.client.register_worker(signer, endpoint)
    sent.show(session, mined, costs, f"{session.address} is a worker")
