"""Files in tests/vectors: deterministic, JSON with one case a line, and the check for drift."""

import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "tests" / "vectors"


def write_or_check(name: str, sections: dict[str, list[Json]]) -> None:
    """Write the file; with `--check` on the command line, fail when it differs instead."""
    write_or_check_bytes(name, render(sections).encode())


def write_or_check_bytes(name: str, content: bytes) -> None:
    """The same for a file that is not JSON."""
    path = FOLDER / name
    if "--check" not in sys.argv[1:]:
        path.write_bytes(content)
    elif not path.exists() or path.read_bytes() != content:
        sys.exit(f"tests/vectors/{name} is stale: run python {sys.argv[0]} and commit the result")


def render(sections: dict[str, list[Json]]) -> str:
    """JSON with one case a line, so that a change shows as the lines it touches."""
    parts = []
    for name, cases in sections.items():
        lines = ",\n".join("    " + json.dumps(case) for case in cases)
        parts.append(f'  "{name}": [\n{lines}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"
