"""Hosts that send a byte now and then, over real sockets: nobody waits for their last one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from assay.artefacts.errors import DownloadError
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.sources import HttpSource
from assay.artefacts.store import guarded_client
from assay.deadlines import TimedTransport, within
from assay.rpc import UnreachableRpcError
from worker.chain import Node

PAUSE_SECONDS = 0.02
"""Far below any time-out for a single read."""
SECONDS = 0.2
HEADERS = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"


@contextmanager
def dripping(at_once: bytes) -> Iterator[str]:
    """A server that answers so much at once, and then a byte at a time without end."""
    ended = threading.Event()

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(at_once)
                while not ended.wait(PAUSE_SECONDS):
                    connection.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize("at_once", [b"", HEADERS[:20], HEADERS])
def test_timed_transport__bytes_one_by_one__ends_in_time(at_once: bytes) -> None:
    client = httpx.Client(transport=TimedTransport(), timeout=60)
    with dripping(at_once) as url, client, within(SECONDS), pytest.raises(httpx.TransportError):
        client.get(url)


def test_timed_transport__outside_of_within__as_ever() -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"
    with dripping(answer) as url, httpx.Client(transport=TimedTransport(), timeout=60) as client:
        assert client.get(url).content == b"aaa"


@pytest.mark.parametrize("at_once", [b"", HEADERS])
def test_chunks__bytes_one_by_one__given_up(tmp_path: Path, at_once: bytes) -> None:
    settings = ArtefactSettings(tmp_path, private_hosts=("127.0.0.1",))
    with (
        dripping(at_once) as url,
        guarded_client(settings) as client,
        pytest.raises(DownloadError),
    ):
        list(HttpSource(client, SECONDS).chunks(url))


@pytest.mark.parametrize("at_once", [b"", HEADERS])
def test_ask__bytes_one_by_one__unreachable(at_once: bytes) -> None:
    with dripping(at_once) as url, within(SECONDS), pytest.raises(UnreachableRpcError):
        Node(url).ask("eth_chainId")
