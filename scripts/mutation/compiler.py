"""The project's solc, asked for what forge does not give: syntax trees and single contracts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.mutation.artefacts import Artefact
from scripts.mutation.errors import MutationError

_WITHOUT_DIGEST = {"bytecodeHash": "none", "appendCBOR": False}
"""Else every change of the source, even of a comment, would change the bytecode."""

Bytecode = Mapping[str, Any]
"""`bytecode` and `deployedBytecode` of a contract, as the compiler answers them."""


class Compiler:
    """Compiles what lies in a folder, with the settings an artefact was made with."""

    def __init__(self, root: Path, solc: Path) -> None:
        self._root = root
        self._solc = solc

    def trees(self, artefact: Artefact, files: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Syntax trees of some of the files that a contract is made of."""
        wanted = {file: {"": ["ast"]} for file in files}
        answer = self._ask(artefact, wanted, {})
        if "errors" in answer:
            raise MutationError(_messages(answer["errors"]))
        return {file: answer["sources"][file]["ast"] for file in wanted}

    def bytecode(self, artefact: Artefact, planted: Mapping[str, bytes]) -> Bytecode | None:
        """The contract with other bytes for some files; None if that does not compile."""
        outputs = ["evm.bytecode", "evm.deployedBytecode"]
        answer = self._ask(artefact, {artefact.file: {artefact.name: outputs}}, planted)
        if "errors" in answer:
            return None
        evm = answer["contracts"][artefact.file][artefact.name]["evm"]
        return {kind: evm[kind] for kind in ("bytecode", "deployedBytecode")}

    def _ask(
        self, artefact: Artefact, wanted: Mapping[str, Any], planted: Mapping[str, bytes]
    ) -> dict[str, Any]:
        sources = {
            file: {"content": (planted.get(file) or (self._root / file).read_bytes()).decode()}
            for file in artefact.sources
        }
        settings = {**artefact.settings, "metadata": _WITHOUT_DIGEST, "outputSelection": wanted}
        request = {"language": "Solidity", "sources": sources, "settings": settings}
        done = subprocess.run(
            [self._solc, "--standard-json"],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise MutationError(f"{self._solc} failed: {done.stderr[-2000:]}")
        answer: dict[str, Any] = json.loads(done.stdout)
        errors = [each for each in answer.pop("errors", []) if each["severity"] == "error"]
        return {**answer, "errors": errors} if errors else answer


def _messages(errors: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(each["formattedMessage"] for each in errors)
