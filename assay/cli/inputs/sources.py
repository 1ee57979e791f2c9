"""One source: a text or a file, as far as it can be read without knowing the model."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assay.arranging import Value
from assay.cli.errors import InputError
from assay.cli.inputs.tables import Table, read_csv

MOST_BYTES = 64 << 20
"""Of one file. A job's input has to fit into a transaction, which is far less."""

_DEEPEST = 64
"""Brackets in brackets: where a library has raised Python's own bound, the parser overruns its
stack. No tensor has more axes."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file with pixels; what they become depends on the input."""

    path: Path


Source = Value | Mapping[str, Value] | Picture | Table
"""A value, values by name, a picture, or rows."""


def load(text: str) -> Source:
    """What a text on the command line stands for: JSON as it is, `-` for standard input, a file.

    Raises InputError.
    """
    if text == "-":
        return _json(sys.stdin.read(MOST_BYTES + 1), "standard input")
    path = Path(text)
    if _is(path.exists):
        return read(path)
    try:
        return _json(text, "the text")
    except InputError:
        raise InputError(
            f"{text[:80]!r}: there is no such file, and it is no JSON either; expected a file "
            f"({', '.join(sorted([*_READERS, *PICTURES]))}), JSON, or - for JSON on standard input"
        ) from None


def read(path: Path) -> Source:
    """What a file holds. Raises InputError."""
    suffix = path.suffix.lower()
    if suffix in PICTURES:
        return Picture(path)
    reader = _READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted([*_READERS, *PICTURES]))
        raise InputError(f"{path}: expected one of {known}")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{path}: {size} bytes; expected at most {MOST_BYTES}")
        return reader(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError, KeyError) as error:
        raise InputError(f"{path}: cannot be read as {suffix[1:]}: {error}") from None


def is_folder(text: str) -> bool:
    """Whether a text names a folder."""
    return _is(Path(text).is_dir)


def _is(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except (OSError, ValueError):  # a text that is no name at all
        return False


def _read_json(path: Path) -> Source:
    return _json(path.read_text(encoding="utf-8"), str(path))


def _read_npy(path: Path) -> Source:
    array = np.load(path, allow_pickle=False)
    if not isinstance(array, np.ndarray):
        raise InputError(f"{path}: an archive, not an array; call it .npz")
    return array


def _read_npz(path: Path) -> Source:
    """By name; an archive of arrays that were given no names holds values in order."""
    found = np.load(path, allow_pickle=False)
    if isinstance(found, np.ndarray):
        return found
    with found:
        arrays = {name: found[name] for name in found.files}
    in_order = [f"arr_{index}" for index in range(len(arrays))]
    if list(arrays) == in_order:
        return arrays["arr_0"] if len(arrays) == 1 else list(arrays.values())
    return arrays


def _json(text: str, where: str) -> Value | Mapping[str, Value]:
    if len(text) > MOST_BYTES:
        raise InputError(f"{where}: more than {MOST_BYTES} characters")
    try:
        if _depth(text) > _DEEPEST:
            raise ValueError(f"nested deeper than {_DEEPEST}")
        value: Value | Mapping[str, Value] | None = json.loads(text)
    except ValueError as error:
        raise InputError(f"{where}: not JSON: {error}") from None
    if value is None:
        raise InputError(f"{where}: null is no input")
    return value


def _depth(text: str) -> int:
    """How deep brackets are nested in a JSON text."""
    outside = _STRING.sub("", text).encode("utf-8", "replace")
    letters = np.frombuffer(outside, np.uint8)
    opened = np.isin(letters, list(b"[{")).astype(np.int32)
    closed = np.isin(letters, list(b"]}")).astype(np.int32)
    return int(np.cumsum(opened - closed).max(initial=0))


_READERS: Mapping[str, Callable[[Path], Source]] = {
    ".json": _read_json,
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".csv": read_csv,
}
