"""Commands in README and docs can be typed: targets, modules, scripts and commands are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.pages import PAGES, ROOT, blocks
from worker.cli import main as worker

_STARTS = re.compile(
    r"(make|ape|assay|assay-worker|(\.venv/bin/)?python|\. scripts|scripts/)( |$|/)"
)
_INLINE = re.compile(r"`([^`\n]+)`")
_ENDS = {"&&", "||", "|", ";", "&", "(", ")"}
_MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
_SETUP = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").rglob("*.sh"))
TARGETS = set(re.findall(r"^([a-z-]+):", _MAKEFILE, re.MULTILINE))
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]


def shown(path: Path) -> Iterator[str]:
    """Command lines of a page: those of its shell blocks, and what looks like one elsewhere."""
    text = path.read_text(encoding="utf-8")
    for code in blocks(text, "sh"):
        yield from code.replace("\\\n", " ").splitlines()
    prose = re.sub(r"^```\w+\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    plain = [line for code in blocks(text, "") for line in code.splitlines()]
    yield from (each for each in (*_INLINE.findall(prose), *plain) if _STARTS.match(each))


def commands(line: str) -> Iterator[list[str]]:
    """The commands of a line, each as its words; comments, and variables set before, left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if word not in _ENDS:
            words.append(word)
            continue
        while words and re.match(r"\w+=", words[0]):
            words.pop(0)
        if words:
            yield words
        words = []


def fault(words: list[str]) -> str | None:
    """What is wrong with a command of the project's, if anything; others are let be."""
    name, *arguments = words
    if name == "make":
        return _make(arguments)
    if name.removeprefix(".venv/bin/") == "python":
        return _python(arguments)
    if name == "ape" and arguments[:1] == ["run"]:
        return _there(f"scripts/{arguments[1]}.py")
    if name.startswith("scripts/"):
        return _there(name)
    if name in (".", "bash"):
        return _there(arguments[0])
    if name in ("assay", "assay-worker"):
        return _own(name, arguments)
    return None


def _make(arguments: list[str]) -> str | None:
    """The target, and the variables; further words are what the page says about it."""
    targets = [word for word in arguments if "=" not in word]
    if targets and targets[0] not in TARGETS:
        return f"no target {targets[0]}"
    for word in set(arguments) - set(targets):
        variable = word.partition("=")[0]
        if not re.search(rf"\b{variable}\b", _MAKEFILE + _SETUP):
            return f"make knows no {variable}="
    return None


def _python(arguments: list[str]) -> str | None:
    match arguments:
        case ["-m", module, *_] if find_spec(module) is None:
            return f"no module {module}"
        case ["-c", code, *_]:
            compile(code, "block", "exec")
        case [file, *_] if file.endswith(".py"):
            return _there(file)
    return None


def _own(name: str, arguments: list[str]) -> str | None:
    if name not in SCRIPTS:
        return f"pyproject.toml installs no {name}"
    if name == "assay-worker" and arguments and arguments[0] not in worker.commands:
        return f"assay-worker has no command {arguments[0]}"
    return None


def _there(path: str) -> str | None:
    """Below me/ is what readers write themselves."""
    return None if path.startswith("me/") or (ROOT / path).exists() else f"no file {path}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands__of_a_page__can_be_typed(path: Path) -> None:
    found = [fault(words) for line in shown(path) for words in commands(line)]
    assert [each for each in found if each] == []


def test_commands__pages__have_some() -> None:
    lines = [line for path in PAGES for line in shown(path)]
    assert len(lines) > 80
    assert "assay-worker run -c me/worker.toml      # Ctrl-C ends it" in lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("make chaos SEED=7 JOBS=100    the same again", None),
        ("KEEP=1 make demo && make tset", "no target tset"),
        ("make demo KEPT=1", "make knows no KEPT="),
        ("python -m benchmarks.nowhere", "no module benchmarks.nowhere"),
        (".venv/bin/python scripts/nowhere.py", "no file scripts/nowhere.py"),
        ("ape run nowhere --network x", "no file scripts/nowhere.py"),
        (". scripts/toolchain/env.sh", None),
        ("assay-worker stop", "assay-worker has no command stop"),
        ("pip install '.[worker]' # and what follows", None),
    ],
)
def test_fault__line__said_what_is_wrong(line: str, said: str | None) -> None:
    found = [fault(words) for words in commands(line)]
    assert [each for each in found if each] == ([said] if said else [])
