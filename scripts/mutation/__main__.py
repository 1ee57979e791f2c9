"""Plants faults in the contracts, one at a time, and counts those that the tests notice:
`make mutation`, or `python -m scripts.mutation --count 300 --seed 2 contracts/types/*.sol`."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from benchmarks import results
from benchmarks.mutation import figures
from scripts.mutation.errors import MutationError
from scripts.mutation.record import Entry, Run
from scripts.mutation.run import COUNT, FILES, JOBS, SEED, Options, Progress, run
from scripts.mutation.trial import Verdict

_SHOWN = 160
_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
)


def main() -> None:
    """One run with the options of the command line."""
    options = _options()
    console = Console()
    try:
        with Bar(*_COLUMNS, console=console) as bar:
            done = run(options, _shown(bar))
    except MutationError as error:
        sys.exit(str(error))
    _print(done, console)
    if tuple(options.files) == FILES and options.count >= COUNT:
        results.record(figures(done))


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m scripts.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="file", help=f"by default {', '.join(FILES)}")
    parser.add_argument("--count", type=int, default=COUNT, help="mutants to try")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--jobs", type=int, default=JOBS, help="mutants tried at once")
    found = parser.parse_args()
    return Options(found.files or FILES, found.count, found.seed, found.jobs)


def _shown(bar: Bar) -> Progress:
    def stage(description: str, steps: int) -> None:
        for task in bar.task_ids:
            total = bar.tasks[task].total or 1
            bar.update(task, total=total, completed=total)
        bar.add_task(description, total=steps or None)

    return Progress(stage, lambda: bar.advance(bar.task_ids[-1]))


def _print(done: Run, console: Console) -> None:
    counts = ", ".join(f"{done.count(verdict)} {verdict}" for verdict in Verdict)
    console.print(f"{len(done.entries)} of {done.population} mutants: {counts}")
    console.print(f"killed {done.killed_share:.1%} of the valid ones")
    _print_entries("survivors that nobody has explained", done.unexplained, console)


def _print_entries(title: str, entries: Sequence[Entry], console: Console) -> None:
    if entries:
        console.print(f"{title}:")
    for each in entries:
        console.print(f"  {each.file}:{each.line} {each.operator} ({each.key})", highlight=False)
        for sign, text in (("-", each.before), ("+", each.after)):
            console.print(f"    {sign} {escape(' '.join(text.split())[:_SHOWN])}", highlight=False)


if __name__ == "__main__":
    main()
