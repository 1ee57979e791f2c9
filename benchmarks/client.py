"""How little it takes to ask, and how soon the answer is seen."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import tokenize
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assay.client import Client
from benchmarks.commands import ROOT
from benchmarks.figures import Figure
from scripts.demo.network import network
from scripts.network.standing import standing

MOST_LINES = 12
STEPS = 20
"""Answers waited for."""
_BLOCK_SECONDS = 2
_PRICE = 10**18


def measure(advance: Callable[[], None]) -> list[Figure]:
    """Lines of README's program; blocks from an answer's own to the one in which it is seen."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            network(folder / "deployments") as net,
            standing(net, folder, folder / "models", block_seconds=_BLOCK_SECONDS) as ready,
        ):
            w3 = net.connect()
            client = Client(w3, net.deployment, net.accounts[2])  # as patient as any
            late = []
            for _ in range(STEPS):
                answer = client.infer(ready.model, np.zeros((1, 64), np.float32), max_price=_PRICE)
                late.append(w3.eth.block_number - answer.provenance.answered_in)
                advance()
    return [
        Figure("client.lines_to_first_answer", logical_lines(program_of_readme()), "lines"),
        Figure("client.latency_overhead_blocks", max(late), "blocks"),
    ]


def program_of_readme() -> str:
    """The first program in Python on the first page."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def logical_lines(program: str) -> int:
    """Lines as Python counts them, without comments and empty ones, of a formatted program.

    Raises ValueError if the formatter would write it otherwise, or if statements share a line.
    """
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-"],
        input=program,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if formatted != program:
        raise ValueError("the program is not as the formatter would write it")
    tokens = tokenize.generate_tokens(io.StringIO(program).readline)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


def environment_with_wheel(folder: Path) -> Path:
    """The Python of a new environment in the folder, with the package as users get it."""
    python = folder / "environment" / "bin" / "python"
    lock = ROOT / "locks" / f"users{sys.version_info[0]}{sys.version_info[1]}.txt"
    uv = str(Path(sys.executable).with_name("uv"))
    for command in (
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), str(ROOT)],
        [uv, "venv", "--python", sys.executable, str(python.parents[1])],
    ):
        subprocess.run(command, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    install = [uv, "pip", "install", "--python", str(python), str(wheel), "-c", str(lock)]
    subprocess.run(install, capture_output=True, check=True)
    return python
