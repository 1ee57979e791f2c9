"""`assay jobs list`."""

from __future__ import annotations

import click

from assay import listing
from assay.cli import standing
from assay.cli.command import makes
from assay.cli.errors import SettingsError
from assay.cli.listed import limited
from assay.cli.output import count, rows
from assay.cli.session import Session


@makes("List jobs, the newest first, by default your own.")
@click.option("--all", "everyone", is_flag=True, help="Jobs of everybody.")
@click.option("--requester", metavar="ADDRESS", help="Jobs of another account.")
@limited(listing.JOBS)
@click.option(
    "--blocks",
    type=click.IntRange(min=1),
    default=listing.BLOCKS,
    show_default=True,
    help="Look through so many of the newest blocks.",
)
def command(
    session: Session, everyone: bool, requester: str | None, limit: int, blocks: int
) -> None:
    if everyone and requester:
        raise click.UsageError("--all and --requester exclude each other")
    owner = None if everyone else requester or _own(session)
    session.note("reading the queue's events …")
    found = session.reader.jobs(owner, limit=limit, blocks=blocks)
    at = standing.now(session)
    jobs = [standing.of(session, job, at) for job in found.jobs]
    table = rows(
        ["job", "block", "mode", "stands", *(["requester"] if owner is None else [])],
        [
            (
                one.job.job_id,
                one.job.block_number,
                standing.mode(one.job),
                one.says,
                *([one.job.request.requester] if owner is None else []),
            )
            for one in jobs
        ],
    )
    session.show(
        {
            "jobs": [one.document(session) for one in jobs],
            "first_block": found.first_block,
            "complete": found.complete,
        },
        table,
        _reach(found),
    )


def _own(session: Session) -> str:
    try:
        return session.address
    except SettingsError as error:
        raise SettingsError([*error.faults, "or ask for --all, or --requester ADDRESS"]) from None


def _reach(found: listing.Listing) -> str:
    if found.complete:
        return f"{count(len(found.jobs), 'job')}, all there are"
    return (
        f"{count(len(found.jobs), 'job')}, back to block {found.first_block}; for older ones raise "
        "--limit or --blocks"
    )
