"""Runs the chaos: `make chaos`, or `make chaos SEED=7 JOBS=100` to repeat a run, or a part."""

from __future__ import annotations

import argparse
import dataclasses
import json
import secrets
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assay.errors import AssayError
from scripts.chaos.run import Outcome, Plan, chaos
from scripts.demo.errors import DemoError
from scripts.demo.network import network
from scripts.demo.stopping import nothing_left_behind
from scripts.deployment.errors import DeployError

_SEED_BITS = 32


def main() -> int:
    """Returns the exit code: 0 only if nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m scripts.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbits(_SEED_BITS))
    parser.add_argument("--jobs", type=int, default=Plan.jobs)
    parser.add_argument("--seconds", type=float, default=Plan.posting_seconds)
    parser.add_argument("--figures", type=Path, help="write the outcome to this file: JSON")
    options = parser.parse_args()
    console = Console()
    console.print(f"seed {options.seed}")
    plan = Plan(options.seed, options.jobs, posting_seconds=options.seconds)
    try:
        with (
            nothing_left_behind(),
            tempfile.TemporaryDirectory(prefix="assay-chaos-") as name,
            network(Path(name)) as net,
        ):
            outcome = chaos(net, Path(name), plan, console.log)
    except (AssayError, DemoError, DeployError) as error:
        console.print(f"[red]the chaos ended early:[/] {error}; seed {options.seed}")
        return 1
    console.print(_table(outcome))
    if options.figures is not None:
        options.figures.write_text(json.dumps(dataclasses.asdict(outcome)))
    console.print("Nothing was lost." if outcome.sound else f"Lost; seed {options.seed}.")
    return 0 if outcome.sound else 1


def _table(outcome: Outcome) -> Table:
    made = Table("chaos", "")
    for name in ("jobs_lost", "honest_slashed", "wei_lost", "kills", "reorgs", "rpc_faults"):
        made.add_row(name, f"{getattr(outcome, name):,}")
    for name, count in (outcome.statuses | outcome.faults).items():
        made.add_row(name, f"{count:,}")
    made.add_row("seconds", f"{outcome.seconds:.0f}")
    return made


if __name__ == "__main__":
    sys.exit(main())
