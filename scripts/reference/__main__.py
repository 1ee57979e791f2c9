"""Writes docs/reference and docs/errors.md, or checks that they are up to date.

make reference                       after a change of docstrings, NatSpec or errors
python -m scripts.reference --check  exits 1 and names the pages that are behind
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.reference.errors import UnwritableError
from scripts.reference.package import ROOT
from scripts.reference.writing import behind, pages, write


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Runs the command; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when behind")
    chosen = parser.parse_args(arguments)
    try:
        made = pages(root)
    except UnwritableError as error:
        print(error, file=sys.stderr)
        return 1
    if not chosen.check:
        write(made, root)
        return 0
    stale = behind(made, root)
    if stale:
        print(f"behind their sources: {', '.join(stale)}. Run: make reference", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
