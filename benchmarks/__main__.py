"""Measures, records and prints: `make bench`, or `python -m benchmarks [gas] [--accept]`."""

import argparse
from functools import partial

from rich.console import Console
from rich.progress import Progress

from benchmarks import gas_snapshot as snapshot
from benchmarks import report, results
from benchmarks.figures import Figure
from benchmarks.measures import MEASURES


def main() -> None:
    """Runs the chosen measures, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="measure", help=", ".join(MEASURES))
    parser.add_argument("--accept", action="store_true", help="make gas the committed snapshot")
    options = parser.parse_args()
    if unknown := [name for name in options.measures if name not in MEASURES]:
        parser.error(f"no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")

    console = Console()
    figures = _measure(options.measures or list(MEASURES), console)
    console.print(report.table(results.record(figures).values()))
    _compare(figures, console, accept=options.accept)


def _measure(chosen: list[str], console: Console) -> list[Figure]:
    figures: list[Figure] = []
    with Progress(console=console, transient=True) as progress:
        for name in chosen:
            measure = MEASURES[name]
            task = progress.add_task(measure.description, total=measure.steps)
            figures += measure.run(partial(progress.advance, task))
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
