"""`assay stake switch`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.session import Session


@makes(
    """Switch the worker on or off.

    Off, it takes no new seats, and its stake no longer thins the draw from the next epoch on.
    """
)
@click.argument("state", type=click.Choice(["on", "off"]))
@sends
def command(session: Session, state: str) -> None:
    active = state == "on"
    session.consent.plan("Switch the worker", {"to": state}, {"active": active})
    mined = session.client.set_active(active)
    sent.show(session, mined, {"active": active}, f"the worker is {state}")
