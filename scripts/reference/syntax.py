"""The contracts as the compiler reads them: their declarations, with what is written above each.

`solc` parses and resolves only; nothing is compiled to code, which takes some seconds.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from scripts.reference.errors import UnwritableError
from scripts.reference.natspec import Notes
from scripts.reference.package import ROOT

Node = Mapping[str, Any]

_IMPORT = re.compile(r'^import\b[^"]*"([^"]+)"', re.MULTILINE)
_CONTRACTS = "contracts"
_NOT_OURS = ("mocks", "node_modules")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration in one of the project's files."""

    node: Node
    source: str
    """Text of the file."""

    @property
    def kind(self) -> str:
        """The compiler's name for what it is."""
        return str(self.node["nodeType"])

    @property
    def name(self) -> str:
        """Of a constructor, `constructor`."""
        return str(self.node.get("name") or self.node.get("kind", ""))

    @property
    def notes(self) -> Notes:
        """What is written above it."""
        written = self.node.get("documentation")
        return Notes.parse(written["text"] if isinstance(written, dict) else self._above())

    @property
    def members(self) -> list[Declaration]:
        """Of a contract, in the order of its file."""
        return [Declaration(node, self.source) for node in self.node.get("nodes", ())]

    def _above(self) -> str:
        """The comment above: the compiler passes over those of types and constants of a file."""
        start = int(self.node["src"].split(":")[0])
        lines = self.source.encode()[:start].decode().splitlines()
        block = list(takewhile(lambda line: line.lstrip().startswith("///"), reversed(lines)))
        return "\n".join(line.lstrip().removeprefix("///") for line in reversed(block))

    @property
    def text(self) -> str:
        """The declaration as it is written, without a body, its first line at the margin."""
        start, length, _ = map(int, self.node["src"].split(":"))
        end = start + length
        body = self.node.get("body") or self.node.get("value")
        if body and self.kind == "FunctionDefinition":
            end = int(body["src"].split(":")[0])
        raw = self.source.encode()
        indent = len(raw[:start]) - len(raw[:start].rstrip(b" "))
        text = raw[start:end].decode().strip()
        return re.sub(rf"^ {{{indent}}}", "", text, flags=re.MULTILINE)


def declarations(root: Path = ROOT) -> dict[str, list[Declaration]]:
    """What each of the project's files declares, by path, test doubles left out.

    Raises:
        UnwritableError: the contracts do not parse.
    """
    own = [
        path.relative_to(root).as_posix()
        for path in sorted((root / _CONTRACTS).rglob("*.sol"))
        if not set(path.relative_to(root).parts) & set(_NOT_OURS)
    ]
    sources = dict(_with_imports(root, own))
    trees = _parsed(root, sources, own)
    return {
        path: [Declaration(node, sources[path]) for node in trees[path]["nodes"]] for path in own
    }


def _with_imports(root: Path, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Files and all that they import, by the names the compiler knows them under."""
    seen: set[str] = set()
    left = list(paths)
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        text = (root / path).read_text(encoding="utf-8")
        yield path, text
        for target in _IMPORT.findall(text):
            left.append(_resolved(path, target, root))


def _resolved(importer: str, target: str, root: Path) -> str:
    if target.startswith("."):
        return os.path.normpath(Path(importer).parent / target).replace(os.sep, "/")
    for remapping in _remappings(root):
        prefix, _, place = remapping.partition("=")
        if target.startswith(prefix):
            return place + target.removeprefix(prefix)
    return target


def _remappings(root: Path) -> list[str]:
    settings = tomllib.loads((root / "foundry.toml").read_text(encoding="utf-8"))
    return list(settings["profile"]["default"]["remappings"])


def _parsed(root: Path, sources: Mapping[str, str], wanted: list[str]) -> dict[str, Node]:
    settings = tomllib.loads((root / "foundry.toml").read_text(encoding="utf-8"))
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": {
            "remappings": _remappings(root),
            "outputSelection": {path: {"": ["ast"]} for path in wanted},
        },
    }
    done = subprocess.run(
        [root / settings["profile"]["default"]["solc"], "--standard-json"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UnwritableError([f"the compiler failed: {done.stderr[-2000:]}"])
    answer = json.loads(done.stdout)
    faults = [each for each in answer.get("errors", ()) if each["severity"] == "error"]
    if faults:
        raise UnwritableError([each["formattedMessage"] for each in faults])
    return {path: answer["sources"][path]["ast"] for path in wanted}
