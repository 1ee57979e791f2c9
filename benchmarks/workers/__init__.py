"""How fast the workers are, and what they ask of a node."""

from collections.abc import Callable

from benchmarks.figures import Figure
from benchmarks.workers.throughput import COMMITTEE, OPTIMISTIC, Load, measure

_QUORUM_JOBS = 1_200
_OPTIMISTIC_JOBS = 3_000
_SLOW = {"block_seconds": 2, "milliseconds": 25}
_IDLE = {"idle": 300}
_MODES = {"quorum3": (COMMITTEE, _QUORUM_JOBS), "optimistic": (OPTIMISTIC, _OPTIMISTIC_JOBS)}
STEPS = 3 * len(_MODES)


def figures(advance: Callable[[], None]) -> list[Figure]:
    """Jobs a second in both modes: as they are, on a slow node, and with idle jobs around."""
    found = []
    for mode, (terms, jobs) in _MODES.items():
        for suffix, conditions in (("", {}), (".rpc25ms", _SLOW), (".idle300", _IDLE)):
            rate = measure(Load(terms, jobs, **conditions))
            advance()
            found.append(
                Figure(f"worker.jobs_per_s.{mode}{suffix}", rate.jobs_per_second, "jobs/s")
            )
            if suffix:
                continue
            found.append(Figure(f"worker.rpc_calls_per_job.{mode}", rate.calls_per_job, "calls"))
            found.append(
                Figure(f"worker.rpc_requests_per_job.{mode}", rate.requests_per_job, "requests")
            )
    return found
