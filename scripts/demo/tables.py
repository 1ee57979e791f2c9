"""The tables that the demo ends with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Column, Table

from scripts.demo.findings import Balance, Earnings, Guarded, Judged, closeness
from scripts.demo.gas import Use
from scripts.demo.report import Figures, Report

TOKEN = 10**18


def tables(report: Report) -> Iterator[Table]:
    yield _answers(report.judged, report.guarded, report.figures)
    yield _workers(report.earned)
    yield _gas(report.uses)
    yield _books(report.balance)


def _answers(judged: Sequence[Judged], guarded: Guarded, figures: Figures) -> Table:
    accuracy, error = closeness(judged)
    agreeing = sum(item.agrees for item in judged)
    blocks = f"median {figures.blocks_median:g}, p95 {figures.blocks_p95:.0f}"
    table = Table("answers", "")
    table.add_row("settled", f"{len(judged)} of {figures.jobs}")
    table.add_row("as onnxruntime here says", f"{agreeing} of {len(judged)}")
    table.add_row("proposed by one worker", f"{guarded.proposed}, {guarded.lies} of them lies")
    table.add_row("lies appealed and overturned", f"{guarded.overturned} of {guarded.lies}")
    table.add_row("digits, right label", f"{accuracy:.0%}")
    table.add_row("diabetes, mean absolute error", f"{error:.1f}")
    table.add_row("blocks from post to decision", blocks)
    table.add_row("CPU of a daemon per job", f"{figures.overhead_ms:.1f} ms")
    return table


def _workers(earned: Sequence[Earnings]) -> Table:
    names = ("seats", "right", "fees", "appeals", "rewards", "bonds lost", "net")
    table = Table("worker", *_numbers(*names))
    for entry in earned:
        net = entry.net / TOKEN
        table.add_row(
            entry.worker,
            str(entry.seats),
            str(entry.right),
            f"{entry.fees / TOKEN:.4f}",
            str(entry.appeals),
            f"{entry.rewards / TOKEN:.4f}",
            f"{entry.bonds_lost / TOKEN:.4f}",
            f"[{'red' if net < 0 else 'green'}]{net:+.4f}[/]",
        )
    return table


def _gas(uses: Sequence[Use]) -> Table:
    table = Table("operation", *_numbers("count", "transactions", "gas each"))
    for use in uses:
        each = f"{use.gas / use.count:,.0f}"
        table.add_row(use.operation, str(use.count), str(use.transactions), each)
    return table


def _books(balance: Balance) -> Table:
    table = Table("the vault's books", *_numbers("wei"))
    table.add_row("holds", f"{balance.held:,}")
    table.add_row("credit", f"{balance.credit:,}")
    table.add_row("stake", f"{balance.stake:,}")
    table.add_row("burned", f"{balance.burned:,}")
    table.add_row("difference", f"{balance.difference:,}")
    return table


def _numbers(*names: str) -> list[Column]:
    return [Column(name, justify="right") for name in names]
