"""A node that cannot be relied on: a relay before a real one, in a process of its own.

    python -m scripts.chaos.proxy <host:port of the node> <seed> <share of requests that go wrong>

`GET /counts` tells how often each fault has come, `GET /calm` ends them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, deque

from scripts.chaos.faults import Fault, Weather
from scripts.relay import http

_LATEST = b'"latest",false'
_LATE_SECONDS = 1.5
_MEMORY = 4
"""Answers about the newest block that are remembered, to be told once more."""
_TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
_ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"


class Proxy:
    """Passes requests on, or not."""

    def __init__(self, host: str, port: int, weather: Weather) -> None:
        self._node = host, port
        self._weather = weather
        self._counts: Counter[str] = Counter()
        self._heads: deque[bytes] = deque(maxlen=_MEMORY)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a worker, with one of its own to the node."""
        back, forth = await asyncio.open_connection(*self._node)
        try:
            while True:
                head, body = await http.message(reader)
                if head.startswith(b"GET"):
                    writer.write(self._command(head))
                    continue
                answer = await self._answer(head, body, back, forth)
                writer.write(answer[0])
                await writer.drain()
                if answer[1]:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one of the two has gone
        finally:
            writer.close()
            forth.close()

    async def _answer(
        self,
        head: bytes,
        body: bytes,
        back: asyncio.StreamReader,
        forth: asyncio.StreamWriter,
    ) -> tuple[bytes, bool]:
        """What the worker gets, and whether the connection ends with that."""
        fault = self._weather.next()
        is_head = _LATEST in body.replace(b" ", b"") and not body.startswith(b"[")
        if fault is Fault.STALE and not (is_head and self._heads):
            fault = None
        if fault is not None:
            self._counts[fault] += 1
        if fault is Fault.TOO_MANY:
            return _TOO_MANY, False
        if fault is Fault.ERROR:
            return _ERROR, False
        forth.write(head + body)
        answer_head, answer = await http.message(back)
        if is_head:
            self._heads.append(answer)
        if fault is Fault.LATENCY:
            await asyncio.sleep(_LATE_SECONDS)
        elif fault is Fault.STALE:
            return http.ok(_with_id(self._heads[0], answer)), False
        elif fault is Fault.TRUNCATED:
            return answer_head + answer[: len(answer) // 2], True
        elif fault is Fault.DISCONNECT:
            return b"", True
        return answer_head + answer, False

    def _command(self, head: bytes) -> bytes:
        if head.startswith(b"GET /calm"):
            self._weather.calm = True
        return http.ok(json.dumps(self._counts).encode())


def _with_id(old: bytes, new: bytes) -> bytes:
    """An old answer under the number of the present request."""
    return json.dumps({**json.loads(old), "id": json.loads(new)["id"]}).encode()


if __name__ == "__main__":
    node_host, node_port = sys.argv[1].split(":")
    weather = Weather(int(sys.argv[2]), float(sys.argv[3]))
    asyncio.run(http.serve(Proxy(node_host, int(node_port), weather).serve))
