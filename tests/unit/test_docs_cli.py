"""docs/cli.md names every command, option that it shows and setting, with its default."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from assay.cli import main
from assay.cli.errors import Exit
from assay.cli.lazy import LazyGroup
from assay.cli.settings import Settings
from tests.support.pages import blocks, page, rows
from tests.unit.test_cli_commands import leaves
from tests.unit.test_docs_settings import settings, shown

PAGES = ("cli.md", "running-a-worker.md")
PAGE = page("cli.md")
DOCUMENTED = rows(PAGE, "Settings")
DEFAULTS = dict(settings(Settings))
SHOWN = [
    line.split("| ")[-1].split(" > ")[0]
    for name in PAGES
    for code in blocks(page(name), "sh")
    for line in code.splitlines()
    if re.match(r"(echo .* \| )?assay ", line)
]


def called(line: str) -> tuple[tuple[str, ...], list[str]]:
    """The words that name the command of a line, and its arguments."""
    words = shlex.split(line, comments=True)[1:]
    found: click.Command = main
    names: list[str] = []
    while isinstance(found, LazyGroup):
        names.append(words.pop(0))
        inner = found.get_command(click.Context(found), names[-1])
        assert inner is not None, line
        found = inner
    return tuple(names), words


def test_settings__page__names_all_and_no_other() -> None:
    assert set(DOCUMENTED) == set(DEFAULTS)


@pytest.mark.parametrize("name", DEFAULTS)
def test_settings__page__says_the_default(name: str) -> None:
    assert DOCUMENTED[name].split(":")[0] == shown(DEFAULTS[name])


def test_commands__page__an_example_of_each() -> None:
    examples = {called(line)[0] for line in SHOWN}
    assert examples == {words for words, _ in leaves()}


@pytest.mark.parametrize("line", SHOWN)
def test_commands__line__is_one_that_can_be_typed(line: str) -> None:
    names, arguments = called(line)
    command = dict(leaves())[names]
    command.make_context(" ".join(names), arguments)


@pytest.mark.parametrize("words", [("infer",), ("publish",), ("init",)])
def test_options__of_the_largest_commands__all_in_the_page(words: tuple[str, ...]) -> None:
    options = [one for one in dict(leaves())[words].params if isinstance(one, click.Option)]
    names = {max(one.opts, key=len) for one in options}
    assert [name for name in sorted(names) if f"`{name}`" not in PAGE] == []


def test_exit_codes__page__all_and_no_other() -> None:
    section = PAGE.split("\n## Exit codes\n")[1].split("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)} == set(Exit)
