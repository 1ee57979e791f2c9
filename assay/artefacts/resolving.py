"""Looking up hosts in bounded time: the system waits for as long as a name server likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from assay.deadlines import left

Resolver = Callable[[str, int], Sequence[str]]

_SECONDS = 5.0
_MOST_AT_ONCE = 64


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class BoundedResolver:
    """Asks a resolver beside the caller, who leaves at a time-out and at the end of `within`.

    A look-up that was left goes on until the system gives it up. So many at once are the most;
    those who want the same host share one. Thread-safe.
    """

    def __init__(
        self, inner: Resolver = resolve, seconds: float = _SECONDS, most: int = _MOST_AT_ONCE
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._most = most
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, int], Future[Sequence[str]]] = {}

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses. Raises OSError, TimeoutError when they do not come in time."""
        remaining = left()
        seconds = self._seconds if remaining is None else min(self._seconds, remaining)
        future = self._look_up(host, port)
        try:
            return future.result(seconds)
        except TimeoutError:
            raise TimeoutError(f"no address within {seconds:g} s") from None

    def _look_up(self, host: str, port: int) -> Future[Sequence[str]]:
        key = host, port
        with self._lock:
            if key in self._under_way:
                return self._under_way[key]
            if len(self._under_way) >= self._most:
                raise TimeoutError(f"{self._most} other hosts are being looked up: try again")
            future = self._under_way[key] = Future()
        # A daemon: the end of the process waits for no name server.
        thread = threading.Thread(target=self._ask, args=(key, future), name="resolve", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._forget(key)
            future.set_exception(OSError(str(error)))
        return future

    def _ask(self, key: tuple[str, int], future: Future[Sequence[str]]) -> None:
        try:
            found = self._inner(*key)
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            self._forget(key)
            future.set_exception(error)
        else:
            self._forget(key)
            future.set_result(found)

    def _forget(self, key: tuple[str, int]) -> None:
        with self._lock:
            del self._under_way[key]
