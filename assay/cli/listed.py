"""Models as they are listed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from assay.cli.output import count, rows
from assay.cli.session import Session
from assay.versions import Model


def limited(most: int) -> Callable[[Any], Any]:
    """The option that bounds a list."""
    return click.option(
        "--limit",
        type=click.IntRange(min=1, max=10_000),
        default=most,
        show_default=True,
        help="List at most so many.",
    )


def show(session: Session, models: Sequence[Model], limit: int) -> None:
    """Prints up to `limit` models; one more is only there to tell that there are more."""
    shown = models[:limit]
    more = len(models) > limit
    table = rows(
        ["model", "versions", "id"],
        [(f"{one.owner}/{one.name}", one.versions, one.model_id) for one in shown],
    )
    rest = "; there are more: raise --limit" if more else ""
    session.show(
        {"models": [document(one) for one in shown], "more": more},
        table,
        f"{count(len(shown), 'model')}{rest}",
    )


def document(model: Model) -> dict[str, Any]:
    """For programs."""
    return {
        "model": f"{model.owner}/{model.name}",
        "id": model.model_id,
        "owner": model.owner,
        "name": model.name,
        "versions": model.versions,
    }
