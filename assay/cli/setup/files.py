"""The text of a file with settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from textwrap import wrap

from pydantic_core import PydanticUndefined

from assay.cli.settings import FILE, Settings

_HEAD = """\
# Settings of the command line `assay` (docs/cli.md). Options and variables ASSAY_... stand above
# them. Relative paths are meant from the folder of this file. It holds no password.
"""
_WIDTH = 96


def text(values: Mapping[str, str]) -> str:
    """All settings with what they mean; those without a value as comments."""
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        meaning = " ".join((field.description or "").split())
        parts.append("\n" + "\n".join(f"# {line}" for line in wrap(meaning, _WIDTH)) + "\n")
        if name in values:
            parts.append(f"{name} = {json.dumps(values[name])}\n")
        else:
            parts.append(f"# {name} = {_usual(field.default)}\n")
    return "".join(parts)


def _usual(default: object) -> str:
    if default is None or default is PydanticUndefined:
        return "…"
    return json.dumps(default if isinstance(default, int | float | str) else str(default))


def seen_from(folder: Path, values: Mapping[str, str]) -> dict[str, str]:
    """Paths that were typed here, as a file in another folder names them."""
    if folder.resolve() == Path.cwd():
        return dict(values)
    found = dict(values)
    for name in ("key_store", "password_file"):
        if name in found:
            found[name] = str(Path(found[name]).expanduser().resolve())
    here = Path(found["deployment"])
    if here.suffix != ".json":
        here = Path("deployments") / f"{here}.json"
    if here.exists():
        found["deployment"] = str(here.resolve())
    return found


def key_store_beside(path: Path) -> Path:
    """Where the key store goes if nobody says."""
    return Path(path.with_name(f"{FILE.stem}-key.json").name)
