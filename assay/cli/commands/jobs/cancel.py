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
    quote = client.quote(posted.request.terms, posted.request.callback)
    session.consent.plan(
        "Take the job back",
        {"job": posted.job_id, "escrow that returns": session.shown(quote.escrow)},
        {"job": posted.job_id, "returns": quote.escrow},
    )
    mined = client.cancel(posted)
    sent.show(session, mined, {"job": posted.job_id}, "its escrow is in your credit again")
