"""Which faults are planted in a piece of Solidity, as the project's compiler reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.mutation.artefacts import Artefact
from scripts.mutation.compiler import Compiler
from scripts.mutation.mutants import Mutant, mutants
from scripts.mutation.workshop import ROOT

FILE = "contracts/Sample.sol"
SOLC = next((ROOT / ".toolchain" / "solc").glob("solc-v*"))
ARTEFACT = Artefact(Path("Sample.sol/Sample.json"), FILE, "Sample", frozenset({FILE}), {})
BODIES = {
    "less": "r = a < b ? a : b;",
    "atLeast": "r = a >= b ? a : b;",
    "equal": "if (a == b) r = a;",
    "product": "r = a * (b ^ a);",
    "comment": "r = a /* - */ - b;",
    "sum": "r += a;",
    "shift": "r = a << b;",
    "both": "c = c && a > b;",
    "condition": "if (c) r = a;",
    "told": "emit Told(a);",
    "deleted": "delete _kept;",
    "week": "r = 7 days;",
    "zero": "r = a + 0;",
    "truth": "c = true;",
    "required": "require(c);",
    "checked": "if (a > b) revert Refused(a);",
    "checkedBlock": "if (a > b) { revert Refused(a); }",
    "branches": "if (c) revert Refused(a);\n else r = b;",
    "loop": "for (uint256 i; i < a; ++i) { r = i; }",
    "assembled": "assembly { r := add(a, 1) }",
    "twice": "r = a - b; r = a - b;",
    "later": "\n\nr = a ^ b; r = a - b;",
}
HEAD = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;
contract Sample {
    error Refused(uint256 value);
    event Told(uint256 value);
    uint256 internal _kept;
    modifier guarded() { _; }
    // é: bytes of the source are not its characters
    function guard() external guarded {}
"""
FUNCTION = """    function %s(uint256 a, uint256 b, bool c) external returns (uint256 r) {
        %s
    }
"""
SOURCE = (HEAD + "".join(FUNCTION % pair for pair in BODIES.items()) + "}\n").encode()
COMPARED = b"""pragma solidity ^0.8.28;
contract Sample { function f(uint256 a, uint256 b) external pure returns (bool) { return a < b; } }
"""


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    root = tmp_path_factory.mktemp("sample")
    path = root / FILE
    path.parent.mkdir()
    path.write_bytes(SOURCE)
    return Compiler(root, SOLC)


@pytest.fixture(scope="module")
def tree(compiler: Compiler) -> Mapping[str, Any]:
    return compiler.trees(ARTEFACT, [FILE])[FILE]


@pytest.fixture(scope="module")
def found(tree: Mapping[str, Any]) -> list[Mutant]:
    return list(mutants(FILE, SOURCE, tree))


def within(found: list[Mutant], function: str) -> list[Mutant]:
    """The mutants of one function."""
    start = SOURCE.index(f"function {function}(".encode())
    end = SOURCE.index(b"\n    }\n", start) if function in BODIES else SOURCE.index(b"{}", start)
    return [each for each in found if start <= each.start < end]


def shown(found: list[Mutant]) -> list[tuple[str, str, str]]:
    return [(each.operator, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("less", {("boundary", "a < b", "a <= b"), ("negation", "a < b", "!(a < b)")}),
        ("atLeast", {("boundary", "a >= b", "a > b"), ("negation", "a >= b", "!(a >= b)")}),
        ("equal", {("comparison", "a == b", "a != b")}),
        ("product", {("arithmetic", "a * (b ^ a)", "a / (b ^ a)")}),
        ("comment", {("arithmetic", "a /* - */ - b", "a /* - */ + b")}),
        ("sum", {("arithmetic", "r += a", "r -= a")}),
        ("shift", {("bits", "a << b", "a >> b")}),
        ("both", {("logic", "c && a > b", "c || a > b"), ("boundary", "a > b", "a >= b")}),
        ("condition", {("negation", "c", "!(c)")}),
        ("told", {("emit", "emit Told(a);", "{}")}),
        ("deleted", set()),
        ("week", {("constant", "7 days", "(7 days + 1)"), ("constant", "7 days", "(7 days - 1)")}),
        ("zero", {("arithmetic", "a + 0", "a - 0"), ("constant", "0", "(0 + 1)")}),
        ("truth", {("truth", "true", "false")}),
        ("required", {("check", "require(c);", "{}")}),
        ("guard", {("guard", "guarded", "")}),
        ("assembled", set()),
    ],
)  # fmt: skip
def test_mutants__one_statement__these_and_no_others(
    found: list[Mutant], function: str, expected: set[tuple[str, str, str]]
) -> None:
    others = {each for each in shown(within(found, function)) if each[0] != "effect"}
    assert others == expected


@pytest.mark.parametrize("function", ["sum", "condition", "deleted", "truth"])
def test_mutants__effect__dropped(found: list[Mutant], function: str) -> None:
    (effect,) = [each for each in within(found, function) if each.operator == "effect"]
    assert effect.before.endswith(";")
    assert effect.after == "{}"


@pytest.mark.parametrize("function", ["checked", "checkedBlock"])
def test_mutants__check__dropped_whole_and_turned_around(
    found: list[Mutant], function: str
) -> None:
    assert shown(within(found, function)) == [
        ("check", BODIES[function], "{}"),
        ("negation", "a > b", "!(a > b)"),
        ("boundary", "a > b", "a >= b"),
    ]


def test_mutants__revert_with_another_branch__dropped_alone(found: list[Mutant]) -> None:
    branches = within(found, "branches")
    assert ("revert", "revert Refused(a);", "{}") in shown(branches)
    assert "check" not in {each.operator for each in branches}


def test_mutants__loop__its_header_steps_on(found: list[Mutant]) -> None:
    effects = [each.before for each in within(found, "loop") if each.operator == "effect"]
    assert effects == ["r = i;"]


def test_planted__after_a_wide_character__at_the_right_place(found: list[Mutant]) -> None:
    (mutant,) = (each for each in within(found, "comment") if each.operator == "arithmetic")
    planted = mutant.planted(SOURCE).decode()
    assert planted == SOURCE.decode().replace("a /* - */ - b", "a /* - */ + b")
    assert planted.splitlines()[mutant.line - 1].strip() == "r = a /* - */ + b;"


def test_planted__every_effect_and_check__compiles(found: list[Mutant], compiler: Compiler) -> None:
    source = SOURCE
    dropped = [each for each in found if each.operator in ("effect", "check", "emit", "guard")]
    for each in reversed(dropped):  # from the end, so that places before it stay
        source = each.planted(source)
    assert len(dropped) > 15
    assert compiler.bytecode(ARTEFACT, {FILE: source}) is not None


def test_key__lines_move__stays(tree: Mapping[str, Any], found: list[Mutant]) -> None:
    moved = moved_down(tree, 1)
    after = list(mutants(FILE, b"\n" + SOURCE, moved))
    assert [each.key for each in after] == [each.key for each in found]
    assert [each.line for each in after] == [each.line + 1 for each in found]


def test_key__the_same_twice_in_a_function__differs(found: list[Mutant]) -> None:
    assert len({each.key for each in found}) == len(found)


def test_bytecode__does_not_compile__none(compiler: Compiler) -> None:
    assert compiler.bytecode(ARTEFACT, {FILE: b"contract {"}) is None


def test_bytecode__comment_or_meaning_changed__the_same_or_another(compiler: Compiler) -> None:
    def code(source: bytes) -> str:
        compiled = compiler.bytecode(ARTEFACT, {FILE: source})
        assert compiled is not None
        return str(compiled["bytecode"]["object"])

    original = code(COMPARED)
    assert code(COMPARED + b"// said again") == original
    assert code(COMPARED.replace(b"a < b", b"a <= b")) != original


def moved_down(raw: Any, by: int) -> Any:
    """A tree whose source begins so many bytes later."""
    if isinstance(raw, list):
        return [moved_down(each, by) for each in raw]
    if not isinstance(raw, dict):
        return raw
    moved = {name: moved_down(value, by) for name, value in raw.items()}
    if "src" in raw:
        start, rest = raw["src"].split(":", 1)
        moved["src"] = f"{int(start) + by}:{rest}"
    return moved
