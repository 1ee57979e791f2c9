"""Several nodes as one: who is asked, who rests, and who is not believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from assay.rpc import RefusedByNodeError, UnreachableRpcError
from worker.chain import Identity, Node, Nodes, RateLimitedError, Refusal

GENESIS = "0x" + "ab" * 32
IDENTITY = Identity(31_337, bytes.fromhex("ab" * 32))
NOW = 1_000_000
"""On the wall."""


@dataclass
class Fake:
    """A node behind HTTP, of which a test says how it does."""

    name: str
    head: int = 100
    chain_id: int = 31_337
    timestamp: int = NOW
    fault: Callable[[], httpx.Response] | None = None
    refuses: bool = False
    asked: list[str] = field(default_factory=list)

    def node(self) -> Node:
        return Node(f"http://{self.name}.example/secret", httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        calls = body if isinstance(body, list) else [body]
        self.asked += [call["method"] for call in calls]
        if self.fault is not None:
            return self.fault()
        answers = [{"jsonrpc": "2.0", "id": call["id"], **self._answer(call)} for call in calls]
        return httpx.Response(200, json=answers if isinstance(body, list) else answers[0])

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        if call["method"] == "eth_chainId":
            return {"result": hex(self.chain_id)}
        if call["params"][:1] == ["0x0"]:
            return {"result": {"hash": GENESIS}}
        if call["params"][:1] == ["latest"]:
            return {"result": {"number": hex(self.head), "timestamp": hex(self.timestamp)}}
        if self.refuses:
            return {"error": {"code": -32_000, "message": "insufficient funds"}}
        return {"result": self.name}


class Bench:
    """Nodes with a clock that the test moves."""

    def __init__(self, *fakes: Fake, max_lag: int = 3) -> None:
        self.now = 0.0
        nodes = [fake.node() for fake in fakes]
        self.nodes = Nodes(nodes, IDENTITY, max_lag, lambda: self.now, lambda: NOW)

    def who(self) -> str:
        answer: str = self.nodes.ask("who")
        return answer


def down() -> httpx.Response:
    return httpx.Response(500, text="<html>")


def disconnected() -> httpx.Response:
    raise httpx.ReadError("gone")


def limited(seconds: str) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(429, headers={"retry-after": seconds}, text="slow down")


@pytest.mark.parametrize("kind", [down, disconnected])
def test_ask__answer_lost_twice__asked_again_at_once(kind: Callable[[], httpx.Response]) -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.asked.clear()
    faults = iter([kind, kind, None])

    def fault() -> httpx.Response:
        following = next(faults)
        if following is None:
            first.fault = None
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": 4, "result": "first"})
        return following()

    first.fault = fault
    assert bench.who() == "first"
    assert (first.asked, second.asked) == (["who"] * 3, [])


def test_ask__answer_lost_slowly__not_asked_again() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.asked.clear()

    def slow() -> httpx.Response:
        bench.now += 10
        return down()

    first.fault = slow
    assert bench.who() == "second"
    assert first.asked == ["who"]


def test_ask__node_wants_to_be_left_alone__not_asked_again() -> None:
    first, second = Fake("first", fault=limited("5")), Fake("second")
    assert Bench(first, second).who() == "second"
    assert len(first.asked) == 2  # one request for what its chain is


def test_ask__all_well__the_first_alone_and_once_asked_who_it_is() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    assert [bench.who(), bench.who()] == ["first", "first"]
    assert first.asked == ["eth_chainId", "eth_getBlockByNumber", "who", "who"]
    assert second.asked == []


@pytest.mark.parametrize(
    "fault",
    [down, disconnected, limited("5"), lambda: httpx.Response(200, text='{"jsonrpc": "2.')],
)
def test_ask__first_fails__the_next_at_once(fault: Callable[[], httpx.Response]) -> None:
    first, second = Fake("first", fault=fault), Fake("second")
    bench = Bench(first, second)
    assert bench.who() == "second"
    assert bench.nodes.host == "http://second.example"


def test_ask__first_is_back__used_again_after_its_rest() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = down
    bench.who()
    first.fault = None
    seen = []
    for bench.now in (0.5, 0.9, 1.0):
        seen.append(bench.who())
    assert seen == ["second", "second", "first"]


def test_ask__first_is_back_after_three_failures__shows_its_chain_anew() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = down
    for bench.now in (0.0, 1.0, 3.0):
        bench.who()
    first.fault, bench.now = None, 7.0
    first.asked.clear()
    assert bench.who() == "first"
    assert first.asked == ["eth_chainId", "eth_getBlockByNumber", "who"]


def test_ask__fails_again_and_again__rests_longer_each_time_up_to_a_minute() -> None:
    first, second = Fake("first", fault=down), Fake("second")
    bench = Bench(first, second)
    rests, tried = [], 0.0
    for tenth in range(3_000):
        bench.now = tenth / 10
        before = len(first.asked)
        bench.who()
        if len(first.asked) > before:
            rests.append(round(bench.now - tried))
            tried = bench.now
    assert rests[:8] == [0, 1, 2, 4, 8, 16, 32, 60]


def test_ask__none_answers__unreachable_and_tried_again_at_the_next_call() -> None:
    first, second = Fake("first", fault=down), Fake("second", fault=disconnected)
    bench = Bench(first, second)
    with pytest.raises(UnreachableRpcError, match="first"):
        bench.who()
    first.fault = None
    assert bench.who() == "first"


def test_ask__single_node_away__asked_every_time() -> None:
    only = Fake("only", fault=down)
    bench = Bench(only)
    for _ in range(3):
        with pytest.raises(UnreachableRpcError):
            bench.who()
    only.fault = None
    assert bench.who() == "only"


def test_ask__node_wants_to_be_left_alone__not_asked_until_then() -> None:
    only = Fake("only", fault=limited("30"))
    bench = Bench(only)
    for bench.now in (0.0, 10.0, 29.9):
        with pytest.raises(RateLimitedError) as caught:
            bench.who()
    assert (len(only.asked), round(caught.value.seconds, 1)) == (2, 0.1)
    only.fault, bench.now = None, 30.0
    assert bench.who() == "only"


def test_ask__node_of_another_chain__never_believed_and_told_of() -> None:
    stranger, second = Fake("stranger", chain_id=1), Fake("second")
    bench = Bench(stranger, second)
    with capture_logs() as logs:
        assert bench.who() == "second"
    assert "who" not in stranger.asked
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "node of another chain"
    ]


def test_ask__node_changes_its_chain_while_away__not_used_any_more() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = down
    for bench.now in (0.0, 1.0, 3.0):
        bench.who()
    first.fault, first.chain_id, bench.now = None, 1, 7.0
    assert bench.who() == "second"


def test_ask__refused__no_reason_to_ask_another() -> None:
    first, second = Fake("first", refuses=True), Fake("second")
    bench = Bench(first, second)
    with pytest.raises(RefusedByNodeError, match="insufficient funds"):
        bench.who()
    assert second.asked == []


def test_ask__change_of_nodes__told_once_without_what_is_secret() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = down
    with capture_logs() as logs:
        bench.who()
        bench.who()
    (entry,) = [entry for entry in logs if entry["event"] == "node changed"]
    assert (entry["node"], entry["before"]) == ("http://second.example", "http://first.example")


def compared(bench: Bench, times: int) -> str:
    """Who is asked after so many comparisons."""
    who = ""
    for _ in range(times):
        bench.now += 15.0
        who = bench.who()
    return who


@pytest.mark.parametrize(
    ("behind", "times", "expected"),
    [(3, 5, "first"), (4, 1, "first"), (4, 2, "second"), (50, 2, "second")],
)
def test_ask__first_is_behind__left_after_the_second_comparison(
    behind: int, times: int, expected: str
) -> None:
    bench = Bench(Fake("first", head=100 - behind), Fake("second"))
    bench.who()
    assert compared(bench, times) == expected


def test_ask__first_has_caught_up__used_again() -> None:
    first = Fake("first", head=10)
    bench = Bench(first, Fake("second"))
    left = compared(bench, 2)
    first.head = 100
    assert (left, compared(bench, 1)) == ("second", "first")


def test_ask__one_of_three_claims_a_far_head__makes_nobody_late() -> None:
    bench = Bench(Fake("first"), Fake("second"), Fake("dreamer", head=10**9))
    assert compared(bench, 4) == "first"


def test_ask__one_of_three_is_behind__left() -> None:
    bench = Bench(Fake("first", head=10), Fake("second"), Fake("third"))
    assert compared(bench, 2) == "second"


def test_ask__head_from_the_future__makes_nobody_late() -> None:
    dreamer = Fake("dreamer", head=10**9, timestamp=NOW + 61)
    bench = Bench(Fake("first"), dreamer)
    assert compared(bench, 4) == "first"


def test_ask__all_behind_but_one_that_is_down__goes_on() -> None:
    first, second = Fake("first", head=10), Fake("second")
    bench = Bench(first, second)
    compared(bench, 2)
    second.fault = down
    assert bench.who() == "first"


def test_turn_away__node_in_use_is_behind__another_at_once() -> None:
    bench = Bench(Fake("first"), Fake("second"))
    bench.who()
    bench.nodes.turn_away()
    assert bench.who() == "second"


def test_turn_away__node_is_up_to_date__the_others_preferred_for_a_minute() -> None:
    bench = Bench(Fake("first"), Fake("second"))
    bench.who()
    bench.nodes.turn_away()
    seen = []
    for bench.now in (20.0, 59.0, 60.0):
        seen.append(bench.who())
    assert seen == ["second", "second", "first"]


def test_turn_away__all__the_one_turned_away_first() -> None:
    bench = Bench(Fake("first"), Fake("second"))
    for bench.now in (0.0, 1.0):
        bench.who()
        bench.nodes.turn_away()
    assert bench.who() == "first"


def test_turn_away__single_node__stays() -> None:
    bench = Bench(Fake("only"))
    bench.who()
    bench.nodes.turn_away()
    assert bench.who() == "only"


def refused() -> httpx.Response:
    return httpx.Response(
        200,
        json={"jsonrpc": "2.0", "id": 1, "error": {"code": -32_000, "message": "expired"}},
    )


def test_turn_away__first_refuses_everything_again__it_and_not_the_one_used_before() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    first.fault = down
    assert bench.who() == "second"
    bench.now, first.fault = 2.0, refused
    with pytest.raises(RefusedByNodeError):
        bench.who()
    bench.nodes.turn_away()
    assert bench.who() == "second"


def test_ask__answer_waited_for_in_vain__rests_for_half_a_minute() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)

    def slow() -> httpx.Response:
        bench.now += 10
        return down()

    first.fault = slow
    bench.who()
    first.fault = None
    seen = []
    for bench.now in (35.0, 41.0):
        seen.append(bench.who())
    assert seen == ["second", "first"]


def test_tell_all__node_in_use_refuses_everything__the_others_hear_it() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = refused
    assert told(bench, 2) == ["second", "second"]


def test_tell_all__every_node_refuses_everything__said() -> None:
    first, second = Fake("first"), Fake("second")
    bench = Bench(first, second)
    bench.who()
    first.fault = second.fault = refused
    with pytest.raises(RefusedByNodeError, match="expired"):
        told(bench)


def told(bench: Bench, calls: int = 1) -> Sequence[Any]:
    return bench.nodes.tell_all([("eth_sendRawTransaction", ("0x",))] * calls)


def test_tell_all__every_node_that_is_well__hears_it() -> None:
    first, second, third = Fake("first"), Fake("second", fault=down), Fake("third")
    assert told(Bench(first, second, third), 2) == ["first", "first"]
    heard = [fake.asked.count("eth_sendRawTransaction") for fake in (first, third)]
    assert heard == [2, 2]


def test_tell_all__one_takes_what_the_other_refuses__taken() -> None:
    assert told(Bench(Fake("first", refuses=True), Fake("second"))) == ["second"]


def test_tell_all__all_refuse__refused() -> None:
    (answer,) = told(Bench(Fake("first", refuses=True), Fake("second", refuses=True)))
    assert isinstance(answer, Refusal)
    assert answer.message == "insufficient funds"
