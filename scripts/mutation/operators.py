"""What can be planted: for each node, the texts that may stand in the place of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.mutation.syntax import Node, span

NOTHING = b"{}"
"""A statement that does nothing."""

_SWAPS = {
    "<": ("boundary", "<="),
    "<=": ("boundary", "<"),
    ">": ("boundary", ">="),
    ">=": ("boundary", ">"),
    "==": ("comparison", "!="),
    "!=": ("comparison", "=="),
    "+": ("arithmetic", "-"),
    "-": ("arithmetic", "+"),
    "*": ("arithmetic", "/"),
    "/": ("arithmetic", "*"),
    "%": ("arithmetic", "/"),
    "<<": ("bits", ">>"),
    ">>": ("bits", "<<"),
    "&": ("bits", "|"),
    "|": ("bits", "&"),
    "&&": ("logic", "||"),
    "||": ("logic", "&&"),
}
_ASSIGNED_SWAPS = {"+=": "-=", "-=": "+=", "*=": "/=", "|=": "&="}
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_EFFECTS = ("Assignment", "UnaryOperation", "FunctionCall")


@dataclass(frozen=True)
class Change:
    """Other bytes for those between `start` and `end`."""

    operator: str
    start: int
    end: int
    after: bytes


def changes(node: Node, source: bytes) -> Iterator[Change]:
    """Every change of this very node, those inside it left to its children."""
    make = _MAKERS.get(node.kind)
    if make is not None:
        yield from make(node, source)


def _swapped(node: Node, source: bytes) -> Iterator[Change]:
    if node.raw["operator"] not in _SWAPS:
        return
    operator, other = _SWAPS[node.raw["operator"]]
    yield _between(node, source, "leftExpression", "rightExpression", operator, other)


def _reassigned(node: Node, source: bytes) -> Iterator[Change]:
    other = _ASSIGNED_SWAPS.get(node.raw["operator"])
    if other is not None:
        yield _between(node, source, "leftHandSide", "rightHandSide", "arithmetic", other)


def _between(node: Node, source: bytes, left: str, right: str, operator: str, other: str) -> Change:
    """The node with another operator between its two sides."""
    start, end = span(node.raw[left])[1], span(node.raw[right])[0]
    old = node.raw["operator"].encode()
    gap = _COMMENT.sub(lambda found: b" " * len(found[0]), source[start:end])
    at = start + gap.index(old)
    after = source[node.start : at] + other.encode() + source[at + len(old) : node.end]
    return Change(operator, node.start, node.end, after)


def _checked(node: Node, source: bytes) -> Iterator[Change]:
    """A check (an `if` that only reverts) goes; any condition is turned around."""
    if is_check(node):
        yield _dropped("check", node, source)
    yield from _negated(node, source)


def is_check(node: Node) -> bool:
    """Whether all that the statement does is to revert."""
    body = node.raw.get("trueBody")
    if node.kind != "IfStatement" or body is None or node.raw.get("falseBody") is not None:
        return False
    if body["nodeType"] == "Block":
        inner = body["statements"]
        return len(inner) == 1 and inner[0]["nodeType"] == "RevertStatement"
    return bool(body["nodeType"] == "RevertStatement")


def _negated(node: Node, source: bytes) -> Iterator[Change]:
    """Equalities are left out: to swap their operator is the same."""
    condition = node.raw["condition"]
    if condition.get("operator") in ("==", "!="):
        return
    start, end = span(condition)
    yield Change("negation", start, end, b"!(" + source[start:end] + b")")


def _unreverted(node: Node, source: bytes) -> Iterator[Change]:
    yield _dropped("revert", node, source)


def _untold(node: Node, source: bytes) -> Iterator[Change]:
    yield _dropped("emit", node, source)


def _unguarded(node: Node, _: bytes) -> Iterator[Change]:
    """The arguments of a base contract's constructor look the same, and stay."""
    if node.raw.get("kind") == "modifierInvocation":
        yield Change("guard", node.start, node.end, b"")


def _undone(node: Node, source: bytes) -> Iterator[Change]:
    expression = node.raw["expression"]
    if expression["nodeType"] not in _EFFECTS or node.in_loop_header:
        return
    called = expression.get("expression", {}).get("name")
    yield _dropped("check" if called == "require" else "effect", node, source)


def _dropped(operator: str, node: Node, source: bytes) -> Change:
    """The statement, with the semicolon that its node leaves out, does nothing."""
    end = node.end
    if source[end - 1 : end] not in (b";", b"}"):
        rest = source[end:]
        gap = len(rest) - len(rest.lstrip())
        if rest[gap : gap + 1] == b";":
            end += gap + 1
    return Change(operator, node.start, end, NOTHING)


def _neighbours(node: Node, source: bytes) -> Iterator[Change]:
    text = source[node.start : node.end]
    if node.raw["kind"] == "bool":
        yield Change("truth", node.start, node.end, b"false" if text == b"true" else b"true")
    elif node.raw["kind"] == "number":
        yield Change("constant", node.start, node.end, b"(" + text + b" + 1)")
        if node.raw["value"] != "0":
            yield Change("constant", node.start, node.end, b"(" + text + b" - 1)")


_MAKERS: dict[str, Callable[[Node, bytes], Iterator[Change]]] = {
    "BinaryOperation": _swapped,
    "Assignment": _reassigned,
    "IfStatement": _checked,
    "Conditional": _negated,
    "WhileStatement": _negated,
    "RevertStatement": _unreverted,
    "EmitStatement": _untold,
    "ExpressionStatement": _undone,
    "ModifierInvocation": _unguarded,
    "Literal": _neighbours,
}
