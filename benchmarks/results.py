"""benchmarks/results.json: name -> value, unit, target. Every measure adds its own names."""

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import Figure

RESULTS = Path(__file__).resolve().parent / "results.json"


def read(path: Path = RESULTS) -> dict[str, Figure]:
    """The figures recorded so far, by name; none if there is no file yet."""
    if not path.is_file():
        return {}
    recorded = json.loads(path.read_text())
    return {name: Figure(name, entry["value"], entry["unit"]) for name, entry in recorded.items()}


def record(figures: Iterable[Figure], path: Path = RESULTS) -> dict[str, Figure]:
    """Adds figures, replacing those of the same names, and returns all of them."""
    merged = {**read(path), **{figure.name: figure for figure in figures}}
    entries = {
        name: {"value": figure.value, "unit": figure.unit, "target": figure.goal.target}
        for name, figure in sorted(merged.items())
    }
    written = path.with_suffix(".new")
    written.write_text(json.dumps(entries, indent=2) + "\n")
    written.replace(path)
    return merged
