"""`assay jobs watch`."""

from __future__ import annotations

import click

from assay.cli import standing
from assay.cli import waiting as waits
from assay.cli.command import makes
from assay.cli.ids import word
from assay.cli.session import Session


@makes(
    """Follow JOB until its answer is final.

    Ends with code 0 then, with 3 after the timeout, with 4 if there is no answer.
    """
)
@click.argument("job")
@waits.timeout
def command(session: Session, job: str, timeout: float) -> None:
    client = session.reader
    posted = client.job(word(job, "job"))
    with waits.waiting(session.as_json, posted.job_id) as watching:
        client.wait(posted, timeout, watch=watching)
    found = standing.of(session, posted)
    session.show(found.document(session), f"job 0x{posted.job_id.hex()}: {found.says}")
