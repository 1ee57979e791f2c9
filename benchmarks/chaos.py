"""What five workers lose while everything around them goes wrong."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.commands import seconds
from benchmarks.figures import Figure

STEPS = 1

_COUNTED = {
    "jobs_lost": "jobs",
    "honest_slashed": "bonds",
    "wei_lost": "wei",
    "kills": "kills",
    "reorgs": "reorgs",
}


def measure(advance: Callable[[], None]) -> list[Figure]:
    """What `make chaos` does, with a new seed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "figures.json")
        seconds([sys.executable, "-m", "scripts.chaos", "--figures", str(file)])
        found = json.loads(file.read_text())
    advance()
    figures = [Figure(f"chaos.{name}", found[name], unit) for name, unit in _COUNTED.items()]
    return [*figures, Figure("chaos.rpc_faults", sum(found["faults"].values()), "faults")]
