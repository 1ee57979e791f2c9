"""Solidity as its compiler sees it: nodes with the bytes of source they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Node:
    """A node of the compiler's syntax tree."""

    raw: Mapping[str, Any]
    function: str
    """Name of the function around it; empty outside of any."""
    in_loop_header: bool
    """Whether it is the first or the last part of a `for (…; …; …)`."""

    @property
    def kind(self) -> str:
        return str(self.raw["nodeType"])

    @property
    def start(self) -> int:
        return span(self.raw)[0]

    @property
    def end(self) -> int:
        return span(self.raw)[1]


def span(raw: Mapping[str, Any]) -> tuple[int, int]:
    """Where the source of a raw node begins and ends, in bytes."""
    start, length, _ = map(int, raw["src"].split(":"))
    return start, start + length


def walk(tree: Mapping[str, Any]) -> Iterator[Node]:
    """All nodes of a tree with Solidity in them, in the order of the source; no assembly."""
    yield from _walk(Node(tree, "", False))


def _walk(node: Node) -> Iterator[Node]:
    if node.kind == "InlineAssembly":
        return
    yield node
    function = node.function
    if node.kind in ("FunctionDefinition", "ModifierDefinition"):
        function = node.raw["name"] or node.raw["kind"]
    for field, child in sorted(_children(node.raw), key=lambda pair: span(pair[1])):
        header = field in ("initializationExpression", "loopExpression")
        yield from _walk(Node(child, function, header))


def _children(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for field, value in raw.items():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict) and "nodeType" in child and "src" in child:
                yield field, child
