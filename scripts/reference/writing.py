"""The pages as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scripts.reference import python
from scripts.reference.errors import UnwritableError
from scripts.reference.package import ROOT, Package
from scripts.reference.solidity import notices, solidity_page
from scripts.reference.syntax import declarations
from scripts.reference.troubles import errors_page

_FOLDER = "docs/reference"


def pages(root: Path = ROOT) -> dict[str, str]:
    """Every page that is written, by its path in the project.

    Raises:
        UnwritableError: a public name has no docstring, or something else is not said.
    """
    package = Package(root)
    silent = package.undocumented()
    if silent:
        raise UnwritableError([f"{name} has no docstring" for name in silent])
    files = declarations(root)
    inner = {**python.pages(package), "solidity.md": solidity_page(files)}
    return {
        "docs/errors.md": errors_page(package, notices(files)),
        **{f"{_FOLDER}/{name}": text for name, text in inner.items()},
    }


def write(made: Mapping[str, str], root: Path = ROOT) -> None:
    """Makes the folder hold exactly these pages."""
    for path in _strays(made, root):
        (root / path).unlink()
    for path, text in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def behind(made: Mapping[str, str], root: Path = ROOT) -> list[str]:
    """Paths of pages that are missing, differ, or are written no more."""
    differ = [
        path
        for path, text in made.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]
    return sorted([*differ, *_strays(made, root)])


def _strays(made: Mapping[str, str], root: Path) -> list[str]:
    found = (path.relative_to(root).as_posix() for path in (root / _FOLDER).glob("*.md"))
    return [path for path in found if path not in made]
