"""Everything that `make bench` can measure. A further measure is one more line here."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import gas
from benchmarks.figures import Figure


@dataclass(frozen=True)
class Measure:
    """A part of the benchmark."""

    description: str
    steps: int
    """How often it reports progress."""
    run: Callable[[Callable[[], None]], list[Figure]]
    """Given a function that reports progress, returns figures."""


MEASURES = {
    "gas": Measure("gas, from receipts on a local chain", gas.STEPS, gas.measure),
}
