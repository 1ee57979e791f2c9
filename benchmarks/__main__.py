"""Measures, records and prints: `make bench`, or `python -m benchmarks [measure …] [--accept]`."""

import argparse
import sys
from functools import partial

from rich.console import Console
from rich.progress import Progress

from benchmarks import gas_snapshot as snapshot
from benchmarks import report, results
from benchmarks.commands import CommandFailedError
from benchmarks.figures import Figure
from benchmarks.measures import MEASURES


def main() -> None:
    """Runs the chosen measures; without a name, those that take minutes at most."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    usual = [name for name, measure in MEASURES.items() if measure.by_default]
    about = f"of {', '.join(MEASURES)}; by default {', '.join(usual)}"
    parser.add_argument("measures", nargs="*", metavar="measure", help=about)
    parser.add_argument("--accept", action="store_true", help="make gas the committed snapshot")
    options = parser.parse_args()
    if unknown := [name for name in options.measures if name not in MEASURES]:
        parser.error(f"no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")

    console = Console()
    try:
        figures = _measure(options.measures or usual, console)
    except CommandFailedError as error:
        sys.exit(str(error))
    console.print(report.table(results.read().values()))
    _compare(figures, console, accept=options.accept)


def _measure(chosen: list[str], console: Console) -> list[Figure]:
    """Records each measure's figures at once: a later one may fail."""
    figures: list[Figure] = []
    with Progress(console=console, transient=True) as progress:
        for name in chosen:
            measure = MEASURES[name]
            task = progress.add_task(measure.description, total=measure.steps)
            found = measure.run(partial(progress.advance, task))
            results.record(found)
            figures += found
    return figures


def _compare(figures: list[Figure], console: Console, *, accept: bool) -> None:
    gas = [figure for figure in figures if figure.name.startswith("gas.")]
    if not gas:
        return
    if accept:
        snapshot.write(gas)
    elif lines := snapshot.differences(gas, snapshot.read()):
        console.print("gas differs from benchmarks/gas.snapshot.json:", *lines, sep="\n  ")
        console.print(f"If that is meant: {snapshot.ACCEPT}")


if __name__ == "__main__":
    main()
