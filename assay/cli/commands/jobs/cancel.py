"""`assay jobs cancel`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.session import Session


@makes(
    """Take back JOB, one of your own that was just posted.

    Possible until its seed block has passed: in the block of the post and the next one.
    """
)
@click.argument("job")
@sends
def command(session: Session, job: str) -> None:
    client = session.client
    posted = client.job(word(job, "job"))
    escrow = client.quote(posted.request.terms, posted.request.callback).escrow
    session.consent.plan(
        "Take the job back",
        {"job": posted.job_id, "escrow that returns": session.shown(escrow)},
        {"job": posted.job_id, "returns": escrow},
    )
    mined = client.cancel(posted)
    document = {"job": posted.job_id, "returned": escrow}
    sent.show(session, mined, document, f"{session.shown(escrow)} are in your credit again")
