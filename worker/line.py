"""Jobs in line for their model: the most urgent first, and those that can run with it."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay.remote_inputs import RemoteInput
from assay.versions import Version

_MOST_TOGETHER = 64
_MOST_BYTES = 1 << 20
_REMEMBERED = 1_024
_LONGEST_SECONDS = 1.0
"""A job may not wait longer than this for those that run with it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that asks for its model to be run."""

    deadline: int
    """In the chain's time; 0 for a job that is never too late."""
    job_id: bytes
    version: Version = field(repr=False)
    payload: bytes = field(repr=False)
    remote: RemoteInput | None = None
    """Where the payload lies, if it was posted by reference: then `payload` is the reference."""
    requester: ChecksumAddress | None = None
    """Who posted it."""
    ahead: bool = False
    """Whether its input is all that is asked for, to be there if it is run later."""
    fetched: bool = False
    """Whether its input was there a moment ago."""

    @property
    def size(self) -> int:
        """Bytes of the payload."""
        return len(self.payload) if self.remote is None else self.remote.size

    def is_late(self, before: int) -> bool:
        """Whether its deadline is earlier: nobody needs its answer any more."""
        return 0 < self.deadline < before


class Line:
    """Thread-safe. Of one version several are taken at once where they can run as one."""

    def __init__(self, batches: Callable[[Version], bool]) -> None:
        """`batches` says whether inputs of a version can run as one."""
        self._batches = batches
        self._numbers = itertools.count()
        self._heaps: dict[Version, list[tuple[int, int, Waiting]]] = {}
        self._seconds: dict[Version, float] = {}
        self._changed = threading.Condition()

    def put(self, waiting: Waiting) -> None:
        """Another job."""
        with self._changed:
            heap = self._heaps.setdefault(waiting.version, [])
            heapq.heappush(heap, (waiting.deadline, next(self._numbers), waiting))
            self._changed.notify()

    def take(self) -> list[Waiting]:
        """The most urgent job, first in a list of those to run with it; waits for one."""
        with self._changed:
            while not self._heaps:
                self._changed.wait()
            version = min(self._heaps, key=lambda v: self._heaps[v][0][:2])
            heap = self._heaps[version]
            taken = [heapq.heappop(heap)[2]]
            size, most = taken[0].size, self._most(version)
            while heap and len(taken) < most and size + heap[0][2].size <= _MOST_BYTES:
                taken.append(heapq.heappop(heap)[2])
                size += taken[-1].size
            if not heap:
                del self._heaps[version]
            return taken

    def drop(self, before: int) -> list[Waiting]:
        """Take out all whose deadline is earlier."""
        dropped = []
        with self._changed:
            for version, heap in list(self._heaps.items()):
                late = [one for _, _, one in heap if one.is_late(before)]
                if not late:
                    continue
                dropped += late
                self._heaps[version] = [item for item in heap if not item[2].is_late(before)]
                heapq.heapify(self._heaps[version])
                if not self._heaps[version]:
                    del self._heaps[version]
        return dropped

    def note(self, version: Version, seconds: Sequence[float]) -> None:
        """How long runs of a version took, each."""
        if seconds:
            with self._changed:
                self._seconds.pop(version, None)
                self._seconds[version] = max(seconds)
                if len(self._seconds) > _REMEMBERED:
                    self._seconds.pop(next(iter(self._seconds)))

    def _most(self, version: Version) -> int:
        """Jobs of a version that may run as one: one until it is known how long that takes."""
        seconds = self._seconds.get(version)
        if seconds is None or not self._batches(version):
            return 1
        return max(1, min(_MOST_TOGETHER, int(_LONGEST_SECONDS / max(seconds, 1e-6))))
