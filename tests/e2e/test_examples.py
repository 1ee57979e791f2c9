"""What a newcomer runs, against a standing network: README's program from the built wheel in an
environment of its own, the recipes, the notebook.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbclient
import nbformat
import pytest

from assay import deployments
from benchmarks import client as measures
from examples import ask
from examples.recipes import __main__ as recipes
from scripts.demo.network import Network, network
from scripts.deployment.artefacts import compile_contracts
from scripts.network.standing import Standing, standing

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "first_answer.ipynb"


@dataclass(frozen=True)
class Place:
    """A network, and a folder as a newcomer has it."""

    net: Network
    ready: Standing
    store: Path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    compile_contracts()
    folder = tmp_path_factory.mktemp("network")
    store = folder / "models"
    with (
        network(folder / deployments.FOLDER) as net,
        standing(net, folder / "workers", store) as ready,
    ):
        yield Place(net, ready, store)


def test_readme__program__answered_from_the_wheel_in_an_environment_of_its_own(
    place: Place, tmp_path: Path
) -> None:
    program = measures.program_of_readme().replace(ask.URL, place.net.url)
    assert place.net.url in program
    python = measures.environment_with_wheel(tmp_path)
    done = subprocess.run(
        [python, "-I", "-c", program],
        cwd=place.net.deployment_file.parents[1],
        env={"XDG_CACHE_HOME": str(tmp_path), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("a 0 say ('0x"), done.stderr
    assert str(sys.prefix) not in str(python)


def test_readme__program__in_few_lines() -> None:
    assert measures.logical_lines(measures.program_of_readme()) <= measures.MOST_LINES


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_recipe__on_the_network__its_answers_are_right(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if reason := recipes.missing(name):
        pytest.skip(reason)
    options = ["--url", place.net.url, "--deployment", str(place.net.deployment_file)]
    assert recipes.main([name, *options, "--store", str(place.store)]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading == name
    if name == "text":
        assert [line.split(": ")[1] for line in lines] == [
            "a complaint",
            "a question",
            "furniture, kitchen",
        ]
    elif name == "state":
        assert [line.split(", ")[1] for line in lines] == SMOOTHED
    else:
        assert len(lines) == 3
        for line in lines:
            said, truth = line.split(": ")[1].split("; it is ")
            assert said.split(",")[0] == truth


SMOOTHED = [f"{value:.2f} expected next" for value in (20.0, 22.5, 27.6875)]
"""By hand: level and trend of the series, rounded."""


def test_recipes__nobody_there__said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recipes.main(["state", "--deployment", str(tmp_path / "none.json")]) == 1
    assert "not answered" in capsys.readouterr().err


def test_notebook__every_cell__runs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_RPC_URL", place.net.url)
    monkeypatch.setenv("ASSAY_DEPLOYMENT", str(place.net.deployment_file))
    book = nbformat.read(NOTEBOOK, 4)
    assert not any(cell.get("outputs") for cell in book.cells)  # as committed
    nbclient.NotebookClient(book, timeout=120).execute()
    printed = "".join(
        output.get("text", "") for cell in book.cells for output in cell.get("outputs", [])
    )
    assert "it is a 1 and they say 1" in printed
    assert book.cells[-1].outputs[0].data["text/plain"] == "True"
