"""Starting a relay, and speaking with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import urlsplit

import httpx


@dataclass(frozen=True)
class Relay:
    """A running relay, and the address of the node behind it."""

    url: str

    def get(self, command: str) -> Any:
        """What the relay itself answers."""
        return httpx.get(f"{self.url}/{command}").json()


@contextmanager
def relay(module: str, node_url: str, *arguments: object) -> Iterator[Relay]:
    """A relay module as a process before a node, until the block ends."""
    parts = urlsplit(node_url)
    command = [sys.executable, "-m", module, f"{parts.hostname}:{parts.port}"]
    process = subprocess.Popen([*command, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    try:
        port = int(cast(IO[str], process.stdout).readline())  # it is a pipe
        yield Relay(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()
