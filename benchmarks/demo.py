"""Latency and overhead of the workers, and the time of a demo whose parts are installed."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.commands import seconds
from benchmarks.figures import Figure

STEPS = 1


def measure(advance: Callable[[], None]) -> list[Figure]:
    """What `make demo` does, which is to look whether all is installed and then to run it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "figures.json")
        passed = seconds(["bash", "scripts/setup.sh"])
        passed += seconds([sys.executable, "-m", "scripts.demo", "--figures", str(file)])
        found = json.loads(file.read_text())
    advance()
    return [
        Figure("latency.demo.blocks_median", found["blocks_median"], "blocks"),
        Figure("latency.demo.blocks_p95", found["blocks_p95"], "blocks"),
        Figure("worker.overhead_ms", found["overhead_ms"], "ms"),
        Figure("time.demo.warm_s", passed, "s"),
    ]
