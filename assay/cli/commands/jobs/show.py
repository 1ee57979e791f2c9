"""`assay jobs show`."""

from __future__ import annotations

from dataclasses import fields as members
from typing import Any

import click
from rich.console import RenderableType
from rich.table import Column

from assay.cli import standing
from assay.cli.command import makes
from assay.cli.ids import word
from assay.cli.output import fields, rows, when
from assay.cli.session import Session
from assay.events import Event, JobPosted
from assay.jobs import Job

_LONGEST = 160
"""Characters of an event's values that are shown."""


@makes("Show how JOB stands, its terms, and all that happened to it.")
@click.argument("job")
def command(session: Session, job: str) -> None:
    client = session.reader
    history = client.history(word(job, "job"))
    (posted,) = (event for event in history if isinstance(event, JobPosted))
    found = standing.of(session, posted.job())
    cost = client.cost(found.job)
    document = {
        **found.document(session),
        "cost": cost,
        "terms": _values(found.job.request.terms),
        "callback": _callback(found.job),
        "history": [_event(event) for event in history],
    }
    session.show(document, _head(session, found, cost), _history(history))


def _head(session: Session, found: standing.Standing, cost: int | None) -> RenderableType:
    request, view = found.job.request, found.view
    terms = request.terms
    quote = session.reader.quote(terms, request.callback)
    values: dict[str, object] = {
        "job": found.job.job_id,
        "stands": found.says,
        "requester": request.requester,
        "version": request.version_id,
        "mode": f"{standing.mode(found.job)}, committee of {terms.committee}, "
        f"{terms.rounds} rounds at most",
        "seats": f"{found.seats} in round {view.round}: {view.committed} taken, "
        f"{view.revealed} opened",
        "input": f"{len(found.job.input)} bytes",
        "escrow": session.shown(quote.escrow),
        "cost": "known when it is closed" if cost is None else session.shown(cost),
    }
    if view.status.answered and found.final_at:
        values["final"] = when(found.final_at)
    if request.callback:
        done = "delivered" if view.delivered else "not delivered yet"
        values["callback"] = f"{request.callback.target}, {done}"
    return fields(values)


def _history(history: list[Event]) -> RenderableType:
    return rows(
        [Column("block", justify="right"), "what happened", "with"],
        [(event.at.block_number, type(event).__name__, _shown(event)) for event in history],
    )


def _shown(event: Event) -> str:
    parts = [
        f"{name}={'0x' + value.hex() if isinstance(value, bytes) else value}"
        for name, value in _values(event).items()
        if name != "job_id" and isinstance(value, bytes | int | str)
    ]
    text = ", ".join(parts)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _event(event: Event) -> dict[str, Any]:
    place = {
        "event": type(event).__name__,
        "block": event.at.block_number,
        "transaction": event.at.transaction_hash,
    }
    values = {
        name: value
        for name, value in _values(event).items()
        if isinstance(value, bytes | int | str | tuple)
    }
    return {**place, **values}


def _values(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that it shows; not its place."""
    return {one.name: getattr(value, one.name) for one in members(value) if one.repr}


def _callback(job: Job) -> dict[str, Any] | None:
    return _values(job.request.callback) if job.request.callback else None
