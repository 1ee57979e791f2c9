"""Commands under the clock, and the environment they get."""

import os
import sys

import pytest

from benchmarks.commands import ROOT, CommandFailedError, seconds
from benchmarks.whole import bare_environment


def test_seconds__command_succeeds__runs_in_the_folder_with_the_environment(tmp_path):
    code = "import os, pathlib; pathlib.Path('said').write_text(os.environ['WORD'])"
    assert seconds([sys.executable, "-c", code], tmp_path, {"WORD": "hello"}) > 0
    assert (tmp_path / "said").read_text() == "hello"


def test_seconds__command_fails__shows_how_its_output_ends():
    with pytest.raises(CommandFailedError, match=r"code 3.*\n.*the last words"):
        seconds([sys.executable, "-c", "print('the last words'); raise SystemExit(3)"])


def test_bare_environment__inside_make__nothing_of_this_checkout(monkeypatch):
    inside = os.pathsep.join([str(ROOT / ".venv" / "bin"), "/usr/bin", str(ROOT / ".toolchain")])
    monkeypatch.setenv("PATH", inside)
    monkeypatch.setenv("MAKEFLAGS", "-j2")
    monkeypatch.setenv("KEEP", "1")
    monkeypatch.setenv("WORD", "hello")
    environment = bare_environment()
    assert environment["PATH"] == "/usr/bin"
    assert environment["WORD"] == "hello"
    assert not {"MAKEFLAGS", "KEEP"} & environment.keys()
