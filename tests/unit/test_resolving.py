"""Looking up hosts in bounded time, whatever their name servers do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assay.artefacts.resolving import BoundedResolver
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import guarded_client
from assay.deadlines import within

DEADLINE_SECONDS = 30
ADDRESSES = ["93.184.215.14"]


class NameServer:
    """Answers when a test opens its gate; but for one name, at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        self.begun.release()
        if host != "quick.example":
            assert self.gate.wait(DEADLINE_SECONDS)
        if host == "nowhere.example":
            raise OSError("Name or service not known")
        return ADDRESSES


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer()
    yield made
    made.gate.set()


def test_resolve__found__its_addresses(server: NameServer) -> None:
    assert BoundedResolver(server)("quick.example", 443) == ADDRESSES


def test_resolve__unknown__as_the_system_says(server: NameServer) -> None:
    server.gate.set()
    with pytest.raises(OSError, match="not known"):
        BoundedResolver(server)("nowhere.example", 443)


def test_resolve__name_server_says_nothing__left(server: NameServer) -> None:
    with pytest.raises(TimeoutError, match="no address within 0 s"):
        BoundedResolver(server, seconds=0)("slow.example", 443)


def test_resolve__time_of_the_whole_is_over__left(server: NameServer) -> None:
    with within(0), pytest.raises(TimeoutError):
        BoundedResolver(server)("slow.example", 443)


def test_resolve__as_many_as_may_be_under_way__others_refused_until_one_ends(
    server: NameServer,
) -> None:
    resolver = BoundedResolver(server, seconds=0, most=2)
    for host in ("a.example", "b.example"):
        with pytest.raises(TimeoutError):
            resolver(host, 443)
    with pytest.raises(TimeoutError, match="2 other hosts are being looked up"):
        resolver("quick.example", 443)
    assert server.asked == ["a.example", "b.example"]


def test_resolve__no_thread_to_be_had__an_error_and_asked_again_the_next_time(
    server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    resolver = BoundedResolver(server)
    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", start)
        with pytest.raises(OSError, match="new thread"):
            resolver("quick.example", 443)
    assert resolver("quick.example", 443) == ADDRESSES


def test_resolve__same_host_twice_at_once__asked_once(server: NameServer) -> None:
    resolver = BoundedResolver(server, seconds=DEADLINE_SECONDS)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(resolver, "slow.example", 443)
        assert server.begun.acquire(timeout=DEADLINE_SECONDS)
        with pytest.raises(TimeoutError), within(0):
            resolver("slow.example", 443)
        server.gate.set()
        assert first.result(DEADLINE_SECONDS) == ADDRESSES
    assert server.asked == ["slow.example"]


def test_guarded_client__name_server_says_nothing__left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: gate.wait(DEADLINE_SECONDS))
    said = r"slow\.example .* no address within 0 s"
    client = guarded_client(ArtefactSettings(cache_dir=tmp_path))
    with client, within(0), pytest.raises(httpx.ConnectError, match=said):
        client.get("https://slow.example/x")
    gate.set()
