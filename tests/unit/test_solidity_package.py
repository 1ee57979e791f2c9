"""What dapps in Solidity install: the right files, and no import that leads out of them."""

import posixpath
import re
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
import yaml

from tests.support.pages import ROOT, blocks, page
from tests.support.solidity_package import FOLDER, NODE_MODULES, described, description, packed

IMPORT = re.compile(r'^import [^"]*"([^"]+)";', re.MULTILINE)
NOT_FOR_DAPPS = {"mocks"}
"""Folders that only the tests of this repository need."""


@pytest.fixture(scope="module")
def files() -> list[str]:
    return packed()


def sources() -> Iterator[str]:
    """All Solidity that is to be published."""
    for path in FOLDER.rglob("*.sol"):
        relative = path.relative_to(FOLDER)
        if relative.parts[0] not in NOT_FOR_DAPPS | {".cache", "node_modules"}:
            yield relative.as_posix()


def test_pack__every_source_but_mocks(files: list[str]) -> None:
    about = {"LICENSE", "README.md", "ape-config.yaml", "package.json"}
    assert set(files) == set(sources()) | about
    assert len(files) > 50


def test_pack__imports__packed_or_of_a_dependency(files: list[str]) -> None:
    dependencies = tuple(description()["dependencies"])
    for name in filter(lambda path: path.endswith(".sol"), files):
        for imported in IMPORT.findall((FOLDER / name).read_text(encoding="utf-8")):
            if imported.startswith("."):
                parent = PurePosixPath(name).parent.as_posix()
                assert posixpath.normpath(f"{parent}/{imported}") in files, name
            else:
                # The path in node_modules, so that Hardhat needs no remapping.
                assert imported.startswith(tuple(f"{one}/" for one in dependencies)), name
                assert (NODE_MODULES / imported).is_file(), imported


def test_pack__pragmas__compilers_of_dapps(files: list[str]) -> None:
    for name in filter(lambda path: path.endswith(".sol"), files):
        assert "pragma solidity ^0.8.28;" in (FOLDER / name).read_text(encoding="utf-8"), name


def test_package__version__that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert description()["version"] == project["version"]


def test_package__licence__that_of_the_project() -> None:
    assert (FOLDER / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_example__package_json__the_file_that_is_packed() -> None:
    """The step before `npm install` in the example's README."""
    needed = described(ROOT / "examples/consumer/package.json")["dependencies"]
    packed_file = f"assay-contracts-{description()['version']}.tgz"
    assert needed == {"assay-contracts": f"file:{packed_file}"}
    assert packed_file in page("solidity.md")


@pytest.mark.parametrize(
    "config",
    [
        (ROOT / "ape-config.yaml").read_text(encoding="utf-8"),
        (ROOT / "examples/consumer/ape-config.yaml").read_text(encoding="utf-8"),
        *(code for code in blocks(page("solidity.md"), "yaml") if "dependencies:" in code),
    ],
    ids=["root", "example", "page"],
)
def test_ape__dependencies__of_the_package_and_in_the_locked_version(config: str) -> None:
    found = {one["name"]: one for one in yaml.safe_load(config)["dependencies"]}
    assert {"openzeppelin", "solady"} == set(found) - {"assay-contracts"}
    locked = described(ROOT / "package-lock.json")["packages"]
    version = locked["node_modules/@openzeppelin/contracts"]["version"]
    assert found["openzeppelin"]["version"] == version


def test_example__requirements__versions_that_are_tested() -> None:
    """The example's tests run here with the environment of this repository."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    developing = groups["dependency-groups"]["dev"]
    required = (ROOT / "examples/consumer/requirements.txt").read_text(encoding="utf-8").split()
    assert required
    assert set(required) <= {line for line in developing if isinstance(line, str)}
