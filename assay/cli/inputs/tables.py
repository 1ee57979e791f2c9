"""CSV: rows of numbers or texts, perhaps below a line with names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.cli.errors import InputError

_Cell = float | int | str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length. Without a line of names `names` is empty."""

    names: tuple[str, ...]
    rows: tuple[tuple[_Cell, ...], ...]


def read_csv(path: Path) -> Table:
    """The rows of a file.

    Its first line is one of names if none of its cells is a number and some below are. Raises
    InputError for rows of unequal lengths.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            lines = [line for line in csv.reader(file) if line]
        except csv.Error as error:
            raise InputError(f"{path}: not CSV: {error}") from None
    if not lines:
        raise InputError(f"{path}: no rows")
    width = len(lines[0])
    for number, line in enumerate(lines, 1):
        if len(line) != width:
            raise InputError(
                f"{path}: row {number} has {len(line)} cells, and the first {width}: rows must be "
                "of equal length"
            )
    return of(lines)


def of(lines: Sequence[Sequence[str]]) -> Table:
    """A table of lines, with or without names."""
    cells = [tuple(_cell(text) for text in line) for line in lines]
    names = _is_names(cells)
    head = tuple(text.strip() for text in lines[0]) if names else ()
    return Table(head, tuple(cells[1:] if names else cells))


def _is_names(cells: Sequence[Sequence[_Cell]]) -> bool:
    first, others = cells[0], cells[1:]
    if not all(isinstance(cell, str) for cell in first):
        return False
    return any(not isinstance(cell, str) for line in others for cell in line)


def _cell(text: str) -> _Cell:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
