"""Starts the relay, and asks it what has passed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast
from urllib.parse import urlsplit

import httpx

from benchmarks.workers.relay import Counts


@dataclass(frozen=True)
class Relayed:
    """The address of a node behind a relay."""

    url: str

    def counts(self) -> Counts:
        """What has been asked so far."""
        return Counts(**httpx.get(f"{self.url}/counts").json())


@contextmanager
def relayed(node_url: str, milliseconds: int) -> Iterator[Relayed]:
    """A relay whose answers take so much longer, until the block ends."""
    parts = urlsplit(node_url)
    command = [sys.executable, "-m", "benchmarks.workers.relay"]
    process = subprocess.Popen(
        [*command, f"{parts.hostname}:{parts.port}", str(milliseconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = int(cast(IO[str], process.stdout).readline())  # it is a pipe
        yield Relayed(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()
