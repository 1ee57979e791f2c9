"""`assay jobs result`."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli import results
from assay.cli.command import makes
from assay.cli.ids import word
from assay.cli.output import when
from assay.cli.session import Session
from assay.cli.waiting import waiting
from assay.inference import named


@makes(
    """Get the answer of JOB, by the names of its model's outputs.

    Ends with code 3 while there is no final answer, with 4 if there will be none.
    """
)
@click.argument("job")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for it.",
)
@click.option("--provisional", is_flag=True, help="Take an answer that can still be appealed, too.")
@results.option
def command(
    session: Session, job: str, timeout: float, provisional: bool, output: Path | None
) -> None:
    job_id = word(job, "job")
    results.check(output)
    if provisional:
        _provisional(session, job_id, timeout, output)
        return
    client = session.reader
    posted = client.job(job_id)
    with waiting(session.as_json, job_id) as watching:
        found = client.resume(posted, timeout, watch=watching)
    document = results.document(found)
    results.write(output, document, [found.outputs])
    session.show(document, *results.parts(found))


def _provisional(session: Session, job_id: bytes, timeout: float, output: Path | None) -> None:
    client = session.reader
    posted = client.job(job_id)
    manifest = client.manifest(client.version(posted.request.version_id))
    with waiting(session.as_json, job_id):
        answer = client.wait(posted, timeout, provisional=True)
    arrays = named(answer, manifest.outputs)
    document = {
        "job": job_id,
        "outputs": results.outputs(arrays),
        "final": answer.final,
        "final_at": answer.final_at,
    }
    results.write(output, document, [arrays])
    until = "final" if answer.final else f"final on {when(answer.final_at)} unless appealed"
    session.show(document, results.table(arrays), until)
