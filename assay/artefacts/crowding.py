"""No more requests to one host at once than is fair to the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator

import httpx

from assay.artefacts.errors import HostBusyError


class FewAtOnce(httpx.BaseTransport):
    """Refuses a request while `most` others to the same host are under way, bodies included.

    Raises HostBusyError: whoever asked comes back later, and holds no thread meanwhile. `exempt`
    are hosts of one's own, such as the gateway through which everybody's ipfs: URIs go.
    """

    def __init__(self, inner: httpx.BaseTransport, most: int, exempt: Collection[str] = ()) -> None:
        self._inner = inner
        self._exempt = frozenset(host.lower() for host in exempt)
        self._most = most
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it if it may be sent."""
        host = request.url.host.lower().rstrip(".")
        if host in self._exempt:
            return self._inner.handle_request(request)
        self._enter(host)
        try:
            answer = self._inner.handle_request(request)
        except BaseException:
            self._leave(host)
            raise
        if answer.is_closed:  # its body is there, or not wanted: nobody will close it again
            self._leave(host)
        else:
            answer.stream = _Body(answer.stream, lambda: self._leave(host))
        return answer

    def close(self) -> None:
        """Close the transport underneath."""
        self._inner.close()

    def _enter(self, host: str) -> None:
        with self._lock:
            if self._under_way[host] >= self._most:
                raise HostBusyError(
                    f"{self._most} downloads from {host} are under way: try again after one of them"
                )
            self._under_way[host] += 1

    def _leave(self, host: str) -> None:
        with self._lock:
            self._under_way[host] -= 1
            if not self._under_way[host]:
                del self._under_way[host]


_Leaving = Callable[[], None]


class _Body(httpx.SyncByteStream):
    def __init__(
        self, inner: httpx.SyncByteStream | httpx.AsyncByteStream, closed: _Leaving
    ) -> None:
        assert isinstance(inner, httpx.SyncByteStream)  # noqa: S101 - no client of ours is asynchronous
        self._inner = inner
        self._closed: _Leaving | None = closed

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            closed, self._closed = self._closed, None
            if closed is not None:
                closed()
