"""`assay stake show`."""

from __future__ import annotations

from assay.cli import staked
from assay.cli.command import makes
from assay.cli.session import Session


@makes("Show your worker: stake, signer, endpoint, what is on its way out.")
def command(session: Session) -> None:
    staked.show(session, session.address)
