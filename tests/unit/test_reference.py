"""The reference pages: up to date, and refused where something is not said.

What the contracts say is compared by `make test-forge`, which has the compiler at hand.
"""

import logging
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import pytest

from assay import abi
from tests.support.pages import ROOT, page

pytest.importorskip("griffe", reason="griffe is for development: run make setup")

from scripts.reference import python, troubles, writing
from scripts.reference.errors import UnwritableError
from scripts.reference.markdown import cell, table
from scripts.reference.natspec import Notes
from scripts.reference.package import Package

_ANCHOR = re.compile(r'^\| <a id="([\w-]+)"></a>`(\w+)` \| `?([\w.]*)', re.MULTILINE)


@pytest.fixture(scope="module")
def package() -> Package:
    return Package()


def test_python_pages__docstrings_now__as_committed(package: Package) -> None:
    made = python.pages(package)
    folder = ROOT / "docs" / "reference"
    behind = [name for name, text in made.items() if not _same(folder / name, text)]
    assert behind == [], "run: make reference"
    assert {path.name for path in folder.glob("*.md")} == {*made, "solidity.md"}


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def test_public_names__docstrings__all_have_one(package: Package) -> None:
    assert package.undocumented() == []


def test_docstrings__sections__all_understood(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        python.pages(Package())
    assert caplog.messages == []


# --- docs/errors.md ---


def written() -> list[tuple[str, str, str]]:
    """Anchor, name and module (or nothing) of every row of the page."""
    return _ANCHOR.findall(page("errors.md"))


def test_errors_page__exceptions__all_and_no_other(package: Package) -> None:
    named = {(name, module) for _, name, module in written() if "." in module}
    assert named == {(each.name, each.module) for each in package.exceptions()}


def test_exceptions__modules__hold_them(package: Package) -> None:
    """What is read from the sources is what a program finds."""
    found = [each for each in package.exceptions() if each.module.startswith("assay.")]
    assert len(found) > 60
    for each in found:
        assert issubclass(getattr(import_module(each.module), each.name), Exception)


def test_errors_page__contract_errors__all_and_no_other() -> None:
    section = page("errors.md").split("\n## Contract errors\n")[1].split("\n## ")[0]
    named = {name for _, name, _ in _ANCHOR.findall(section)}
    declared = {
        entry["name"]
        for contract in abi.CONTRACTS
        for entry in abi.load(contract)
        if entry["type"] == "error"
    }
    assert named - set(troubles._ANYBODYS) == declared
    assert set(troubles._ANYBODYS) <= named


def test_errors_page__anchors__one_each() -> None:
    anchors = [anchor for anchor, _, _ in written()]
    assert len(anchors) == len(set(anchors)) > 150


def test_errors_page__remedy_missing_and_one_too_many__both_named(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = troubles._REMEDIES.read_text(encoding="utf-8")
    changed = re.sub("^WordError = ", "GoneError = ", text, flags=re.MULTILINE)
    (tmp_path / "remedies.toml").write_text(changed)
    monkeypatch.setattr(troubles, "_REMEDIES", tmp_path / "remedies.toml")
    with pytest.raises(UnwritableError) as refusal:
        troubles.errors_page(package, {})
    assert [fault.split(":")[0].split(" is")[0] for fault in refusal.value.faults] == [
        "assay.words.WordError",
        "assay.words.GoneError",
    ]


def test_errors_page__contract_says_nothing__named(package: Package) -> None:
    notices = {name: "Said." for name in troubles.errors_by_contract() if name != "NotDrawn"}
    with pytest.raises(UnwritableError, match="NotDrawn: no @notice") as refusal:
        troubles.errors_page(package, notices)
    assert len(refusal.value.faults) == 1


# --- its parts ---


def test_notes__tags__apart() -> None:
    notes = Notes.parse(
        " @notice Takes `n` seats,\n or fewer. @ is no tag.\n @dev Why.\n @param n how many\n"
        " at most\n @return left how many are left"
    )
    assert notes.notice == "Takes `n` seats,\nor fewer. @ is no tag."
    assert notes.dev == "Why."
    assert notes.params == {"n": "how many\nat most"}
    assert notes.returns == {"left": "how many are left"}


def test_notes__no_tag__notice() -> None:
    assert Notes.parse(" Half of it.").notice == "Half of it."
    assert not Notes.parse("").said


def test_table__bars_and_lines__escaped() -> None:
    assert cell("a |\n b") == "a \\| b"
    assert table(("x",), [("1 | 2",)]) == "| x |\n| --- |\n| 1 \\| 2 |"


@pytest.mark.parametrize(
    ("there", "stale"),
    [
        ({"docs/reference/a.md": "new"}, []),
        ({"docs/reference/a.md": "old"}, ["docs/reference/a.md"]),
        ({}, ["docs/reference/a.md"]),
        ({"docs/reference/a.md": "new", "docs/reference/b.md": ""}, ["docs/reference/b.md"]),
    ],
)
def test_behind__what_is_there__named_until_it_is_written(
    tmp_path: Path, there: Mapping[str, str], stale: list[str]
) -> None:
    for path, text in there.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    made = {"docs/reference/a.md": "new"}
    assert writing.behind(made, tmp_path) == stale
    writing.write(made, tmp_path)
    assert writing.behind(made, tmp_path) == []
