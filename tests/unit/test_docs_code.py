"""Code in the documentation: Python that needs no chain runs, Solidity is the contract's."""

import ast
import importlib
import importlib.util
import pkgutil
import re
import tomllib
from collections.abc import Iterator

import pytest

import assay
from assay import deployments
from assay.client import Client
from assay.errors import AssayError
from tests.support.pages import PAGES, ROOT, blocks, page
from worker.settings import Settings

DAPP = page("building-a-dapp.md")
_OURS = ("assay", "worker", "examples", "scripts", "benchmarks")
_KINDS = {"client": Client, "deployments": deployments}
"""What names stand for on all pages."""
PYTHON = [
    pytest.param(code, id=f"{path.name}-{number}")
    for path in PAGES
    for number, code in enumerate(blocks(path.read_text(encoding="utf-8"), "python"), 1)
]


def names(code: str) -> set[str]:
    """Names that the code uses."""
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def needs_chain(code: str) -> bool:
    return bool(names(code) & {"client", "w3"})


@pytest.mark.parametrize("code", PYTHON)
def test_python__block__runs_or_needs_a_chain(code: str) -> None:
    compile(code, "block", "exec")
    if not needs_chain(code):
        exec(code, {})  # noqa: S102 - the project's own page


@pytest.mark.parametrize("code", PYTHON)
def test_python__block__uses_names_that_exist(code: str) -> None:
    """Also where it takes a chain to run it."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _OURS:
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                assert hasattr(module, alias.name) or importlib.util.find_spec(inner), inner
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            kind = _KINDS.get(node.value.id)
            assert kind is None or hasattr(kind, node.attr), f"{node.value.id}.{node.attr}"


def test_python__pages__some_run_here() -> None:
    assert sum(not needs_chain(str(case.values[0])) for case in PYTHON) >= 3


@pytest.mark.parametrize("code", blocks(page("solidity.md"), "solidity"))
def test_solidity__block__is_a_file_or_stands_in_a_contract(code: str) -> None:
    """What is a file of its own, tests/integration/test_consumer_repository.py compiles."""
    names = ("contracts/consumers", "contracts/interfaces", "examples/consumer/contracts")
    folders = [ROOT / name for name in names]
    contracts = [path.read_text(encoding="utf-8") for one in folders for path in one.glob("*.sol")]
    whole = code.startswith("// SPDX-License-Identifier: MIT\npragma solidity ^0.8.28;\n")
    assert whole or any(code in contract for contract in contracts)


def test_errors__table_for_dapps__all_exist() -> None:
    for module in pkgutil.walk_packages(assay.__path__, "assay."):
        importlib.import_module(module.name)
    known = {kind.__name__ for kind in descendants(AssayError)}
    section = DAPP.split("\n## Errors\n")[1]
    named = {
        name
        for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert len(named) > 20
    assert named <= known


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


@pytest.mark.parametrize("text", blocks(page("running-a-worker.md"), "toml"))
def test_toml__block__settings_that_exist(text: str) -> None:
    values = tomllib.loads(text)
    tables = {name: value for name, value in values.items() if isinstance(value, dict)}
    if values.keys() - tables.keys():
        Settings(**values)
    for name, table in tables.items():
        kind = Settings.model_fields[name].annotation
        assert kind is not None
        kind(**table)
