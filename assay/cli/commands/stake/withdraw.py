"""`assay stake withdraw`."""

from __future__ import annotations

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.session import Session


@makes(
    """Move what was taken out of the stake, an epoch ago or longer, into your credit.

    `assay credit withdraw` takes it out of the vault from there.
    """
)
@sends
def command(session: Session) -> None:
    amount = session.reader.worker(session.address).unbonding
    session.consent.plan(
        "Move stake into the credit", {"amount": session.shown(amount)}, {"amount": amount}
    )
    mined = session.client.release_stake()
    sent.show(session, mined, {"released": amount}, f"{session.shown(amount)} are in your credit")
