"""What commands print: tables for people, one JSON document for programs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

_LARGEST_EXACT = 1 << 53
"""Above it programs that read numbers as doubles lose the last digits."""
_WIDE = 400
"""Columns where nobody looks: ids stay on one line for other programs."""


# --- for programs ---


def dumped(document: Any) -> str:
    """A document as JSON.

    Bytes are hex with 0x, integers above 2^53 texts, as are NaN and the infinities.
    """
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if hasattr(value, "tolist"):  # numpy's arrays and numbers
        value = value.tolist()
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= _LARGEST_EXACT else str(value)
        case float():
            return value if math.isfinite(value) else _named(value)
        case complex():
            return [_plain(value.real), _plain(value.imag)]
        case bytes():
            return "0x" + value.hex()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple() | set():
            return [_plain(item) for item in value]
        case _:
            return str(value)


def _named(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


# --- for people ---


def clean(text: object) -> str:
    """A text without what could steer a terminal: much of what is shown comes from strangers."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in str(text)
    )


def cell(value: object) -> RenderableType:
    """A value of a table: yes and no for truth values, hex for bytes."""
    match value:
        case Text() | Table():
            return value
        case bool():
            return "yes" if value else "no"
        case None:
            return "-"
        case bytes():
            return Text("0x" + value.hex(), overflow="fold")
        case _:
            return Text(clean(value), overflow="fold")


def fields(values: Mapping[str, object], title: str | None = None) -> Table:
    """A table of names and values."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(name, cell(value))
    return table


def rows(
    columns: Sequence[str | Column], lines: Iterable[Sequence[object]], title: str | None = None
) -> Table:
    """A table with a line for each thing."""
    table = Table(*columns, title=title, title_justify="left")
    for line in lines:
        table.add_row(*map(cell, line))
    return table


def show(as_json: bool, document: Any, *parts: RenderableType) -> None:
    """Prints a result: the document for programs, or the parts for people."""
    if as_json:
        click.echo(dumped(document))
    else:
        draw(sys.stdout.isatty(), parts)


def draw(terminal: bool, parts: Iterable[RenderableType], *, err: bool = False) -> None:
    """Prints parts for people, to standard output or error."""
    console = Console(
        file=sys.stderr if err else sys.stdout,
        width=None if terminal else _WIDE,
        highlight=False,
        soft_wrap=False,
    )
    for part in parts:
        console.print(Text(clean(part)) if isinstance(part, str) else part)


def note(as_json: bool, text: str) -> None:
    """Tells of something on the way, where somebody is at a terminal to read it."""
    if not as_json and sys.stderr.isatty():
        click.echo(clean(text), err=True)


def count(number: int, what: str) -> str:
    """So many things."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def when(seconds: int) -> str:
    """A time of the chain, UNIX seconds, for people."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"


def jobs_hint(values: Mapping[str, Any]) -> str:
    """The commands that go on with the jobs in an error's values."""
    named = [*values.get("jobs", ()), *([values["job"]] if "job" in values else ())]
    lines = [f"  assay jobs result 0x{job_id.hex()}" for job_id in named]
    return "\n".join(["go on with:", *lines]) if lines else ""
