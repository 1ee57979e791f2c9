"""The way to the chain with a real node behind it: nodes that go away, and heads by websocket."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from assay import events
from scripts.relay.process import relay
from tests.support.plain_chain import STAKE, PlainChain, plain_chain
from tests.support.worker_rig import Rig, Shifted
from tests.unit import onnx_models
from worker.chain import Node
from worker.chain.heads import Heads
from worker.errors import PreflightError

INTEGERS = np.array([4, 5], np.int32)
NOBODY = "http://127.0.0.1:9"
"""Where no node listens."""
RELAY = "scripts.relay.counting"
DEADLINE_SECONDS = 30


@pytest.fixture
def url(running: PlainChain) -> str:
    return str(running.w3.provider.endpoint_uri)  # type: ignore[attr-defined]


def settled(rig: Rig) -> None:
    """A job that all three workers see through, from posting to their pay."""
    posted = rig.post(rig.publish(onnx_models.identity(dtype=onnx_models.INT32)), INTEGERS)
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3


def test_daemon__first_node_is_away__works_by_the_second(rig: Rig, url: str) -> None:
    for number in range(3):
        rig.daemon(number, Shifted(), rpc_url=NOBODY, rpc_fallbacks=(url,))
    settled(rig)


def test_daemon__node_goes_away_while_it_works__settled_by_the_other(rig: Rig, url: str) -> None:
    version = rig.publish(onnx_models.identity(dtype=onnx_models.INT32))
    with relay(RELAY, url, 0) as way:
        for number in range(3):
            rig.daemon(number, Shifted(), rpc_url=way.url, rpc_fallbacks=(url,))
        posted = rig.post(version, INTEGERS)
        chain = rig.daemons[0].parts.chain
        rig.drive(lambda: chain.job(posted.job_id).committed == 3)
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]


@pytest.mark.parametrize("method", ["eth_getLogs", "eth_getBlockByNumber"])
@pytest.mark.parametrize("answer", [{"error": {"code": -32_000, "message": "no"}}, {"result": 7}])
def test_daemon__node_refuses_or_answers_nonsense__another_asked(
    rig: Rig, url: str, monkeypatch: pytest.MonkeyPatch, method: str, answer: dict[str, Any]
) -> None:
    ill = url.replace("127.0.0.1", "localhost")
    daemon = rig.daemon(0, Shifted(), rpc_url=ill, rpc_fallbacks=(url,))
    post = Node._post

    def spoiled(node: Node, body: Any) -> Any:
        answers = post(node, body)
        methods = [call["method"] for call in (body if isinstance(body, list) else [body])]
        if "localhost" not in node.host or method not in methods or "eth_chainId" in methods:
            return answers
        wrong = [
            {"id": call["id"], **answer} for call in (body if isinstance(body, list) else [body])
        ]
        return wrong if isinstance(body, list) else wrong[0]

    monkeypatch.setattr(Node, "_post", spoiled)
    posted = rig.post(rig.publish(onnx_models.identity(dtype=onnx_models.INT32)), INTEGERS)
    for _ in range(4):
        daemon._guarded_cycle()
    assert daemon.parts.board.get(posted.job_id) is not None


def test_daemon__node_leaves_the_log_of_its_commitment_out__read_again_from_another(
    rig: Rig, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the log there would be no vote to reveal, and the bond would be lost."""
    ill = url.replace("127.0.0.1", "localhost")
    daemon = rig.daemon(0, Shifted(), rpc_url=ill, rpc_fallbacks=(url,))
    committed = {topic.lower() for topic in events.topics(events.Committed, events.CommittedMany)}
    post = Node._post

    def without_commitments(node: Node, body: Any) -> Any:
        answers = post(node, body)
        if "localhost" in node.host:
            for answer in answers if isinstance(answers, list) else [answers]:
                if isinstance(answer.get("result"), list):
                    answer["result"] = [
                        item
                        for item in answer["result"]
                        if item.get("topics", [""])[0] not in committed
                    ]
        return answers

    monkeypatch.setattr(Node, "_post", without_commitments)
    posted = rig.post(rig.publish(onnx_models.identity(dtype=onnx_models.INT32)), INTEGERS)
    with capture_logs() as logs:
        for _ in range(4):
            daemon._guarded_cycle()
            while not daemon.parts.computations.idle:
                daemon.parts.wake.wait(1)
                daemon._guarded_cycle()
            rig._let_be_mined(daemon)
            rig.pass_time(1)
    state = daemon.parts.board.get(posted.job_id)
    assert state is not None
    assert (0, daemon.parts.worker) in state.votes
    assert any("told no log of" in entry.get("reason", "") for entry in logs)


def test_start__no_node_answers__every_one_told(rig: Rig) -> None:
    with pytest.raises(PreflightError) as caught:
        rig.daemon(0, Shifted(), rpc_url=NOBODY, rpc_fallbacks=("http://127.0.0.1:10",))
    assert "node 1" in str(caught.value)
    assert "node 2" in str(caught.value)


def test_start__fallback_on_another_chain__refused(rig: Rig, url: str) -> None:
    """A node that is away may come back; one of another chain is a mistake."""
    with plain_chain(rig.folder / "other") as other:
        other_url = str(other.w3.provider.endpoint_uri)  # type: ignore[attr-defined]
        with pytest.raises(PreflightError, match="node 2"):
            rig.daemon(0, Shifted(), rpc_url=url, rpc_fallbacks=(other_url,))


def test_heads__blocks_on_a_real_node__wake_for_each(rig: Rig, url: str) -> None:
    woken = threading.Semaphore(0)
    heads = Heads(url.replace("http", "ws"), woken.release)
    with capture_logs() as logs:
        heads.start()
        for _ in range(3):
            assert _mined_until(rig, woken)
    assert heads.alive
    assert [entry["event"] for entry in logs] == ["heads by websocket"]
    heads.close()


def test_heads__nobody_there__says_so_and_is_not_alive() -> None:
    tried = threading.Event()
    heads = Heads("ws://127.0.0.1:9/secret", lambda: None)
    with capture_logs() as logs:
        heads._log = _Telling(heads._log, tried)  # type: ignore[assignment]
        heads.start()
        assert tried.wait(DEADLINE_SECONDS)
        heads.close()
    assert not heads.alive
    assert [(e["event"], e["node"]) for e in logs] == [
        ("no heads by websocket, polling", "ws://127.0.0.1:9")
    ]


def test_daemon__websocket_set__woken_by_a_block(rig: Rig, url: str) -> None:
    daemon = rig.daemon(0, Shifted(), ws_url=url.replace("http", "ws"))
    heads = daemon.parts.heads
    assert heads is not None
    heads.start()
    deadline = threading.Event()
    for _ in range(100):
        rig.chain.rpc("anvil_mine", "0x1")
        if daemon.parts.wake.wait(DEADLINE_SECONDS / 100):
            deadline.set()
            break
    assert deadline.is_set()


class _Telling:
    """A logger that also sets an event at the first warning."""

    def __init__(self, log: object, told: threading.Event) -> None:
        self._log = log
        self._told = told

    def warning(self, *arguments: object, **fields: object) -> None:
        self._log.warning(*arguments, **fields)  # type: ignore[attr-defined]
        self._told.set()


def _mined_until(rig: Rig, woken: threading.Semaphore) -> bool:
    """Mines blocks until one wakes; the subscription may be younger than the first."""
    for _ in range(100):
        rig.chain.rpc("anvil_mine", "0x1")
        if woken.acquire(timeout=DEADLINE_SECONDS / 100):
            return True
    return False
