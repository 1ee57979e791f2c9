"""What jobs cost the daemons in CPU time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from scripts.demo.crew import Crewman

_IDLE_SECONDS = 4


class Meter:
    """CPU time that jobs cost each daemon: what it uses from now on, less what waiting uses."""

    def __init__(self, crewmen: Sequence[Crewman]) -> None:
        """Watches the crew wait for a few seconds first."""
        self._crewmen = crewmen
        start, before = time.monotonic(), self._read()
        time.sleep(_IDLE_SECONDS)
        self._started, self._used = time.monotonic(), self._read()
        passed = self._started - start
        self._idle = [(now - then) / passed for now, then in zip(self._used, before, strict=True)]

    def busy_seconds(self) -> list[float]:
        """For each of the crew, since the meter was made."""
        passed = time.monotonic() - self._started
        readings = zip(self._read(), self._used, self._idle, strict=True)
        return [now - before - idle * passed for now, before, idle in readings]

    def _read(self) -> list[float]:
        return [_cpu_seconds(crewman.process.pid) for crewman in self._crewmen]


def _cpu_seconds(process: int) -> float:
    """Of the process itself; the sandboxed processes that run models for it are not in it."""
    clock = ~process << 3 | 2  # what clock_getcpuclockid(3) answers on Linux; to the nanosecond
    return time.clock_gettime(clock)
