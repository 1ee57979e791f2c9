"""A bounded pool of warm children; the one unused for longest makes room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from worker.executor.errors import ExecutorClosedError
from worker.executor.loaded import LoadedModel


class ChildPool:
    """At most `capacity` children alive, each lent to one caller at a time. Thread-safe."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a pool of {capacity} children: expected at least 1")
        self._capacity = capacity
        self._idle: list[tuple[Hashable, LoadedModel]] = []  # the last used last
        self._alive = 0
        self._closed = False
        self._changed = threading.Condition()

    def borrow(self, key: Hashable, start: Callable[[], LoadedModel]) -> LoadedModel:
        """An idle child of this key, or a new one; waits while all are lent.

        Raises ExecutorClosedError, or what `start` raises.
        """
        warm = self._take(key)
        if warm is not None:
            return warm
        try:
            return start()
        except BaseException:
            self._forget()
            raise

    def give_back(self, key: Hashable, child: LoadedModel) -> None:
        """Return a borrowed child; one that is not usable is killed."""
        with self._changed:
            if child.usable and not self._closed:
                self._idle.append((key, child))
                self._changed.notify()
                return
        child.kill()
        self._forget()

    def close(self) -> None:
        """Kill idle children now and borrowed ones when they come back."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for _, child in idle:
            child.kill()
            self._forget()

    def _take(self, key: Hashable) -> LoadedModel | None:
        """An idle child of the key, or None with a place reserved for a new one."""
        with self._changed:
            while True:
                if self._closed:
                    raise ExecutorClosedError("the executor is closed: open a new one")
                for index in reversed(range(len(self._idle))):
                    if self._idle[index][0] == key:
                        return self._idle.pop(index)[1]
                if self._alive < self._capacity:
                    self._alive += 1
                    return None
                if self._idle:
                    self._idle.pop(0)[1].kill()
                    return None
                self._changed.wait()

    def _forget(self) -> None:
        with self._changed:
            self._alive -= 1
            self._changed.notify()
