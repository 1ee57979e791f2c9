"""Runs the demo: `make demo`, or `make demo KEEP=1` to leave the network up afterwards."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from assay.errors import AssayError
from scripts.demo.errors import DemoError, StoppedError
from scripts.demo.network import Network, network
from scripts.demo.report import Report
from scripts.demo.run import Plan, demo
from scripts.demo.screen import Screen
from scripts.demo.stopping import nothing_left_behind
from scripts.deployment.deploy import FOLDER
from scripts.deployment.errors import DeployError

_KEPT_PORT = 8545


def main() -> int:
    """Returns the exit code: 0 only if everything is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--figures", type=Path, help="write the run's figures to this file: JSON")
    figures_file: Path | None = parser.parse_args().figures
    keep = os.environ.get("KEEP", "") not in ("", "0")
    screen = Screen()
    try:
        with nothing_left_behind():
            report = _run(screen, keep=keep)
    except (AssayError, DemoError, DeployError) as error:
        screen.complain("the demo failed", str(error))
        return 1
    if figures_file is not None:
        figures_file.write_text(json.dumps(dataclasses.asdict(report.figures)))
    return 1 if report.faults else 0


def _run(screen: Screen, *, keep: bool) -> Report:
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as name:
        folder = Path(name)
        screen.hear("Starting a chain and deploying the contracts …")
        with (
            network(FOLDER if keep else folder, port=_KEPT_PORT if keep else 0) as net,
            demo(net, folder, Plan(), screen) as report,
        ):
            _tell(screen, report)
            if keep:
                _keep(net, folder, screen)
    return report


def _tell(screen: Screen, report: Report) -> None:
    screen.show(report)
    for fault in report.faults:
        screen.complain("not as it should be", fault)
    if not report.faults:
        screen.praise(
            "Every job settled with the right answer, every lie was found, the liar paid, "
            "the books balance."
        )


def _keep(net: Network, folder: Path, screen: Screen) -> None:
    """Until somebody stops it."""
    screen.hear(
        f"\nThe network stays up at {net.url} (chain {net.deployment.chain_id}); "
        f"{net.deployment_file} has its addresses.\n"
        "Keys: anvil's, from the words “test test … junk”. "
        f"Logs of the workers: {folder}/worker-*/worker.log\n"
        "Try, in another terminal:\n"
        f"  tail -f {folder}/worker-1/worker.log\n"
        "  .venv/bin/python -m examples.ask\n"
        "Ctrl-C ends it."
    )
    try:
        while True:
            signal.pause()
    except StoppedError:
        screen.hear("Stopping.")


if __name__ == "__main__":
    sys.exit(main())
