"""How many of the faults planted in the contracts the tests notice. Takes a quarter of an hour."""

from collections.abc import Callable

from benchmarks.figures import Figure
from scripts.mutation.record import Run
from scripts.mutation.run import COUNT, Options, Progress, run

STEPS = COUNT
_DIGITS = 4


def measure(advance: Callable[[], None]) -> list[Figure]:
    """The usual sample; each mutant goes into benchmarks/mutation.json."""
    trying = False

    def stage(_: str, steps: int) -> None:
        nonlocal trying
        trying = steps == COUNT

    return figures(run(Options(), Progress(stage, lambda: advance() if trying else None)))


def figures(done: Run) -> list[Figure]:
    """Share of the valid mutants that a test noticed."""
    return [Figure("mutation.killed", round(done.killed_share, _DIGITS), "share")]
