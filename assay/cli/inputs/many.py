"""Many jobs from one source: rows of a table or an array, elements of a list, files of a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay.arranging import Value
from assay.cli.errors import InputError
from assay.cli.inputs.fitting import Fitting
from assay.cli.inputs.sources import Source, is_folder, load, read
from assay.cli.inputs.tables import Table

MOST_JOBS = 1_000
"""From one source at once."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The inputs of one job, and what to call it: a row, or a file."""

    label: str
    inputs: dict[str, Value]


def split(text: str, fitting: Fitting) -> list[Labelled]:
    """The jobs in a source. Raises InputError."""
    if is_folder(text):
        return _files(Path(text), fitting)
    jobs = _elements(load(text), fitting, text)
    _bound(len(jobs), text)
    return [Labelled(f"row {number}", inputs) for number, inputs in enumerate(jobs)]


def _files(folder: Path, fitting: Fitting) -> list[Labelled]:
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")
    _bound(len(paths), str(folder))
    return [Labelled(path.name, fitting.in_order([read(path)])) for path in paths]


def _elements(source: Source, fitting: Fitting, text: str) -> Sequence[dict[str, Value]]:
    match source:
        case Table():
            return _rows(source, fitting)
        case np.ndarray() if source.ndim:
            return [fitting.in_order([row]) for row in source]
        case list():
            return [fitting.in_order([element]) for element in source]
        case Mapping():
            return _slices(source, fitting, text)
    raise InputError(
        f"{text}: no rows; expected a .csv, an array or archive with rows, a JSON list, or a folder"
    )


def _rows(table: Table, fitting: Fitting) -> list[dict[str, Value]]:
    if fitting.is_by_column(table):
        return [fitting.columns(table, slice(n, n + 1)) for n in range(len(table.rows))]
    return [fitting.in_order([Table((), (row,))]) for row in table.rows]


def _slices(arrays: Mapping[str, Value], fitting: Fitting, text: str) -> list[dict[str, Value]]:
    """Of arrays by name, what stands at each place of their first axes."""
    if not all(isinstance(one, np.ndarray | list) for one in arrays.values()):
        raise InputError(f"{text}: expected arrays, whose first axes count jobs")
    lengths = {name: len(one) for name, one in arrays.items() if isinstance(one, np.ndarray | list)}
    if len(set(lengths.values())) != 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"{text}: arrays with unequal numbers of rows: {said}")
    (count,) = set(lengths.values())
    return [
        fitting.named({name: one[n] for name, one in arrays.items()})  # type: ignore[index]
        for n in range(count)
    ]


def _bound(count: int, text: str) -> None:
    if not 1 <= count <= MOST_JOBS:
        raise InputError(f"{text}: {count} jobs; expected 1 to {MOST_JOBS} at once")
