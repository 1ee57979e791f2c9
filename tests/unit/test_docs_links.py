"""Relative links of README and docs lead somewhere, to the very heading."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import PAGES, ROOT

_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_ELSEWHERE = ("http://", "https://", "mailto:")


def prose(path: Path) -> str:
    """The page with its code taken out, but for the code that is a link's text."""
    text = path.read_text(encoding="utf-8")
    return _CODE.sub(lambda found: "" if found[0].startswith("```") else "code", text)


def links() -> Iterator[tuple[Path, str]]:
    for path in PAGES:
        for target in _LINK.findall(prose(path)):
            if not target.startswith(_ELSEWHERE):
                yield path, target


def anchors(path: Path) -> set[str]:
    """The headings of a page as links name them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    return {slug(heading) for heading in _HEADING.findall(text)}


def slug(heading: str) -> str:
    """As GitHub makes it: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize(
    ("path", "target"), links(), ids=lambda value: getattr(value, "name", value)
)
def test_link__relative__leads_somewhere(path: Path, target: str) -> None:
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    assert there.exists(), f"{path.relative_to(ROOT)} links to {target}, which is not there"
    assert there.is_relative_to(ROOT)
    if anchor:
        assert anchor in anchors(there), f"{target}: no such heading"


def test_links__pages__have_some() -> None:
    assert len(list(links())) > 20
    assert {path.name for path in PAGES} >= {"README.md", "protocol.md", "running-a-worker.md"}
