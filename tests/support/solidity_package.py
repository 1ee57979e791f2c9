"""The package `assay-contracts` as npm packs it, installed into folders of their own."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.pages import ROOT

FOLDER = ROOT / "contracts"
NODE_MODULES = ROOT / "node_modules"


def npm(*arguments: str, folder: Path) -> str:
    """Runs npm without the network; returns what it prints."""
    command = ["npm", *arguments, "--offline", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def description() -> dict[str, Any]:
    """What package.json says."""
    return described(FOLDER / "package.json")


def described(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def packed() -> list[str]:
    """Paths of the files that npm would publish."""
    [package] = json.loads(npm("pack", "--dry-run", "--json", folder=FOLDER))
    return [file["path"] for file in package["files"]]


def install(folder: Path, package: Mapping[str, Any]) -> None:
    """Installs the packed package into a folder, and what it needs from this repository's own.

    `package` is the package.json of the folder, which depends on `assay-contracts` or gets to.
    """
    [tarball] = json.loads(npm("pack", "--json", f"--pack-destination={folder}", folder=FOLDER))
    needed = {name: f"file:{NODE_MODULES / name}" for name in description()["dependencies"]}
    dependencies = needed | {"assay-contracts": f"file:{tarball['filename']}"}
    (folder / "package.json").write_text(
        json.dumps({**package, "dependencies": dependencies}), encoding="utf-8"
    )
    npm("install", "--install-links", "--no-package-lock", folder=folder)
