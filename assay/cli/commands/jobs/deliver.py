"""`assay jobs deliver`."""

from __future__ import annotations

import click

from assay.cli import sent
from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.session import Session


@makes(
    """Call the callback of JOB with its final answer; anyone may.

    The first full attempt earns the delivery fee.
    """
)
@click.argument("job")
@sends
def command(session: Session, job: str) -> None:
    client = session.client
    posted = client.job(word(job, "job"))
    callback = posted.request.callback
    fee = callback.delivery_fee * session.deployment.unit
    session.consent.plan(
        "Deliver the answer",
        {
            "job": posted.job_id,
            "to": callback.target,
            "fee, for the first attempt": session.shown(fee),
        },
        {"job": posted.job_id, "to": callback.target, "fee": fee},
    )
    mined = client.deliver(posted)
    sent.show(session, mined, {"job": posted.job_id}, f"{callback.target} was called")
