"""Prints the lines and branches of an lcov report that no test reaches."""

import sys
from collections.abc import Iterator
from pathlib import Path

_NEVER = ("0", "-")


def uncovered(report: str) -> Iterator[str]:
    """`file:line` of each line never run, and of each branch never taken."""
    file = ""
    for record in report.splitlines():
        kind, _, content = record.partition(":")
        fields = content.split(",")
        if kind == "SF":
            file = content
        elif kind == "DA" and fields[1] in _NEVER:
            yield f"{file}:{fields[0]} line never run"
        elif kind == "BRDA" and fields[3] in _NEVER:
            yield f"{file}:{fields[0]} branch {fields[2]} never taken"


def main() -> None:
    """Reads the report named on the command line."""
    found = list(uncovered(Path(sys.argv[1]).read_text()))
    print(*(found or ["every line and branch is reached"]), sep="\n")


if __name__ == "__main__":
    main()
