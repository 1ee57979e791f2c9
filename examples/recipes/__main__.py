"""Runs recipes against the network that `make network` starts.

python -m examples.recipes [NAME …]
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from eth_account import Account
from rich.console import Console
from web3 import Web3

from assay import Client, deployments
from assay.errors import AssayError
from examples import ask

RECIPES = ("tabular", "pictures", "text", "state", "pytorch")
# Accounts that every anvil prints at its start; worth nothing.
_PUBLISHER = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m examples.recipes", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}")
    parser.add_argument("--url", default=ask.URL, help="the node (default: %(default)s)")
    parser.add_argument("--deployment", default=ask.NETWORK, help="network or file with addresses")
    parser.add_argument(
        "--store", type=Path, default=Path("models"), help="where workers read (default: models)"
    )
    options = parser.parse_args(arguments)
    if strange := set(options.names) - set(RECIPES):
        parser.error(f"no recipe {', '.join(sorted(strange))}; there are {', '.join(RECIPES)}")
    console = Console(soft_wrap=True, highlight=False)
    try:
        requester = ask.connect(options.url, options.deployment)
        publisher = Client(
            Web3(Web3.HTTPProvider(options.url)),
            deployments.load(options.deployment),
            Account.from_key(_PUBLISHER),
        )
        for name in options.names or RECIPES:
            console.print(f"[bold]{name}[/]")
            if reason := missing(name):
                console.print(f"  skipped: {reason}")
                continue
            recipe = importlib.import_module(f"examples.recipes.{name}")
            for line in recipe.run(publisher, requester, options.store.resolve()):
                console.print(f"  {line}", markup=False)
    except AssayError as error:
        Console(stderr=True, soft_wrap=True).print(f"not answered: {error}", markup=False)
        return 1
    return 0


def missing(name: str) -> str | None:
    """Why a recipe cannot run here."""
    if name == "pytorch" and importlib.util.find_spec("torch") is None:
        return "PyTorch is not installed; pip install torch"
    return None


if __name__ == "__main__":
    sys.exit(main())
