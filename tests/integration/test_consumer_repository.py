"""The package for dapps in Solidity, installed in the example's repository, in Ape and Foundry."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.pages import ROOT, blocks, page
from tests.support.solidity_package import described, install

EXAMPLE = ROOT / "examples/consumer"
WHOLE = "// SPDX-License-Identifier"
"""How a block begins that is a file of its own."""


def run(*command: str, folder: Path) -> str:
    """Runs a tool of the environment; returns all that it prints."""
    # Ape keeps what it has installed in a folder of its own, not in the one of this repository.
    # A project within the temporary folder it compiles where it lies; any other, as almost all
    # are, in a copy. So the temporary folder is beside the project.
    temporary = folder.parent / f"{folder.name}-temporary"
    temporary.mkdir(exist_ok=True)
    environment = os.environ | {"APE_DATA_FOLDER": str(folder / ".ape"), "TMPDIR": str(temporary)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    return printed


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose node_modules hold the package."""
    folder = tmp_path_factory.mktemp("installed")
    install(folder, {"name": "dapp", "private": True})
    return folder


def project(installed: Path, folder: Path) -> Path:
    """An empty project with the package in it."""
    shutil.copytree(installed / "node_modules", folder / "node_modules")
    return folder


def test_example__its_own_tests__pass(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("node_modules", ".build", ".cache", "__pycache__")
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "repository", ignore=ignored))
    install(folder, described(EXAMPLE / "package.json"))
    assert "passed" in run("ape", "test", "-q", folder=folder)


@pytest.mark.parametrize("form", ["npm: assay-contracts", "local: ../checkout/contracts"])
def test_ape__dependencies_of_the_page__compile(installed: Path, tmp_path: Path, form: str) -> None:
    folder = project(installed, tmp_path / "dapp")
    shutil.copytree(installed / "node_modules/assay-contracts", tmp_path / "checkout/contracts")
    (config,) = (code for code in blocks(page("solidity.md"), "yaml") if "dependencies:" in code)
    written = config.replace("npm: assay-contracts", form)
    assert form in written
    (folder / "ape-config.yaml").write_text(written, encoding="utf-8")
    write(folder / "contracts", whole("is InferenceConsumer {")[0])
    assert "compiled" in run("ape", "compile", folder=folder)


def test_ape__clone_of_this_repository__compiles(tmp_path: Path) -> None:
    """Sources that import from both packages; all of them take half a minute."""
    folder = tmp_path / "clone"
    (folder / "contracts").mkdir(parents=True)
    shutil.copyfile(ROOT / "ape-config.yaml", folder / "ape-config.yaml")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    for name in ("libraries", "types", "interfaces", "entropy", "base"):
        shutil.copytree(ROOT / "contracts" / name, folder / "contracts" / name)
    shutil.copyfile(ROOT / "contracts/StakeVault.sol", folder / "contracts/StakeVault.sol")
    assert "compiled" in run("ape", "compile", folder=folder)


def test_foundry__blocks_of_the_page__compile_and_their_tests_pass(
    installed: Path, tmp_path: Path
) -> None:
    folder = project(installed, tmp_path)
    (remappings,) = (code for code in blocks(page("solidity.md"), "text") if "solady/=" in code)
    # What the page's tests import of forge-std, this repository has of its own.
    standard = folder / "lib/forge-std/src"
    standard.mkdir(parents=True)
    for name in ("Test", "Vm"):
        shutil.copyfile(ROOT / f"tests/forge/utils/{name}.sol", standard / f"{name}.sol")
    (folder / "remappings.txt").write_text(remappings, encoding="utf-8")
    (folder / "foundry.toml").write_text(
        f'[profile.default]\noffline = true\nsolc = "{ROOT}/.toolchain/solc/solc-v0.8.37"\n'
    )
    shutil.copytree(EXAMPLE / "contracts", folder / "src")
    for code in whole():
        write(folder / ("test" if "forge-std" in code else "src"), code)
    tests = sum(code.count("function test_") for code in whole())
    assert tests >= 6
    assert run("forge", "test", folder=folder).count("[PASS]") == tests


def whole(part: str = "") -> list[str]:
    """Blocks of the page that are files, with this in them."""
    code = blocks(page("solidity.md"), "solidity")
    return [block for block in code if block.startswith(WHOLE) and part in block]


def write(folder: Path, code: str) -> None:
    """A file of the name of its contract."""
    folder.mkdir(exist_ok=True)
    name = code.split("\ncontract ")[1].split()[0]
    suffix = ".t.sol" if "forge-std" in code else ".sol"
    (folder / f"{name.removesuffix('Test')}{suffix}").write_text(code, encoding="utf-8")
