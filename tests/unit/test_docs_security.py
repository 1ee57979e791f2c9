"""What docs/security.md and docs/auditing.md claim to be shown by tests, there are tests for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import ROOT

_PAGE = ROOT / "docs" / "security.md"
_AUDITING = _PAGE.with_name("auditing.md")
_LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")
_TEST = re.compile(r"`((?:test|check|invariant)_\w+)`")


def rows(page: Path = _PAGE, heading: str = "Attacks and what meets them") -> list[list[str]]:
    """The cells of the table below a heading, by default of the attacks."""
    section = page.read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    lines = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[2:]]


def named() -> Iterator[tuple[Path, str]]:
    """Each test that the tables name, with the file whose link it follows."""
    for *_, shown_by in (*rows(), *rows(_AUDITING, "Properties")):
        _, *parts = _LINK.split(shown_by)
        for target, tests in zip(parts[::2], parts[1::2], strict=True):
            for test in _TEST.findall(tests):
                yield (_PAGE.parent / target).resolve(), test


def test_attacks__every_line__names_a_test() -> None:
    assert len(rows()) >= 25
    for row in rows():
        assert len(row) == 3, f"expected attack, what meets it and what shows it: {row}"
        assert _LINK.search(row[2]), f"names no file: {row}"
        assert _TEST.search(row[2]), f"names no test: {row}"


def test_properties__every_line__names_a_test() -> None:
    found = rows(_AUDITING, "Properties")
    assert len(found) >= 8
    for row in found:
        assert len(row) == 2, f"expected a property and what holds it: {row}"
        assert _TEST.search(row[1]), f"names no test: {row}"


@pytest.mark.parametrize(("file", "test"), named(), ids=lambda value: getattr(value, "name", value))
def test_attacks__test_named__is_there(file: Path, test: str) -> None:
    assert file.is_file(), f"{file} is not there"
    declared = re.compile(rf"^\s*(?:function|def) {test}\(", re.MULTILINE)
    assert declared.search(file.read_text(encoding="utf-8")), f"{file.name} has no {test}"


def test_static_analysis__findings_set_aside__answered_by_detector_and_function() -> None:
    section = _PAGE.read_text(encoding="utf-8").split("\n## Static analysis\n")[1]
    settings = json.loads((ROOT / "slither.config.json").read_text(encoding="utf-8"))
    for detector in settings["detectors_to_exclude"].split(","):
        assert f"`{detector}`" in section
    answers = [line for line in section.splitlines() if line.startswith("| ")]
    for finding in json.loads((ROOT / "slither.db.json").read_text(encoding="utf-8")):
        place = re.search(r"(\w+)\.(\w+)\(", finding["description"])
        assert place, f"expected a function of a contract in: {finding['description']}"
        contract, function = place.groups()
        assert any(
            finding["check"] in line.split(" | ")[0]
            and contract in line
            and re.search(rf"\b{function}\b", line)
            for line in answers
        ), f"no answer to {finding['check']} in {contract}.{function}"
