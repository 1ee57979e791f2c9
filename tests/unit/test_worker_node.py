"""JSON-RPC without a socket: order, errors, and what must not be shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from eth_utils.crypto import keccak

from assay.rpc import RefusedByNodeError, UnreachableRpcError
from worker.chain import Node, RateLimitedError, Refusal
from worker.chain import node as node_module

URL = "http://user:secret@node.example:8545/v3/key"
NO_SEATS = "0x" + keccak(text="NoSeats()")[:4].hex()


def node(answer: Callable[[Any], Any]) -> Node:
    """A node whose answer is a function of the request's JSON."""

    def handle(request: httpx.Request) -> httpx.Response:
        found = answer(json.loads(request.content))
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, json=found)

    return Node(URL, httpx.MockTransport(handle))


def result(request: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "result": value}


def error(request: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": request["id"], "error": fields}


def test_ask__result__as_it_is() -> None:
    asked = node(lambda request: result(request, [request["method"], request["params"]]))
    assert asked.ask("eth_call", {"to": "0x"}, "latest") == ["eth_call", [{"to": "0x"}, "latest"]]


def test_ask__error__refused_with_its_message() -> None:
    refusing = node(lambda request: error(request, code=-32_601, message="Method not found"))
    with pytest.raises(RefusedByNodeError, match="refused eth_foo: Method not found"):
        refusing.ask("eth_foo")


def test_ask_all__answers_in_another_order__sorted_out() -> None:
    shuffled = node(lambda batch: [result(r, r["method"]) for r in reversed(batch)])
    assert shuffled.ask_all([("a", ()), ("b", ()), ("c", ())]) == ["a", "b", "c"]


def test_ask_all__one_refused__the_others_answered() -> None:
    def answer(batch: Any) -> Any:
        return [
            error(r, code=3, message="execution reverted", data=NO_SEATS)
            if r["method"] == "b"
            else result(r, r["method"])
            for r in batch
        ]

    first, refusal = node(answer).ask_all([("a", ()), ("b", ())])
    assert first == "a"
    assert isinstance(refusal, Refusal)
    assert refusal.revert is not None
    assert refusal.revert.name == "NoSeats"


def test_ask_all__nothing__no_request() -> None:
    assert node(lambda _: pytest.fail("asked")).ask_all([]) == []


def test_ask_all__many__in_batches_of_a_hundred() -> None:
    sizes = []

    def answer(batch: Any) -> Any:
        sizes.append(len(batch))
        return [result(r, r["params"][0]) for r in batch]

    assert node(answer).ask_all([("a", (n,)) for n in range(250)]) == list(range(250))
    assert sizes == [100, 100, 50]


def test_ask_all__batch_refused__said() -> None:
    with pytest.raises(RefusedByNodeError, match="refused a batch: too many"):
        node(lambda batch: error(batch[0], code=1, message="too many")).ask_all([("a", ())])


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx.Response(502, text="<html>bad gateway</html>"),
        lambda _: httpx.Response(200, text='{"jsonrpc": "2.0", "resu'),
        lambda _: httpx.Response(200, text="7"),
        lambda batch: [result(batch[0], "a")],
        lambda _: [result({"id": 99}, "a"), result({"id": 98}, "b")],
    ],
)
def test_ask_all__no_json_rpc__unreachable(answer: Callable[[Any], Any]) -> None:
    with pytest.raises(UnreachableRpcError):
        node(answer).ask_all([("a", ()), ("b", ())])


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_ask__json_rpc_from_a_server_that_fails_or_lets_nobody_in__unreachable(status: int) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32_000, "message": "must log in"}}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    with pytest.raises(UnreachableRpcError, match=f"HTTP {status}"):
        Node("http://node.example", transport).ask("a")


def test_ask__no_connection__unreachable_without_what_is_secret() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(UnreachableRpcError, match=r"http://node\.example:8545") as caught:
        Node(URL, httpx.MockTransport(fail)).ask("eth_chainId")
    assert "secret" not in str(caught.value)
    assert "key" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "data"),
    [
        ({"code": 3, "message": "execution reverted", "data": NO_SEATS}, NO_SEATS),
        ({"code": 3, "message": "execution reverted"}, "0x"),
        ({"code": -32_000, "message": "execution reverted"}, "0x"),
        ({"code": -32_000, "message": "insufficient funds"}, None),
    ],
)
def test_refusal__what_nodes_say__revert_or_not(fields: dict[str, Any], data: str | None) -> None:
    refusal = Refusal.of(fields)
    assert refusal.data == (None if data is None else bytes.fromhex(data[2:]))
    assert (refusal.revert is None) is (data is None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (None, 1.0), ("soon", 1.0), ("-3", 0.0), ("99999", 300.0),
     ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_ask__too_many_requests__how_long_to_leave_it_alone(
    header: str | None, seconds: float
) -> None:
    headers = {} if header is None else {"retry-after": header}
    limited = node(lambda _: httpx.Response(429, headers=headers, text="slow down"))
    with pytest.raises(RateLimitedError) as caught:
        limited.ask("eth_chainId")
    assert caught.value.seconds == seconds


@pytest.mark.parametrize(
    "fields",
    [
        {"code": -32_005, "message": "limit exceeded"},
        {"code": -32_000, "message": "Your app has exceeded its compute units per second"},
        {"code": 429, "message": "Too Many Requests"},
    ],
)
def test_ask_all__rate_limit_told_as_json_rpc__the_same(fields: dict[str, Any]) -> None:
    for answer in (
        lambda batch: error(batch[0], **fields),
        lambda batch: [result(batch[0], 1), error(batch[1], **fields)],
    ):
        with pytest.raises(RateLimitedError):
            node(answer).ask_all([("a", ()), ("b", ())])


@pytest.mark.parametrize("refused", ["413", "message"])
def test_ask_all__batch_larger_than_the_node_takes__halved_and_remembered(refused: str) -> None:
    sizes = []

    def answer(batch: Any) -> Any:
        sizes.append(len(batch))
        if len(batch) <= 30:
            return [result(r, r["params"][0]) for r in batch]
        if refused == "413":
            return httpx.Response(413, text="too large")
        return error(batch[0], code=-32_600, message="batch too large")

    asked = node(answer)
    calls = [("a", (n,)) for n in range(60)]
    assert asked.ask_all(calls) == list(range(60))
    assert sizes == [60, 50, 25, 25, 10]
    asked.ask_all(calls)
    assert sizes[5:] == [25, 25, 10]


def test_ask_all__no_batches_at_all__refused_and_said() -> None:
    with pytest.raises(RefusedByNodeError, match="batch"):
        node(lambda batch: error(batch[0], code=1, message="no batches")).ask_all([("a", ())])


def test_ask__answer_without_end__unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "_MOST_BYTES", 1_000)
    small = node(lambda request: result(request, "a" * 100))
    assert small.ask("a") == "a" * 100
    large = node(lambda request: result(request, "a" * 1_000))
    with pytest.raises(UnreachableRpcError, match="more than 1000 bytes"):
        large.ask("a")
