"""What forge has compiled: which contract is made of which files, and where its bytecode lies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MADE_BY_FORGE = "foundry-pp/"
_OF_A_CONTRACT = re.compile(rb"^(abstract )?contract ", re.MULTILINE)


@dataclass(frozen=True)
class Artefact:
    """A compiled contract that can be deployed."""

    path: Path
    """From forge's output folder."""
    file: str
    name: str
    sources: frozenset[str]
    """Files that its compilation read, its own among them."""
    settings: Mapping[str, Any] = field(compare=False)
    """The compiler's, without what is asked of it."""

    @property
    def is_test(self) -> bool:
        return self.file.startswith("tests/")

    @property
    def holds_tests(self) -> bool:
        return self.file.endswith(".t.sol")


def read_all(out: Path) -> list[Artefact]:
    """The deployable contracts among forge's output."""
    return sorted(_read_all(out), key=lambda artefact: (artefact.file, artefact.name))


def _read_all(out: Path) -> Iterator[Artefact]:
    for path in out.glob("**/*.json"):
        found = json.loads(path.read_text())
        if not isinstance(found, dict) or found.get("bytecode", {}).get("object", "0x") == "0x":
            continue
        settings = dict(found["metadata"]["settings"])
        ((file, name),) = settings.pop("compilationTarget").items()
        sources = frozenset(found["metadata"]["sources"])
        yield Artefact(path.relative_to(out), file, name, sources, settings)


def holding(artefacts: Iterable[Artefact], file: str, source: bytes) -> list[Artefact]:
    """The artefacts whose bytecode a change of `file` can change.

    Tests deploy contracts by name, so theirs holds none of them; but functions of a library are
    compiled into every test that calls them. Where forge has made a `new` into a deployment by name
    there are sources of its own making, which nobody else can compile; such tests call none.
    """
    is_library = _OF_A_CONTRACT.search(source) is None
    return [
        artefact
        for artefact in artefacts
        if file in artefact.sources
        and (is_library or not artefact.is_test)
        and not any(source.startswith(_MADE_BY_FORGE) for source in artefact.sources)
    ]


def knowing(artefacts: Iterable[Artefact], files: Iterable[str]) -> set[str]:
    """Test files that know one of `files`."""
    known = set(files)
    return {each.file for each in artefacts if each.holds_tests and each.sources & known}
