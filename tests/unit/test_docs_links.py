"""Relative links and pictures of README and docs lead somewhere, to the very heading."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.pages import PAGES, ROOT

_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_ELSEWHERE = ("http://", "https://", "mailto:")


def prose(path: Path) -> str:
    """The page with its code taken out, but for the code that is a link's text."""
    text = path.read_text(encoding="utf-8")
    return _CODE.sub(lambda found: "" if found[0].startswith("```") else "code", text)


def links(path: Path) -> Iterator[str]:
    for target in _LINK.findall(prose(path)):
        if not target.startswith(_ELSEWHERE):
            yield target


@cache
def anchors(path: Path) -> set[str]:
    """The headings of a page as links name them, and the anchors it sets itself."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    counts: Counter[str] = Counter()
    found = set(_ANCHOR.findall(text))
    for heading in map(slug, _HEADING.findall(text)):
        found.add(f"{heading}-{counts[heading]}" if counts[heading] else heading)
        counts[heading] += 1
    return found


def slug(heading: str) -> str:
    """As GitHub makes it: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def fault(path: Path, target: str) -> str | None:
    """What is wrong with a link of a page, if anything."""
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    if not there.is_relative_to(ROOT):
        return f"{target}: out of the project"
    if not there.exists():
        return f"{target}: not there"
    if anchor and anchor not in anchors(there):
        return f"{target}: no such heading"
    return None


@pytest.mark.parametrize(
    "path",
    [*PAGES, *(ROOT / folder / "README.md" for folder in ("contracts", "examples/consumer"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links__of_a_page__lead_somewhere(path: Path) -> None:
    assert [found for target in links(path) if (found := fault(path, target))] == []


def test_links__pages__have_some() -> None:
    assert sum(len(list(links(path))) for path in PAGES) > 500
    names = {path.relative_to(ROOT).as_posix() for path in PAGES}
    assert names >= {"README.md", "CONTRIBUTING.md", "docs/protocol.md", "docs/reference/client.md"}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("protocol.md#sortition", None),
        ("errors.md#NotDrawn", None),
        ("figures/none.svg", "figures/none.svg: not there"),
        ("protocol.md#lottery", "protocol.md#lottery: no such heading"),
        ("../../elsewhere.md", "../../elsewhere.md: out of the project"),
    ],
)
def test_fault__link__said_what_is_wrong(target: str, said: str | None) -> None:
    assert fault(ROOT / "docs" / "security.md", target) == said


def test_reachable__every_page__from_the_entrance() -> None:
    """A page that nothing links to is read by nobody."""
    found: set[Path] = set()
    left = [ROOT / "README.md"]
    while left:
        path = left.pop()
        if path in found or path not in PAGES:
            continue
        found.add(path)
        left += [(path.parent / link.partition("#")[0]).resolve() for link in links(path)]
    missing = {path.relative_to(ROOT).as_posix() for path in set(PAGES) - found}
    assert missing <= {"CONTRIBUTING.md"}
