"""What is to be fetched next: the most urgent first, and few at once for one requester."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from eth_typing import ChecksumAddress

from worker.line import Waiting

_Key = TypeVar("_Key", bound=Hashable)
_Requester = ChecksumAddress | None


class FetchQueue(Generic[_Key]):
    """Things with the jobs that wait for them. Thread-safe.

    Anybody can post jobs whose hosts take their time. `each` is how many of one requester are
    fetched at once; the others of his wait, and those of others go first.
    """

    def __init__(self, each: int) -> None:
        self._each = each
        self._changed = threading.Condition()
        self._waiting: dict[_Key, list[Waiting]] = {}
        self._taken: dict[_Key, list[Waiting]] = {}
        self._charged: dict[_Key, _Requester] = {}
        """For whom what is taken is fetched."""
        self._parked: dict[_Key, None] = {}
        """What waits until something else has been fetched, the longest first."""
        self._overdue: dict[_Key, None] = {}
        """What has waited so, and goes before all else."""

    def add(self, key: _Key, jobs: Sequence[Waiting]) -> None:
        """These jobs wait for a thing, too."""
        with self._changed:
            waiting = self._taken.get(key)
            if waiting is None:
                waiting = self._waiting.setdefault(key, [])
                self._changed.notify()
            waiting += jobs

    def take(self) -> _Key:
        """What is to be fetched now; waits for it."""
        with self._changed:
            while (found := self._next()) is None:
                self._changed.wait()
            key, self._charged[key] = found
            self._taken[key] = self._waiting.pop(key)
            self._overdue.pop(key, None)
            return key

    def finish(self, key: _Key) -> list[Waiting]:
        """What was taken has been fetched, or could not be; returns who has waited for it."""
        with self._changed:
            jobs = self._leave(key)
            for parked in list(self._parked)[: self._each]:
                del self._parked[parked]
                self._overdue[parked] = None
            self._changed.notify_all()
            return jobs

    def put_back(self, key: _Key) -> bool:
        """Have what was taken wait until something else is finished; whether there is such."""
        with self._changed:
            if len(self._taken) == 1:
                return False
            jobs = self._leave(key)
            if jobs:
                self._waiting[key] = jobs
                self._parked[key] = None
            self._changed.notify()  # its requester may have another
            return True

    def drop(self, before: int) -> list[Waiting]:
        """Take out all jobs whose deadline is earlier; what nobody waits for is not begun."""
        dropped = []
        with self._changed:
            for things in (self._waiting, self._taken):
                for key, jobs in things.items():
                    dropped += [one for one in jobs if one.is_late(before)]
                    things[key] = [one for one in jobs if not one.is_late(before)]
            for key in [key for key, jobs in self._waiting.items() if not jobs]:
                del self._waiting[key]
                self._parked.pop(key, None)
                self._overdue.pop(key, None)
        return dropped

    def _next(self) -> tuple[_Key, _Requester] | None:
        if not self._taken:
            self._parked.clear()  # nothing is left whose end they could wait for
        under_way = Counter(self._charged.values())
        candidates = [
            ((key not in self._overdue, one.deadline), key, one.requester)
            for key, jobs in self._waiting.items()
            if key not in self._parked
            for one in jobs
            if under_way[one.requester] < self._each
        ]
        if not candidates:
            return None
        _, key, requester = min(candidates, key=lambda one: one[0])
        return key, requester

    def _leave(self, key: _Key) -> list[Waiting]:
        del self._charged[key]
        return self._taken.pop(key)
