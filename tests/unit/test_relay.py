"""Relays before a node: what they count, and what they spoil."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from scripts.chaos.faults import Fault, Weather
from scripts.chaos.proxy import Proxy
from scripts.relay import http
from scripts.relay.counting import Counting

HEAD = b'{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}'
BATCH = b'[{"id":1,"method":"eth_call"},{"id":2,"method":"eth_call"}]'


class Writer:
    """The other end of a connection, as far as a relay uses it."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    async def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def post(body: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def get(command: str) -> bytes:
    return f"GET /{command} HTTP/1.1\r\n\r\n".encode()


def pass_through(
    monkeypatch: pytest.MonkeyPatch, relay: Any, asked: list[bytes], answers: list[bytes]
) -> tuple[bytes, bytes]:
    """What the client gets for these requests and the node is asked, on one connection."""

    async def run() -> tuple[bytes, bytes]:
        client, node = asyncio.StreamReader(), asyncio.StreamReader()
        client.feed_data(b"".join(asked))
        client.feed_eof()
        node.feed_data(b"".join(answers))
        node.feed_eof()
        back, forth = Writer(), Writer()

        async def connect(*_: Any) -> tuple[asyncio.StreamReader, Writer]:
            return node, forth

        monkeypatch.setattr(asyncio, "open_connection", connect)
        await relay.serve(client, back)
        assert back.closed
        assert forth.closed
        return back.written, forth.written

    return asyncio.run(run())


def bodies(raw: bytes) -> list[Any]:
    """The JSON of HTTP responses in a row."""

    async def read() -> list[Any]:
        reader, found = asyncio.StreamReader(), []
        reader.feed_data(raw)
        reader.feed_eof()
        while not reader.at_eof():
            found.append(json.loads((await http.message(reader))[1]))
        return found

    return asyncio.run(read())


# --- counting ---


def test_counting__batch_and_single_call__requests_and_calls_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = [post(BATCH), post(HEAD), get("counts")]
    answers = [http.ok(b"[1]"), http.ok(b"2")]
    told, passed = pass_through(monkeypatch, Counting("node", 1, 0.0), asked, answers)
    assert bodies(told) == [[1], 2, {"requests": 2, "calls": 3}]
    assert passed == post(BATCH) + post(HEAD)


def test_counting__node_gone__connection_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    relay = Counting("node", 1, 0.0)
    told, _ = pass_through(monkeypatch, relay, [post(HEAD)], [b"HTTP/1.1 200 OK\r\n"])
    assert told == b""


# --- spoiling ---


def spoiling(*faults: Fault | None) -> Proxy:
    """A proxy whose requests go wrong like this, one after the other."""
    weather, coming = Weather(1, 1.0), iter(faults)
    weather.next = lambda: next(coming)  # type: ignore[method-assign]
    return Proxy("node", 1, weather)


def told_by(monkeypatch: pytest.MonkeyPatch, *faults: Fault | None) -> tuple[bytes, bytes]:
    asked = [post(HEAD.replace(b'"id":1', b'"id":%d' % n)) for n, _ in enumerate(faults)]
    answers = [http.ok(json.dumps({"id": n, "result": n}).encode()) for n, _ in enumerate(faults)]
    return pass_through(monkeypatch, spoiling(*faults), asked, answers)


def test_proxy__no_fault__answer_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = told_by(monkeypatch, None, None)
    assert bodies(told) == [{"id": 0, "result": 0}, {"id": 1, "result": 1}]


def test_proxy__stale__older_head_under_the_new_number(monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = told_by(monkeypatch, None, Fault.STALE)
    assert bodies(told) == [{"id": 0, "result": 0}, {"id": 1, "result": 0}]


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.TOO_MANY, b"HTTP/1.1 429"), (Fault.ERROR, b"HTTP/1.1 500")]
)
def test_proxy__refused__node_never_asked(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, status: bytes
) -> None:
    told, passed = told_by(monkeypatch, fault)
    assert told.startswith(status)
    assert passed == b""


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.DISCONNECT])
def test_proxy__answer_lost__node_asked_and_connection_closed(
    monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    told, passed = told_by(monkeypatch, fault, None)
    assert passed.count(b"POST") == 1
    assert len(told) < len(http.ok(b'{"id": 0, "result": 0}'))


def test_proxy__counts_and_calm__told_and_nothing_goes_wrong_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Proxy("node", 1, Weather(1, 1.0))
    told, _ = pass_through(
        monkeypatch, proxy, [get("calm"), post(BATCH), get("counts")], [http.ok(b"[1]")]
    )
    assert bodies(told) == [{}, [1], {}]
