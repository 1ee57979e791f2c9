"""`assay jobs advance`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.session import Session


@makes("End a round of JOB that ran out of time, so that the next begins; anyone may.")
@click.argument("job")
@sends
def command(session: Session, job: str) -> None:
    client = session.client
    posted = client.job(word(job, "job"))
    session.consent.plan("End the round", {"job": posted.job_id}, {"job": posted.job_id})
    mined = client.advance(posted)
    sent.show(session, mined, {"job": posted.job_id}, "the round has ended")
