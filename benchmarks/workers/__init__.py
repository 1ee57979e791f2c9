"""How fast the workers are, and what they ask of a node."""

from collections.abc import Callable
from dataclasses import replace

from assay.terms import Terms
from benchmarks.figures import Figure
from benchmarks.workers.throughput import COMMITTEE, OPTIMISTIC, Load, measure

_QUORUM = Load(COMMITTEE, jobs=13_000, per_second=70)
_OPTIMISTIC = Load(OPTIMISTIC, jobs=26_400, per_second=220)
_MODES = {"quorum3": _QUORUM, "optimistic": _OPTIMISTIC}
_CONDITIONS: dict[str, Callable[[Load], Load]] = {
    "": lambda load: load,
    ".rpc25ms": lambda load: replace(
        load, terms=_longer(load.terms), block_seconds=2, milliseconds=25
    ),
    ".idle300": lambda load: replace(load, idle=300),
}


def _longer(terms: Terms) -> Terms:
    """For longer blocks. A seat that is sure to come up leaves three of them to take it."""
    return replace(terms, commit_seconds=max(36, terms.commit_seconds))


STEPS = len(_MODES) * len(_CONDITIONS)


def figures(advance: Callable[[], None]) -> list[Figure]:
    """Jobs a second in both modes: as they are, on a slow node, and with idle jobs around."""
    found = []
    for mode, load in _MODES.items():
        for suffix, under in _CONDITIONS.items():
            rate = measure(under(load))
            advance()
            name = f"{mode}{suffix}"
            found += [
                Figure(f"worker.jobs_per_s.{name}", rate.jobs_per_second, "jobs/s"),
                Figure(f"worker.rpc_calls_per_job.{name}", rate.calls_per_job, "calls"),
                Figure(f"worker.rpc_requests_per_job.{name}", rate.requests_per_job, "requests"),
            ]
    return found
