"""How jobs come along, shown on a terminal or in a notebook while one waits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from assay.inference import Once, Progress, Stage, Watch

_STAGES = {stage: place for place, stage in enumerate(Stage)}
_SHORT = {
    Stage.SENDING: "being sent",
    Stage.POSTED: "posted",
    Stage.COMMITTED: "voted on",
    Stage.REVEALING: "revealing",
    Stage.ANSWERED: "open to appeal",
    Stage.FINAL: "final",
}


@contextmanager
def watched(watch: Watch | None, shows: bool | None) -> Iterator[Once]:
    """Tells a watcher; where there is none, a display, if that is wanted or somebody sees it."""
    console = Console(stderr=True)
    seen = (console.is_terminal or console.is_jupyter) if shows is None else shows
    if watch is not None or not seen:
        yield Once.of(watch)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console) as bar:
        yield Once(Display(bar))


class Display:
    """One line for one job, or for many together. May be told by several threads."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._jobs: dict[bytes, Progress] = {}
        self._lock = threading.Lock()
        self._task = bar.add_task("finding the model, checking the inputs", total=None)

    def __call__(self, progress: Progress) -> None:
        """Shows how this job stands now, too."""
        with self._lock:
            self._jobs[progress.job_id] = progress
            self._bar.update(
                self._task,
                description=described(list(self._jobs.values())),
                completed=sum(_STAGES[each.stage] for each in self._jobs.values()),
                total=_STAGES[Stage.FINAL] * len(self._jobs),
            )


def described(jobs: list[Progress]) -> str:
    """How jobs stand, in a line."""
    if len(jobs) > 1:
        counts = Counter(job.stage for job in jobs)
        stages = [f"{counts[stage]} {_SHORT[stage]}" for stage in Stage if counts[stage]]
        return f"{len(jobs)} jobs: {', '.join(stages)}"
    (job,) = jobs
    round_ = f", round {job.round + 1}" if job.round else ""
    return f"job 0x{job.job_id.hex()[:8]}…{round_}: {job.stage.value}{_votes(job)}"


def _votes(job: Progress) -> str:
    if job.stage is Stage.COMMITTED:
        return f" ({job.committed} of {job.seats})"
    if job.stage is Stage.REVEALING:
        return f" ({job.revealed} of {job.committed})"
    return ""
