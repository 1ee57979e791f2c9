"""The compiled contracts, as forge leaves them.

Forge compiles them once for everybody: the demo, the tests, the benchmarks and the Ape script.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.deployment.errors import ArtefactError

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / ".build" / "forge" / "out"


@dataclass(frozen=True)
class Artefact:
    """A contract's ABI and the code that creates it."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: str


def compile_contracts() -> None:
    """Brings forge's output up to date with `contracts/`; half a second if nothing has changed."""
    command = ["forge", "build", "contracts", "--quiet"]
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ArtefactError(
            "forge is not on PATH: run `make setup`, then `. scripts/toolchain/env.sh`"
        ) from None
    if result.returncode != 0:
        raise ArtefactError(f"the contracts do not compile:\n{result.stdout}{result.stderr}")


def load(name: str, out: Path = OUT) -> Artefact:
    """The compiled contract of this name.

    Raises:
        ArtefactError: it is not compiled, or is an interface or abstract.
    """
    path = out / f"{name}.sol" / f"{name}.json"
    try:
        compiled = json.loads(path.read_text())
    except FileNotFoundError:
        raise ArtefactError(f"{name} is not compiled ({path} is missing): run `make abi`") from None
    bytecode = compiled["bytecode"]["object"]
    if bytecode in ("", "0x"):
        raise ArtefactError(f"{name} has no code to deploy: it is an interface or abstract")
    return Artefact(name, compiled["abi"], bytecode)
