"""Waiting for jobs: shown on a terminal, and interrupted without losing their ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from assay.cli.errors import StoppedError
from assay.client import ANSWER_SECONDS
from assay.inference import Once, Progress
from assay.progress import watched

timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=ANSWER_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for the answer.",
)


@dataclass
class Watching:
    """Knows of every job that was told of, and passes it on."""

    once: Once
    job_ids: list[bytes] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        """Told of a job, for the first time before it is posted."""
        if progress.job_id not in self.job_ids:
            self.job_ids.append(progress.job_id)
        self.once(progress)


@contextmanager
def waiting(as_json: bool, *job_ids: bytes) -> Iterator[Watching]:
    """A watcher for what is waited for inside, with a display if somebody sees it.

    Raises StoppedError, with the jobs' ids, when it is interrupted.
    """
    watching = Watching(Once(None), list(job_ids))
    try:
        with watched(None, False if as_json else None) as once:
            watching.once = once
            yield watching
    except KeyboardInterrupt:
        raise StoppedError(watching.job_ids) from None
