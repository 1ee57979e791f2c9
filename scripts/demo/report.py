"""What the demo prints at the end, and the figures it leaves for the benchmarks."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from scripts.demo.books import Balance, Earnings, Judged, closeness
from scripts.demo.follow import Course
from scripts.demo.gas import Use

TOKEN = 10**18


@dataclass(frozen=True)
class Figures:
    """What the benchmarks take from a run."""

    jobs: int
    blocks_median: float
    blocks_p95: float
    overhead_ms: float
    """CPU time of a worker's daemon for each job on the chain, waiting aside, at the median worker."""


def figures(jobs: Sequence[Course], cpu_seconds: Sequence[float]) -> Figures:
    blocks = sorted(job.decided - job.posted for job in jobs if job.decided is not None)
    return Figures(
        jobs=len(jobs),
        blocks_median=statistics.median(blocks),
        blocks_p95=statistics.quantiles(blocks, n=20)[-1],
        overhead_ms=1_000 * statistics.median(cpu_seconds) / len(jobs),
    )


def verdict(judged: Sequence[Judged], earned: Sequence[Earnings], books: Balance) -> list[str]:
    """Everything that is not as it should be."""
    faults = [
        f"job for {item.task.model.name} settled on {item.answer.ravel()[:4]}…, not the model's answer"
        for item in judged
        if not item.agrees
    ]
    for entry in earned:
        if entry.operator.lies and entry.seats and not entry.bonds_lost:
            faults.append("the liar kept its bonds")
        if entry.operator.lies and not entry.seats:
            faults.append("the liar was never drawn")
        if not entry.operator.lies and entry.bonds_lost:
            faults.append(f"{entry.operator.name} is honest and lost {entry.bonds_lost} wei")
    if not books.balanced:
        owed = books.credit + books.stake + books.burned
        faults.append(f"the vault holds {books.held} wei and owes {owed}")
    return faults


def show(
    console: Console,
    judged: Sequence[Judged],
    earned: Sequence[Earnings],
    uses: Sequence[Use],
    books: Balance,
    numbers: Figures,
) -> None:
    console.print(_answers(judged, numbers))
    console.print(_workers(earned))
    console.print(_gas(uses))
    console.print(_books(books))


def _answers(judged: Sequence[Judged], numbers: Figures) -> Table:
    accuracy, error = closeness(judged)
    table = Table("answers", "", title_justify="left")
    table.add_row("settled", f"{len(judged)} of {numbers.jobs}")
    table.add_row("as onnxruntime here says", f"{sum(item.agrees for item in judged)} of {len(judged)}")
    table.add_row("digits, right label", f"{accuracy:.0%}")
    table.add_row("diabetes, mean absolute error", f"{error:.1f}")
    table.add_row("blocks from post to settled", f"median {numbers.blocks_median:g}, p95 {numbers.blocks_p95:.0f}")
    table.add_row("CPU of a daemon per job", f"{numbers.overhead_ms:.1f} ms")
    return table


def _workers(earned: Sequence[Earnings]) -> Table:
    table = Table("worker", *(_right(name) for name in ("seats", "right", "fees", "bonds lost", "net")))
    for entry in earned:
        net = (entry.fees - entry.bonds_lost) / TOKEN
        table.add_row(
            entry.operator.name,
            str(entry.seats),
            str(entry.right),
            f"{entry.fees / TOKEN:.6f}",
            f"{entry.bonds_lost / TOKEN:.6f}",
            f"[{'red' if net < 0 else 'green'}]{net:+.6f}[/]",
        )
    return table


def _gas(uses: Sequence[Use]) -> Table:
    table = Table("operation", *(_right(name) for name in ("count", "transactions", "gas each")))
    for use in uses:
        table.add_row(use.operation, str(use.count), str(use.transactions), f"{use.gas / use.count:,.0f}")
    return table


def _books(books: Balance) -> Table:
    table = Table("the vault's books", _right("wei"))
    table.add_row("holds", f"{books.held:,}")
    table.add_row("credit", f"{books.credit:,}")
    table.add_row("stake", f"{books.stake:,}")
    table.add_row("burned", f"{books.burned:,}")
    table.add_row("difference", f"{books.held - books.credit - books.stake - books.burned:,}")
    return table


def _right(name: str):  # type: ignore[no-untyped-def]
    from rich.table import Column

    return Column(name, justify="right")
