"""A relay that counts what is asked, and can make it slow.

    python -m scripts.relay.counting <host:port of the node> <milliseconds>

`GET /counts` tells the requests and calls so far.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

from scripts.relay import http

_CALL = b'"method"'


@dataclass
class Counts:
    """What has been asked so far."""

    requests: int = 0
    calls: int = 0


class Counting:
    """Passes HTTP requests on, one after the other on each connection."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._node = host, port
        self._seconds = seconds
        self._counts = Counts()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, with one of its own to the node."""
        back, forth = await asyncio.open_connection(*self._node)
        try:
            while True:
                head, body = await http.message(reader)
                if head.startswith(b"GET /counts"):
                    writer.write(http.ok(json.dumps(asdict(self._counts)).encode()))
                    continue
                self._counts.requests += 1
                self._counts.calls += body.count(_CALL)
                forth.write(head + body)
                answer = await http.message(back)
                await asyncio.sleep(self._seconds)
                writer.write(b"".join(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone, or the node
        finally:
            writer.close()
            forth.close()


if __name__ == "__main__":
    node_host, node_port = sys.argv[1].split(":")
    asyncio.run(http.serve(Counting(node_host, int(node_port), int(sys.argv[2]) / 1_000).serve))
