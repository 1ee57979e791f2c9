"""HTTP whose answers have to be there in time as a whole.

The time-outs of httpx are for each read: a host that sends a byte now and then, in its headers or
in the body, holds a thread for as long as it likes.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

Clock = Callable[[], float]

_end: ContextVar[float | None] = ContextVar("end of what is under way", default=None)


@contextmanager
def within(seconds: float, clock: Clock = time.monotonic) -> Iterator[None]:
    """What is done inside ends in so many seconds. Of several the nearest counts.

    What this thread reads and writes by a `TimedTransport` raises httpx.ReadTimeout, WriteTimeout
    or ConnectTimeout then. Others ask `left`.
    """
    end, outer = clock() + seconds, _end.get()
    token = _end.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _end.reset(token)


def left(clock: Clock = time.monotonic) -> float | None:
    """Seconds until the nearest end of `within`, 0 at least; None where there is none."""
    end = _end.get()
    return None if end is None else max(0.0, end - clock())


class TimedTransport(httpx.HTTPTransport):
    """The usual transport, which keeps to `within`. It takes no proxy from the environment."""

    def __init__(self, *, keep_connections: bool = True) -> None:
        super().__init__(trust_env=False)
        super().close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=None,  # each caller has few at once
            max_keepalive_connections=None if keep_connections else 0,
            keepalive_expiry=5.0,
            network_backend=TimedBackend(httpcore.SyncBackend()),
        )


class TimedBackend(httpcore.NetworkBackend):
    """Opens streams that keep to `within`."""

    def __init__(self, inner: httpcore.NetworkBackend, clock: Clock = time.monotonic) -> None:
        self._inner = inner
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection."""
        left = _left(timeout, httpcore.ConnectTimeout, self._clock)
        return _TimedStream(
            self._inner.connect_tcp(host, port, left, local_address, socket_options), self._clock
        )


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout, self._clock))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout, self._clock))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout, self._clock)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, late: type[Exception], clock: Clock) -> float | None:
    seconds = left(clock)
    if seconds is None:
        return timeout
    if seconds <= 0:
        raise late("the whole took too long")
    return seconds if timeout is None else min(timeout, seconds)
