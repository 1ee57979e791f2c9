"""`assay jobs close`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.session import Session


@makes("Divide the money of JOB, which has ended; anyone may, once.")
@click.argument("job")
@sends
def command(session: Session, job: str) -> None:
    client = session.client
    posted = client.job(word(job, "job"))
    session.consent.plan("Divide the job's money", {"job": posted.job_id}, {"job": posted.job_id})
    mined = client.close(posted)
    sent.show(session, mined, {"job": posted.job_id}, "its money is divided")
