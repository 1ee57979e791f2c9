"""What a worker's processes hold in memory, and how soon one that was away has caught up."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from benchmarks.workers.throughput import OPTIMISTIC, WORKERS, Load, Stage, hire, stage
from scripts.demo import crew

_LOAD = Load(OPTIMISTIC, jobs=0, per_second=200)
_WARM_UP = 5_000
_GROWTH = 10_000
_HISTORY = 10_000
"""Jobs after those, for the one that catches up."""
_EVENTS_PER_JOB = 4
"""Posted, proposed, claimed, closed."""
_MIB = 1 << 20
STEPS = 4


def figures(advance: Callable[[], None]) -> list[Figure]:
    """Resident memory of a worker's process tree, the largest of five; seconds to catch up."""
    with tempfile.TemporaryDirectory() as name, stage(Path(name), _LOAD) as scene:
        idle = max(_resident(scene.crewmen))
        advance()
        _post(scene, _WARM_UP)
        before = _resident(scene.crewmen)
        advance()
        _post(scene, _GROWTH)
        after = _resident(scene.crewmen)
        advance()
        _post(scene, _HISTORY)
        seconds = _catch_up(scene, Path(name))
        advance()
    events = (_WARM_UP + _GROWTH + _HISTORY) * _EVENTS_PER_JOB
    growth = max(now - then for now, then in zip(after, before, strict=True))
    return [
        Figure("worker.rss_mb.idle", idle / _MIB, "MiB"),
        Figure("worker.rss_growth_mb.10k_jobs", growth / _MIB, "MiB"),
        Figure("worker.catch_up_s.100k_events", seconds * 100_000 / events, "s"),
    ]


def _post(scene: Stage, jobs: int) -> None:
    scene.post(jobs, _LOAD.terms, _LOAD.per_second)


def _resident(crewmen: Sequence[crew.Crewman]) -> list[int]:
    """Bytes that each worker's processes hold, those that run models among them."""
    found = []
    for crewman in crewmen:
        process = psutil.Process(crewman.process.pid)
        family = [process, *process.children(recursive=True)]
        found.append(sum(each.memory_info().rss for each in family))
    return found


def _catch_up(scene: Stage, folder: Path) -> float:
    """Seconds that a worker who has seen nothing yet takes to be where the others are."""
    net, number = scene.net, WORKERS
    operator = hire(net, folder, net.accounts[number + 3], number, net.url)
    began = time.monotonic()
    subprocess.run([crew.PRODUCT, "once", "-c", str(operator.config)], check=True)
    return time.monotonic() - began
