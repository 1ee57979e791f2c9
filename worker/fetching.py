"""Fetching models beside running them: a host that takes its time holds up no other model."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from assay.errors import AssayError
from assay.versions import Version
from worker.line import Waiting

_THREADS = 4
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 600.0
_REMEMBERED = 1_024

Done = Callable[[Sequence[Waiting], bool], None]
"""What is told of the jobs of a version: whether its files are there now."""


class Fetching:
    """A few threads that fetch versions, each once, however many jobs wait for it.

    One that could not be fetched is left alone for a while, longer each time.
    """

    def __init__(
        self,
        fetch: Callable[[Version], None],
        done: Done,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fetch` raises AssayError when no URI serves the version's files."""
        self._fetch = fetch
        self._done = done
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[Version, list[Waiting]] = {}
        self._asked: queue.SimpleQueue[Version] = queue.SimpleQueue()
        self._pauses: dict[Version, tuple[float, float]] = {}
        """Until when a version is left alone, and for how many seconds that was."""
        self._log = structlog.get_logger(__name__)
        for number in range(_THREADS):
            # Daemons: the end of the process waits for no host.
            threading.Thread(target=self._work, name=f"fetch-{number}", daemon=True).start()

    def add(self, version: Version, jobs: Sequence[Waiting]) -> None:
        """Fetch a version for these jobs."""
        with self._lock:
            until, _ = self._pauses.get(version, (0.0, 0.0))
            resting = until > self._clock()
            if not resting and version not in self._waiting:
                self._waiting[version] = []
                self._asked.put(version)
            if not resting:
                self._waiting[version] += jobs
        if resting:
            self._done(jobs, False)

    def _work(self) -> None:
        while True:
            version = self._asked.get()
            there = self._try(version)
            with self._lock:
                jobs = self._waiting.pop(version)
                self._note(version, there)
            self._done(jobs, there)

    def _try(self, version: Version) -> bool:
        seconds = self._next_pause(version)
        try:
            self._fetch(version)
        except AssayError as error:
            self._log.warning("not fetched", error=str(error), again_in_seconds=seconds)
        except Exception:  # noqa: BLE001 - a thread that dies would leave versions unfetched
            self._log.exception("not fetched", again_in_seconds=seconds)
        else:
            return True
        return False

    def _next_pause(self, version: Version) -> float:
        _, before = self._pauses.get(version, (0.0, 0.0))
        return min(max(2 * before, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)

    def _note(self, version: Version, there: bool) -> None:
        seconds = self._next_pause(version)
        self._pauses.pop(version, None)
        if there:
            return
        self._pauses[version] = self._clock() + seconds, seconds
        if len(self._pauses) > _REMEMBERED:
            self._pauses.pop(next(iter(self._pauses)))
