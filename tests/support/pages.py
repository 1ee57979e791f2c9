"""The documentation as the tests read it: pages, their code blocks and tables."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([\w.]+)` \| .* \| ([^|]*) \|$", re.MULTILINE)


def page(name: str) -> str:
    """The text of a page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Its fenced blocks of a language, in order; of none, where the language is empty."""
    return [code for found, code in _BLOCK.findall(text) if found == language]


def rows(text: str, heading: str) -> dict[str, str]:
    """Last cell by name, of the table rows with a name in code below a heading of level two."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return {name: last.strip() for name, last in _ROW.findall(section)}
