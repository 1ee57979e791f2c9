"""Inputs of several jobs as one, and the outputs apart again. For the sandboxed child."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.execution.session import Arrays

Run = Callable[[Arrays], Sequence[npt.NDArray[Any]]]


class NotByRowsError(Exception):
    """The model does not give a row for each row."""


def run_together(inputs: Sequence[Arrays], run: Run) -> list[Arrays]:
    """The outputs for each of the inputs, each group of like shape in one run.

    For models that are by rows (`assay.inspection.rows`): a bond hangs on each answer, so one of
    each group, which nobody can foresee, is run by itself, too. Raises NotByRowsError, and what
    `run` raises.
    """
    found: list[Arrays] = [[] for _ in inputs]
    for places in _alike(inputs):
        arrays = [inputs[place] for place in places]
        outputs = run([np.concatenate(columns) for columns in zip(*arrays, strict=True)])
        parts = _apart(outputs, list(map(_rows, arrays)))
        checked = secrets.randbelow(len(arrays))
        if len(arrays) > 1 and not _same(parts[checked], run(arrays[checked])):
            raise NotByRowsError("an input gave other outputs together with others than alone")
        for place, part in zip(places, parts, strict=True):
            found[place] = part
    return found


def _alike(inputs: Sequence[Arrays]) -> list[list[int]]:
    """Places of inputs that differ in their number of rows alone; those without rows by
    themselves, since they may be an error of their own."""
    groups: dict[Any, list[int]] = {}
    for place, arrays in enumerate(inputs):
        rows = {array.shape[0] for array in arrays}
        kind = tuple((array.dtype, array.shape[1:]) for array in arrays)
        together = len(rows) == 1 and rows != {0}
        groups.setdefault(kind if together else place, []).append(place)
    return list(groups.values())


def _same(parts: Arrays, alone: Sequence[npt.NDArray[Any]]) -> bool:
    return all(
        part.dtype == array.dtype and np.array_equal(part, array)
        for part, array in zip(parts, alone, strict=True)
    )


def _rows(arrays: Arrays) -> int:
    return int(arrays[0].shape[0])


def _apart(outputs: Sequence[npt.NDArray[Any]], rows: Sequence[int]) -> list[Arrays]:
    if len(rows) == 1:
        return [outputs]
    ends = [0, *accumulate(rows)]
    if any(array.ndim == 0 or array.shape[0] != ends[-1] for array in outputs):
        raise NotByRowsError(f"{ends[-1]} rows went in, and not as many came out")
    return [[array[begin:end] for array in outputs] for begin, end in pairwise(ends)]
