"""A network to develop against, until Ctrl-C: `make network`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from assay.errors import AssayError
from scripts.demo.errors import DemoError, StoppedError
from scripts.demo.network import Network, network
from scripts.demo.stopping import nothing_left_behind
from scripts.deployment.deploy import FOLDER
from scripts.deployment.errors import DeployError
from scripts.network.standing import Standing, standing

_PORT = 8545
_MODELS = Path("models")


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.network", description=__doc__)
    parser.add_argument("--workers", type=int, default=3, help="how many (default: %(default)s)")
    parser.add_argument("--block-seconds", type=int, default=1, help="(default: %(default)s)")
    options = parser.parse_args()
    console = Console(soft_wrap=True, highlight=False)
    try:
        with nothing_left_behind(), tempfile.TemporaryDirectory(prefix="assay-network-") as name:
            console.print("A chain, the contracts, a model, and workers: half a minute …")
            with (
                network(FOLDER, port=_PORT) as net,
                standing(
                    net,
                    Path(name),
                    _MODELS,
                    workers=options.workers,
                    block_seconds=options.block_seconds,
                ) as ready,
            ):
                _tell(console, net, ready, Path(name))
                _until_stopped(console)
    except (AssayError, DemoError, DeployError) as error:
        Console(stderr=True).print("no network:", str(error), style="red", markup=False)
        return 1
    return 0


def _tell(console: Console, net: Network, ready: Standing, folder: Path) -> None:
    console.print(
        f"The network is up at {net.url} (chain {net.deployment.chain_id}); "
        f"{net.deployment_file} has its addresses.\n"
        f"Publisher {ready.publisher.address}, requester {ready.requester.address}: anvil's second "
        "and third account.\n"
        f"A model to ask: {ready.model}. Workers read models and inputs below {_MODELS.resolve()}\n"
        f"Logs of the workers: {folder}/worker-*/worker.log\n"
        "Try, in another terminal:\n"
        "  .venv/bin/python -m examples.ask\n"
        "  .venv/bin/python -m examples.recipes\n"
        "Ctrl-C ends it."
    )


def _until_stopped(console: Console) -> None:
    try:
        while True:
            signal.pause()
    except StoppedError:
        console.print("Stopping.")


if __name__ == "__main__":
    sys.exit(main())
