"""As much of HTTP as JSON-RPC over kept connections needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LARGEST = 1 << 26

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Answers one connection."""


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of a request or response that says how long it is."""
    head = await reader.readuntil(_HEAD_END)
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            length = int(line[len(_LENGTH) :])
    return head, await reader.readexactly(length)


def ok(body: bytes) -> bytes:
    """A response with this JSON."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


async def serve(answer: Serve) -> None:
    """Listen on a port that the system chooses, print it, and go on for good."""
    server = await asyncio.start_server(answer, "127.0.0.1", limit=_LARGEST)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
