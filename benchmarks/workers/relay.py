"""A relay before a node, in a process of its own: counts what is asked, and can make it slow.

    python -m benchmarks.workers.relay <host:port of the node> <milliseconds>

Prints its port, and from then on answers `GET /counts` with the requests and calls so far.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_CALL = b'"method"'


@dataclass
class Counts:
    """What has been asked so far."""

    requests: int = 0
    calls: int = 0


class Relay:
    """Passes HTTP requests on, one after the other on each connection."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._node = host, port
        self._seconds = seconds
        self.counts = Counts()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, with one of its own to the node."""
        back, forth = await asyncio.open_connection(*self._node)
        try:
            while True:
                head, body = await _message(reader)
                if head.startswith(b"GET /counts"):
                    writer.write(_response(json.dumps(asdict(self.counts)).encode()))
                    continue
                self.counts.requests += 1
                self.counts.calls += body.count(_CALL)
                forth.write(head + body)
                answer = await _message(back)
                await asyncio.sleep(self._seconds)
                writer.write(b"".join(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone, or the node
        finally:
            writer.close()
            forth.close()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or response that says how long it is, as JSON-RPC's do."""
    head = await reader.readuntil(_HEAD_END)
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            length = int(line[len(_LENGTH) :])
    return head, await reader.readexactly(length)


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _run(host: str, port: int, seconds: float) -> None:
    relay = Relay(host, port, seconds)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", limit=1 << 26)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    node_host, node_port = sys.argv[1].split(":")
    asyncio.run(_run(node_host, int(node_port), int(sys.argv[2]) / 1_000))
