"""docs/glossary.md has the words of the protocol, in their order."""

import re
from itertools import pairwise

from tests.support.pages import page

_WORDS = re.compile(r"^\| ([^|`-][^|]*?) \| ", re.MULTILINE)


def words(text: str) -> list[str]:
    """First cells of its tables, heads left out."""
    return [found for found in _WORDS.findall(text) if found != "word"]


def test_glossary__words__in_alphabetical_order_and_once() -> None:
    found = [word.lower() for word in words(page("glossary.md"))]
    assert len(found) > 50
    assert all(first < second for first, second in pairwise(found))


def test_glossary__words_of_the_protocol__all_there() -> None:
    section = page("protocol.md").split("\n## Words\n")[1].split("\n## ")[0]
    needed = {word for cell in words(section) for word in cell.split(", ")}
    there = {word for cell in words(page("glossary.md")) for word in cell.split(", ")}
    assert len(needed) > 12
    assert needed - there == set()
