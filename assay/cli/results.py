"""Answers as they are printed, and written to files."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from rich.console import RenderableType

from assay.cli.errors import OutputError
from assay.cli.output import cell, dumped, fields, rows
from assay.inference import Inference
from assay.tensors import DataType

Array = npt.NDArray[Any]

_SUFFIXES = (".npz", ".json")
_SHOWN = 8
"""Elements of an array that are shown at each end."""

option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the result to a .npz or .json file, too.",
)


def document(found: Inference) -> dict[str, Any]:
    """An answer for programs. Amounts in wei."""
    behind = found.provenance
    return {
        "job": found.job_id,
        "outputs": outputs(found.outputs),
        "final": found.answer.final,
        "final_at": found.answer.final_at,
        "provenance": {
            "version": behind.version_id,
            "artefact": behind.artefact,
            "proposer": behind.proposer,
            "agreed": behind.agreed,
            "differed": behind.differed,
            "appeals": behind.appeals,
            "transactions": behind.transactions,
            "answered_in": behind.answered_in,
        },
    }


def outputs(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """Arrays for programs, with what their values alone do not say."""
    return {name: _described(array) for name, array in arrays.items()}


def _described(array: Array) -> dict[str, Any]:
    dtype, shape = DataType.of(array).name, list(array.shape)
    return {"dtype": dtype, "shape": shape, "values": _readable(array)}


def parts(found: Inference) -> list[RenderableType]:
    """An answer for people."""
    behind = found.provenance
    who = f"proposed by {behind.proposer}" if behind.proposer else None
    return [
        table(found.outputs),
        fields(
            {
                "job": found.job_id,
                "version": behind.version_id,
                "artefact, sha256": behind.artefact.hex(),
                "answered in block": behind.answered_in,
                "agreed": who or "\n".join(behind.agreed),
                "differed": "\n".join(behind.differed) or "nobody",
                "appeals": behind.appeals,
                "transactions": len(behind.transactions),
            }
        ),
    ]


def table(arrays: Mapping[str, Array]) -> RenderableType:
    """Arrays for people, long ones cut."""
    lines = [
        (name, DataType.of(array).name, str(list(array.shape)), cell(_short(array)))
        for name, array in arrays.items()
    ]
    return rows(["output", "type", "shape", "values"], lines)


def check(path: Path | None) -> None:
    """Raises OutputError for a file that could not be written: better before paying."""
    if path is None:
        return
    if path.suffix not in _SUFFIXES:
        raise OutputError(f"{path}: expected a name that ends in {' or '.join(_SUFFIXES)}")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"{path}: its folder is not there, or cannot be written to")


def write(path: Path | None, shown: Any, found: Sequence[Mapping[str, Array] | None]) -> None:
    """Writes results, whole or not at all.

    JSON is the document that `--json` prints. In a .npz one result's arrays have their outputs'
    names, those of several `name.0`, `name.1`, …; jobs without an answer (None) are left out.
    """
    if path is None:
        return
    content = dumped(shown).encode() + b"\n" if path.suffix == ".json" else _packed(found)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(content)
        Path(draft.name).chmod(0o666 & ~_umask())
        Path(draft.name).replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def _packed(found: Sequence[Mapping[str, Array] | None]) -> bytes:
    alone = len(found) == 1
    arrays = {
        name if alone else f"{name}.{index}": _kept(array)
        for index, one in enumerate(found)
        for name, array in (one or {}).items()
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _kept(array: Array) -> Array:
    """As numpy alone can read it again, without running code."""
    if array.dtype == object:
        return array.astype(np.str_)
    return _readable(array)


def _readable(array: Array) -> Array:
    """Types that only an extension knows, as the next that numpy has."""
    if array.dtype.kind != "V" and array.dtype.isbuiltin == 1:
        return array
    if array.dtype == object:
        return array
    name = array.dtype.name
    return array.astype(np.int8 if name.startswith(("int", "uint")) else np.float32)


def _short(array: Array) -> str:
    values = _readable(array)
    return np.array2string(
        values,
        threshold=2 * _SHOWN,
        edgeitems=_SHOWN,
        separator=", ",
        max_line_width=100,
        suppress_small=True,
    )


def _umask() -> int:
    """The process's own; asking for it takes setting it."""
    found = os.umask(0o077)
    os.umask(found)
    return found
