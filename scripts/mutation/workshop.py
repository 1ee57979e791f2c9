"""Copies of the project in which faults are planted: with an output folder of their own, so that
the bytecode of a mutant takes the place of the contract's and forge compiles nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.mutation.artefacts import Artefact
from scripts.mutation.compiler import Bytecode
from scripts.mutation.errors import MutationError

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build" / "mutation"
_COPIED = ("contracts", "tests/forge", "tests/vectors", "foundry.toml")
_LINKED = ("node_modules", ".toolchain")
_PROFILE = "mutation"
"""Of foundry.toml."""
_TAIL = 3_000


@dataclass(frozen=True)
class Workshop:
    """A copy of the contracts and their tests, compiled."""

    root: Path
    out: Path
    solc: Path
    failures: Path
    """Where forge keeps what failed, to try it first the next time."""

    def forge(self, *arguments: str, seconds: float | None = None) -> tuple[int, str]:
        """Exit code and output.

        Raises:
            subprocess.TimeoutExpired: it took longer than `seconds`; it has ended by then.
        """
        done = subprocess.run(
            ["forge", *arguments],
            cwd=self.root,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
        return done.returncode, done.stdout

    def put(self, artefact: Artefact, bytecode: Bytecode) -> None:
        """Makes tests run this bytecode for the contract."""
        path = self.out / artefact.path
        found = json.loads(path.read_text())
        for kind, compiled in bytecode.items():
            for field, value in compiled.items():
                if field in ("linkReferences", "immutableReferences"):
                    found[kind][field] = value
            found[kind]["object"] = f"0x{compiled['object']}"
        path.write_text(json.dumps(found))

    def forget_failures(self) -> None:
        """Each mutant starts from the same inputs."""
        shutil.rmtree(self.failures, ignore_errors=True)

    def copy(self, name: str) -> Workshop:
        """Another one, as it is now."""
        root = SCRATCH / name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.root, root, symlinks=True)
        return Workshop(
            root,
            root / self.out.relative_to(self.root),
            root / self.solc.relative_to(self.root),
            root / self.failures.relative_to(self.root),
        )


def build() -> Workshop:
    """The first copy, of the files as they are; what did not change is not compiled again.

    Raises:
        MutationError: it does not compile.
    """
    root = SCRATCH / "whole"
    root.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        _copy(ROOT / name, root / name)
    for name in _LINKED:
        if not (root / name).is_symlink():
            (root / name).symlink_to((ROOT / name).resolve())
    config = _config(root)
    made = Workshop(
        root,
        root / config["out"],
        root / config["solc"],
        root / config["invariant"]["failure_persist_dir"],
    )
    code, output = made.forge("build")
    if code != 0:
        raise MutationError(f"forge build fails:\n{output[-_TAIL:]}")
    return made


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy2(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _config(root: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["forge", "config", "--json"],
        cwd=root,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def _environment() -> Mapping[str, str]:
    return {**os.environ, "FOUNDRY_PROFILE": _PROFILE, "NO_COLOR": "1"}
