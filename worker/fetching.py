"""Fetching models and inputs beside running them: a host that takes its time holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import structlog

from assay.artefacts.errors import ArtefactUnavailableError, HostBusyError
from assay.errors import AssayError
from worker.fetch_queue import FetchQueue
from worker.line import Waiting

_THREADS = 4
_EACH = 2
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 600.0
_REMEMBERED = 1_024

_Key = TypeVar("_Key", bound=Hashable)

Done = Callable[[Sequence[Waiting], bool], None]
"""What is told of the jobs of a thing: whether it is there now."""

Pauses = Callable[[AssayError | None], tuple[float, float]]
"""For how many seconds a thing is left alone after an error: at first, and at most."""


def usual_pauses(_: AssayError | None) -> tuple[float, float]:
    """For models, which many jobs ask for."""
    return _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS


class Fetching(Generic[_Key]):
    """A few threads that fetch things, each once, however many jobs wait for it.

    The most urgent comes first, and no requester has all threads. One that could not be fetched is
    left alone for a while, longer each time.
    """

    def __init__(
        self,
        fetch: Callable[[_Key], None],
        done: Done,
        clock: Callable[[], float] = time.monotonic,
        *,
        threads: int = _THREADS,
        each: int = _EACH,
        pauses: Pauses = usual_pauses,
    ) -> None:
        """`fetch` raises AssayError when no URI serves the thing.

        `each` is how many are fetched at once for one requester.
        """
        self._fetch = fetch
        self._done = done
        self._clock = clock
        self._pauses_after = pauses
        self._lock = threading.Lock()
        self._queue = FetchQueue[_Key](each)
        self._pauses: dict[_Key, tuple[float, float]] = {}
        """Until when a thing is left alone, and for how many seconds that was."""
        self._log = structlog.get_logger(__name__)
        for number in range(threads):
            # Daemons: the end of the process waits for no host.
            threading.Thread(target=self._work, name=f"fetch-{number}", daemon=True).start()

    def add(self, key: _Key, jobs: Sequence[Waiting]) -> None:
        """Fetch a thing for these jobs."""
        with self._lock:
            until, _ = self._pauses.get(key, (0.0, 0.0))
            resting = until > self._clock()
        if resting:
            self._done(jobs, False)
        else:
            self._queue.add(key, jobs)

    def fail(self, key: _Key, error: AssayError) -> None:
        """What was fetched was of no use: it is left alone for a while."""
        seconds = self._rest(key, error)
        self._log.warning("not fetched", error=str(error), again_in_seconds=seconds)

    def drop(self, before: int) -> list[Waiting]:
        """Take out all whose deadline is earlier; what nobody waits for is not begun any more."""
        return self._queue.drop(before)

    def _work(self) -> None:
        while True:
            key = self._queue.take()
            there = self._try(key)
            if there is not None:
                self._done(self._queue.finish(key), there)

    def _try(self, key: _Key) -> bool | None:
        """Whether it is there now; None where it has been put back, for its hosts are busy."""
        try:
            self._fetch(key)
        except AssayError as error:
            if _are_hosts_busy(error) and self._queue.put_back(key):
                return None
            self.fail(key, error)
        except Exception:  # noqa: BLE001 - a thread that dies would leave things unfetched
            seconds = self._rest(key, None)
            self._log.exception("not fetched", again_in_seconds=seconds)
        else:
            with self._lock:
                self._pauses.pop(key, None)
            return True
        return False

    def _rest(self, key: _Key, error: AssayError | None) -> float:
        first, longest = self._pauses_after(error)
        with self._lock:
            _, before = self._pauses.pop(key, (0.0, 0.0))
            seconds = min(max(2 * before, first), longest)
            self._pauses[key] = self._clock() + seconds, seconds
            if len(self._pauses) > _REMEMBERED:
                self._pauses.pop(next(iter(self._pauses)))
        return seconds


def _are_hosts_busy(error: AssayError) -> bool:
    """Whether no host was asked, because others are being served by each. After any other failure
    it has to be left alone for a while.
    """
    if not isinstance(error, ArtefactUnavailableError):
        return False
    return all(isinstance(one, HostBusyError) for _, one in error.failures)
