"""Writes assay/abi/<contract>.json from what forge compiled, or checks that they agree.

make abi                                 after a change of a contract's interface
python scripts/export_abi.py --check     exits 1 and names the files that are stale
"""

import argparse
import json
import sys
from pathlib import Path

CONTRACTS = ("ModelRegistry", "StakeVault", "JobQueue", "Settlement", "IInferenceCallback")

ROOT = Path(__file__).resolve().parent.parent
ARTEFACTS = ROOT / ".build" / "forge" / "out"
ABIS = ROOT / "assay" / "abi"

AbiEntry = dict[str, object]


def compiled_abi(contract: str) -> str:
    """The contract's ABI as the text of its file: entries in an order of their own, one a line."""
    artefact = ARTEFACTS / f"{contract}.sol" / f"{contract}.json"
    try:
        entries: list[AbiEntry] = json.loads(artefact.read_text())["abi"]
    except FileNotFoundError:
        sys.exit(
            f"{contract} is not compiled: {artefact.relative_to(ROOT)} is missing. Run: make abi"
        )
    lines = (json.dumps(entry, sort_keys=True) for entry in sorted(entries, key=_order))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _order(entry: AbiEntry) -> tuple[str, str, str]:
    """By kind and name; overloads by their parameters."""
    return str(entry["type"]), str(entry.get("name", "")), json.dumps(entry, sort_keys=True)


def write_abis() -> None:
    """Makes the folder hold exactly the ABIs of CONTRACTS."""
    ABIS.mkdir(exist_ok=True)
    for contract in CONTRACTS:
        (ABIS / f"{contract}.json").write_text(compiled_abi(contract))
    for stray in _strays():
        stray.unlink()


def stale_abis() -> list[str]:
    """The names of files that are missing, differ from what is compiled, or belong to nothing."""
    stale = [path.name for path in _strays()]
    for contract in CONTRACTS:
        path = ABIS / f"{contract}.json"
        if not path.is_file() or path.read_text() != compiled_abi(contract):
            stale.append(path.name)
    return stale


def _strays() -> list[Path]:
    return [path for path in sorted(ABIS.glob("*.json")) if path.stem not in CONTRACTS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")
    if not parser.parse_args().check:
        write_abis()
    elif stale := stale_abis():
        sys.exit(f"assay/abi is behind the contracts ({', '.join(stale)}). Run: make abi")


if __name__ == "__main__":
    main()
