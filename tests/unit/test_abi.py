"""The committed ABIs: complete, and those of the compiled contracts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay import abi
from assay.abi import UnknownContractError

ROOT = Path(__file__).parents[2]
FORGE = shutil.which("forge", path=str(ROOT / ".toolchain" / "bin"))


def test_load__every_contract__has_functions() -> None:
    for name in abi.CONTRACTS:
        assert any(entry["type"] == "function" for entry in abi.load(name))


def test_load__another_name__refused() -> None:
    with pytest.raises(UnknownContractError, match="expected one of ModelRegistry"):
        abi.load("../pyproject")


def test_contracts__names__those_of_the_files() -> None:
    files = {path.stem for path in (ROOT / "assay" / "abi").glob("*.json")}
    assert files == set(abi.CONTRACTS)


@pytest.mark.skipif(FORGE is None, reason="forge is not installed: run make setup")
def test_export__contracts_compiled_now__gives_the_committed_files() -> None:
    assert FORGE is not None
    build = [FORGE, "build", "--quiet", "--skip", "test"]
    subprocess.run(build, cwd=ROOT, check=True, timeout=300)
    check = [sys.executable, "scripts/export_abi.py", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
