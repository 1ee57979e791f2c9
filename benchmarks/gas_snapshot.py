"""The committed gas figures, which a test compares with the contracts as they are."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.figures import Figure

SNAPSHOT = Path(__file__).resolve().parent / "gas.snapshot.json"
ACCEPT = "python -m benchmarks gas --accept"


def read() -> dict[str, int]:
    """The committed figures by name."""
    committed: dict[str, int] = json.loads(SNAPSHOT.read_text())
    return committed


def write(figures: Iterable[Figure]) -> None:
    """Makes the snapshot hold these figures."""
    SNAPSHOT.write_text(json.dumps(_by_name(figures), indent=2) + "\n")


def differences(figures: Iterable[Figure], committed: Mapping[str, int]) -> list[str]:
    """A line for each figure that differs, is new, or is gone."""
    found = _by_name(figures)
    lines = []
    for name in sorted({*found, *committed}):
        before, after = committed.get(name), found.get(name)
        if before is None:
            lines.append(f"{name}: {after} is new")
        elif after is None:
            lines.append(f"{name}: {before} is no longer measured")
        elif before != after:
            lines.append(f"{name}: {before} -> {after} ({after - before:+d})")
    return lines


def _by_name(figures: Iterable[Figure]) -> dict[str, int]:
    return {figure.name: int(figure.value) for figure in sorted(figures, key=lambda f: f.name)}
