"""Markdown in small pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

WRITTEN = "<!-- Written by `make reference`: change what it is made from, not this page. -->"


def cell(text: str) -> str:
    """A text as it may stand in a table: one line, without bars of its own."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty where there are no rows."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |", *lines])


def fenced(language: str, code: str) -> str:
    """A block of code."""
    return f"```{language}\n{code.strip()}\n```"


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(*parts: str) -> str:
    """Parts with an empty line between them; those without text are left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def toc(names: Iterable[str]) -> str:
    """Links to headings of the same page, in one paragraph."""
    return " · ".join(f"[`{name}`](#{slug(name)})" for name in names)
