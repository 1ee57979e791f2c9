"""Everything that `make bench` can measure. A further measure is one more line here."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import chaos, client, demo, economics, gas, invariants, mutation, whole, workers
from benchmarks.figures import Figure
from benchmarks.workers import memory


@dataclass(frozen=True)
class Measure:
    """A part of the benchmark."""

    description: str
    steps: int
    """How often it reports progress."""
    run: Callable[[Callable[[], None]], list[Figure]]
    """Given a function that reports progress, returns figures."""
    by_default: bool = True
    """Whether it runs without being named."""


MEASURES = {
    "gas": Measure("gas, from receipts on a local chain", gas.STEPS, gas.measure),
    "demo": Measure("the demo, as on any day but the first", demo.STEPS, demo.measure),
    "client": Measure("how soon an answer is seen", client.STEPS, client.measure),
    "bare": Measure(
        "the demo from a bare checkout", whole.STEPS, whole.measure_bare_demo, by_default=False
    ),
    "test": Measure("every test", whole.STEPS, whole.measure_tests, by_default=False),
    "economics": Measure(
        "what strategies earn, simulated", economics.STEPS, economics.measure, by_default=False
    ),
    "mutation": Measure(
        "faults planted in the contracts", mutation.STEPS, mutation.measure, by_default=False
    ),
    "invariants": Measure(
        "long sequences of calls", invariants.STEPS, invariants.measure, by_default=False
    ),
    "workers": Measure(
        "jobs a second of five workers", workers.STEPS, workers.figures, by_default=False
    ),
    "memory": Measure(
        "memory of five workers, and how soon a sixth catches up",
        memory.STEPS,
        memory.figures,
        by_default=False,
    ),
    "chaos": Measure(
        "five workers while everything goes wrong", chaos.STEPS, chaos.measure, by_default=False
    ),
}
