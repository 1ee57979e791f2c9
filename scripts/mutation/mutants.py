"""Mutants of a file, and a sample of them that a seed decides."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.mutation.operators import changes, is_check
from scripts.mutation.syntax import Node, span, walk

_KEY_LENGTH = 12


@dataclass(frozen=True)
class Mutant:
    """One planted fault."""

    file: str
    line: int
    operator: str
    before: str
    after: str
    start: int
    end: int
    """Bytes of the file that `after` replaces."""
    key: str
    """The same as long as the fault and the function around it are, wherever the line moves."""

    def planted(self, source: bytes) -> bytes:
        """The file with the fault in it."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def mutants(file: str, source: bytes, tree: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its text.

    Args:
        file: its path from the project's root.
        source: its bytes.
        tree: the compiler's syntax tree of them.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for node in _without_bodies_of_checks(tree):
        for change in changes(node, source):
            before = source[change.start : change.end].decode()
            after = change.after.decode()
            content = (file, node.function, change.operator, before, after)
            key = _key(*content, str(seen[content]))
            seen[content] += 1
            line = source.count(b"\n", 0, change.start) + 1
            yield Mutant(file, line, change.operator, before, after, change.start, change.end, key)


def sample(population: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of them, or all if there are fewer; by file and line."""
    chosen = random.Random(seed).sample(population, min(count, len(population)))  # noqa: S311
    return sorted(chosen, key=lambda mutant: (mutant.file, mutant.start, mutant.after))


def _without_bodies_of_checks(tree: Mapping[str, Any]) -> Iterator[Node]:
    """Dropping a check is dropping its revert, and what a revert says is not worth a mutant's time
    twice."""
    until = 0
    for node in walk(tree):
        if node.start >= until or node.kind != "RevertStatement":
            yield node
        if is_check(node):
            until = max(until, span(node.raw["trueBody"])[1])


def _key(*content: str) -> str:
    return hashlib.sha256("\0".join(content).encode()).hexdigest()[:_KEY_LENGTH]
