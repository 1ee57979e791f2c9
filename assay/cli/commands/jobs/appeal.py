"""`assay jobs appeal`."""

from __future__ import annotations

import click

from assay.cli.command import makes, sends
from assay.cli.ids import word
from assay.cli.output import fields
from assay.cli.session import Session
from assay.contract_errors import contract_error

_APPEAL_GAS = 150_000
"""What the appeal itself takes, about, after a deposit."""


@makes(
    """Put the answer of JOB before a larger committee, at your own risk.

    The deposit is a bond, lost if the answer stands, and the seats of all rounds that may follow.
    If the answer falls, bond and cost come back, and a reward. What your credit lacks is deposited
    first.
    """
)
@click.argument("job")
@sends
def command(session: Session, job: str) -> None:
    client = session.client
    posted = client.job(word(job, "job"))
    takes, credit = client.appeal_deposit(posted), client.credit()
    lacking = max(0, takes - credit)
    held = client.balance()
    if held < lacking:
        raise contract_error(
            "InsufficientCredit", account=client.address, available=credit + held, required=takes
        )
    bond = posted.request.terms.bond * session.deployment.unit
    session.consent.plan(
        "Appeal the answer",
        {
            "job": posted.job_id,
            "deposit": session.shown(takes),
            "of it the bond, lost if the answer stands": session.shown(bond),
            "to be moved into your credit first": session.shown(lacking),
        },
        {"job": posted.job_id, "deposit": takes, "bond": bond, "lacking": lacking},
        later_gas=_APPEAL_GAS if lacking else 0,
    )
    if lacking:
        client.deposit(lacking)
    appeal = client.appeal(posted)
    document = {
        "job": posted.job_id,
        "round": appeal.round,
        "deposit": appeal.deposit,
        "transaction": appeal.transaction_hash,
    }
    session.show(
        document,
        f"appealed the answer of round {appeal.round} with {session.shown(appeal.deposit)}",
        fields({"transaction": appeal.transaction_hash}),
    )
