"""`assay doctor`."""

from __future__ import annotations

import click

from assay.cli.command import makes
from assay.cli.doctor.findings import Verdict
from assay.cli.doctor.looks import look
from assay.cli.errors import Exit
from assay.cli.output import rows
from assay.cli.session import Session


@makes(
    """Look at everything the other commands need, and say what is wrong, all at once.

    Nothing is sent, and no password asked for. Ends with code 1 if anything is wrong.
    """
)
@click.pass_context
def command(ctx: click.Context, session: Session) -> None:
    found = look(session)
    wrong = sum(one.verdict is Verdict.WRONG for one in found)
    table = rows(["", "what", ""], [(one.shown, one.name, one.detail) for one in found])
    document = {
        "ok": not wrong,
        "checks": [
            {"name": one.name, "verdict": one.verdict.value, "detail": one.detail} for one in found
        ],
    }
    session.show(document, table, f"{wrong} wrong" if wrong else "nothing is wrong")
    if wrong:
        ctx.exit(Exit.REFUSED)
