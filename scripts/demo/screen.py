"""The demo on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scripts.demo.report import Report
from scripts.demo.run import Counts
from scripts.demo.tables import tables


class Screen:
    """An audience that sees everything."""

    def __init__(self) -> None:
        self._console = Console()

    def hear(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, highlight=False)

    @contextmanager
    def watch(self, jobs: int) -> Iterator[Callable[[Counts], None]]:
        description = TextColumn("{task.description:>9}")
        columns = (description, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as progress:
            posted, settled, over = (
                progress.add_task(name, total=jobs) for name in ("posted", "settled", "paid out")
            )

            def show(counts: Counts) -> None:
                progress.update(posted, completed=counts.posted)
                progress.update(settled, completed=counts.settled)
                progress.update(over, completed=counts.over)

            yield show

    def show(self, report: Report) -> None:
        for table in tables(report):
            self._console.print(table)

    def praise(self, text: str) -> None:
        self._console.print(f"[green]{escape(text)}[/]", soft_wrap=True, highlight=False)

    def complain(self, what: str, text: str) -> None:
        self._console.print(f"[red]{what}:[/] {escape(text)}", soft_wrap=True, highlight=False)
