"""Few requests to one host at once: others are refused, and hold no thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assay.artefacts.crowding import FewAtOnce
from assay.artefacts.errors import HostBusyError
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import guarded_client


class Body(httpx.SyncByteStream):
    """Comes when it is read, as from a network."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"content"


def serve(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/broken":
        raise httpx.ConnectError("refused")
    if request.url.path == "/moved":
        return httpx.Response(302, headers={"Location": "https://other.example/"})
    return httpx.Response(200, stream=Body())


@pytest.fixture
def client() -> httpx.Client:
    transport = FewAtOnce(httpx.MockTransport(serve), 2)
    return httpx.Client(transport=transport, follow_redirects=True)


def test_request__as_many_under_way_as_may_be__refused_until_one_is_over(
    client: httpx.Client,
) -> None:
    with client.stream("GET", "https://a.example/1"):
        with client.stream("GET", "https://A.example:8443/2"):
            with pytest.raises(HostBusyError, match=r"2 downloads from a\.example"):
                client.get("https://a.example/3")
            assert client.get("https://b.example/").text == "content"
        assert client.get("https://a.example/3").text == "content"


def test_request__host_with_a_dot_at_its_end__the_same_host(client: httpx.Client) -> None:
    with (
        client.stream("GET", "https://a.example/1"),
        client.stream("GET", "https://a.example./2"),
        pytest.raises(HostBusyError),
    ):
        client.get("https://a.example./3")


def test_guarded_client__gateway_and_own_hosts__no_limit(tmp_path: Path) -> None:
    """Everybody's ipfs: URIs go through the one gateway."""
    settings = ArtefactSettings(
        cache_dir=tmp_path,
        host_requests=1,
        ipfs_gateway="http://Gate.example:8080",
        private_hosts=("mine.example",),
    )
    guarded = guarded_client(settings, httpx.MockTransport(serve))
    for place in ("http://gate.example:8080/ipfs/x", "http://mine.example/x"):
        with guarded.stream("GET", place):
            assert guarded.get(place).text == "content"


def test_request__failed_or_sent_elsewhere__under_way_no_more(client: httpx.Client) -> None:
    for _ in range(3):
        with pytest.raises(httpx.ConnectError):
            client.get("https://a.example/broken")
        assert client.get("https://a.example/moved").text == "content"


def test_guarded_client__limit_for_hosts__kept(tmp_path: Path) -> None:
    settings = ArtefactSettings(cache_dir=tmp_path, host_requests=1)
    resolver = lambda *_: ["93.184.215.14"]  # noqa: E731
    guarded = guarded_client(settings, httpx.MockTransport(serve), resolver)
    with guarded.stream("GET", "https://a.example/1"), pytest.raises(HostBusyError):
        guarded.get("https://a.example/2")
