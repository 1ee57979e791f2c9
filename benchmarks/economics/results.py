"""docs/figures/economics/results.json: everything that was simulated, with the seed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.economics import (
    appellants,
    blocking,
    captures,
    cheating,
    edges,
    laziness,
    search,
    underpaid,
    waiting,
)
from benchmarks.economics.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "figures" / "economics"
FILE = FOLDER / "results.json"

Results = dict[str, Any]

EXPERIMENTS: dict[str, Callable[[Settings], Any]] = {
    "captures": captures.captures,
    "cheating": cheating.cheating,
    "canaries": laziness.canaries,
    "lazy in a committee": laziness.in_a_committee,
    "copying": laziness.copying,
    "waiting": waiting.waiting,
    "references": edges.references,
    "proposals": edges.proposals,
    "underpaid": lambda _: underpaid.underpaid(),
    "appellants": appellants.appellants,
    "search": search.search,
    "thresholds": search.thresholds,
    "blocking": blocking.blocking,
}


def simulate(settings: Settings, advance: Callable[[], None]) -> Results:
    """Runs every experiment. Same settings, same results."""
    found: Results = {
        "settings": {
            "seed": settings.seed,
            "jobs": settings.jobs,
            "searched_jobs": settings.searched_jobs,
            "workers_jobs": settings.workers_jobs,
        }
    }
    for name, experiment in EXPERIMENTS.items():
        found[name] = experiment(settings)
        advance()
    return found


def write(found: Results) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read() -> Results:
    """The committed results."""
    found: Results = json.loads(FILE.read_text(encoding="utf-8"))
    return found
