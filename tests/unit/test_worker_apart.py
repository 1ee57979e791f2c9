"""Logs about many jobs, read as many logs about one."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from structlog.testing import capture_logs

from assay import events, ids
from tests.unit.samples import DEPLOYMENT
from tests.unit.test_worker_intake import FakeChain, intake, read_all
from tests.unit.worker_events import raw_posted
from tests.unit.worker_jobs import ANN, TARGET, job
from worker.board import Board
from worker.chain import RawLog
from worker.chain.apart import told_apart
from worker.store import Store

JOB = job()
FIRST = 40
"""Nonce of the first job."""
WORD = 32
COUNT_AT, OFFSETS_AT = 5 * WORD, 6 * WORD
"""Where the number of the inputs, and their offsets, lie in the data."""


def data_of(inputs: Sequence[bytes], first_nonce: int = FIRST) -> bytes:
    words = (first_nonce, JOB.request.terms.pack(), JOB.rules.pack(), JOB.request.callback.pack())
    return encode(("uint256", "uint256", "uint256", "uint256", "bytes[]"), (*words, inputs))


def together(
    data: bytes, number: int = 3, block_hash: bytes = bytes(32), index: int = 0
) -> dict[str, Any]:
    """A log of `JobsPosted` as a node tells it."""
    requester = bytes(12) + bytes.fromhex(TARGET[2:])
    indexed = ["0x" + item.hex() for item in (JOB.request.version_id, requester)]
    return {
        "address": DEPLOYMENT.queue,
        "blockNumber": hex(number),
        "blockHash": "0x" + block_hash.hex(),
        "transactionHash": "0x" + bytes(32).hex(),
        "logIndex": hex(index),
        "topics": [events.topics(events.JobsPosted)[0], *indexed],
        "data": "0x" + data.hex(),
        "removed": False,
    }


def ids_of(inputs: Sequence[bytes]) -> list[bytes]:
    """Ids of the jobs, from their preimages."""
    requests = [
        replace(JOB.request, nonce=FIRST + number, input_hash=ids.digest(payload))
        for number, payload in enumerate(inputs)
    ]
    place = DEPLOYMENT.chain_id, DEPLOYMENT.queue
    return [request.key(JOB.rules).job_id(*place) for request in requests]


def posted(logs: Sequence[RawLog]) -> list[events.JobPosted]:
    found = []
    for log in logs:
        event = events.decode(log)
        assert isinstance(event, events.JobPosted)
        found.append(event)
    return found


INPUTS = [b"\x01", b"\x02" * 33, b"\x01"]


# --- telling apart ---


def test_told_apart__many__each_as_if_posted_alone() -> None:
    found = posted(told_apart([together(data_of(INPUTS))], DEPLOYMENT))
    assert [event.job_id for event in found] == ids_of(INPUTS)
    assert [event.input for event in found] == INPUTS
    assert [event.nonce for event in found] == [FIRST, FIRST + 1, FIRST + 2]
    for event in found:
        request = event.job().request
        assert (request.requester, request.terms) == (TARGET, JOB.request.terms)
        assert (request.version_id, event.rules) == (JOB.request.version_id, JOB.rules)
        assert event.at.order == (3, 0)


def test_told_apart__among_others__in_the_order_of_the_chain() -> None:
    alone = raw_posted(3, bytes(32), bytes([7]) * 32)
    found = told_apart([alone, together(data_of(INPUTS), index=1), alone], DEPLOYMENT)
    job_ids = [event.job_id for event in posted(found)]
    assert job_ids == [bytes([7]) * 32, *ids_of(INPUTS), bytes([7]) * 32]


def test_told_apart__none__nothing() -> None:
    assert told_apart([together(data_of([]))], DEPLOYMENT) == []


def test_told_apart__topic_in_capitals__told_apart_too() -> None:
    log = together(data_of(INPUTS))
    log["topics"] = [log["topics"][0].upper().replace("X", "x"), *log["topics"][1:]]
    assert len(told_apart([log], DEPLOYMENT)) == 3


def patched(place: int, value: int) -> Callable[[bytes], bytes]:
    """Data with another word at that place."""
    return lambda data: data[:place] + value.to_bytes(WORD, "big") + data[place + WORD :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[:-WORD],
        lambda data: data + bytes(WORD),
        patched(4 * WORD, 1 << 255),
        patched(COUNT_AT, 4),
        patched(COUNT_AT, (1 << 256) - 1),
        patched(OFFSETS_AT, 1 << 255),
        patched(OFFSETS_AT, 0),
        patched(OFFSETS_AT + 3 * WORD, 1 << 200),  # the length of the first input
        patched(0, 1 << 96),
        patched(0, (1 << 96) - 2),  # the nonce of the last job has no room
        patched(WORD, (1 << 256) - 1),  # terms of a later version
        patched(2 * WORD, (1 << 256) - 1),
    ],
)
def test_told_apart__no_log_of_the_queue__passed_over_and_said(
    spoil: Callable[[bytes], bytes],
) -> None:
    good = together(data_of(INPUTS))
    bad = good | {"data": "0x" + spoil(data_of(INPUTS)).hex()}
    with capture_logs() as said:
        assert len(told_apart([bad, good], DEPLOYMENT)) == 3
    assert [entry["event"] for entry in said] == ["log passed over"]


def test_told_apart__topic_missing__passed_over() -> None:
    log = together(data_of(INPUTS))
    assert told_apart([log | {"topics": log["topics"][:2]}], DEPLOYMENT) == []


def test_told_apart__offsets_that_all_name_the_same_bytes__memory_of_the_log() -> None:
    """A log of 300 kB would hold 1 GB of inputs."""
    count, size = 4_000, 160_000
    head = data_of([])[:COUNT_AT] + count.to_bytes(WORD, "big")
    offset = (count * WORD).to_bytes(WORD, "big")
    log = together(head + offset * count + size.to_bytes(WORD, "big") + bytes(size))
    tracemalloc.start()
    assert told_apart([log], DEPLOYMENT) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * len(log["data"])


def test_told_apart__thousands__all_of_them_in_the_memory_of_their_inputs() -> None:
    inputs = [bytes([n % 256]) * 1_000 for n in range(2_000)]
    log = together(data_of(inputs))
    tracemalloc.start()
    found = told_apart([log], DEPLOYMENT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 2_000
    assert peak < 10 * len(log["data"])


# --- steps in many jobs ---

WORKER_TOPIC = "0x" + bytes(12).hex() + ANN[2:].lower()
IDS = [bytes([n]) * 32 for n in (1, 2)]
NOBODY = bytes(32)


def stepped(
    kind: type[events.Event], values: str, ids_: Sequence[bytes], said: Sequence[Any]
) -> dict[str, Any]:
    """A log of one worker's step in many jobs."""
    data = encode(("bytes32[]", values), (ids_, said))
    return together(data) | {"topics": [*events.topics(kind), WORKER_TOPIC]}


def test_told_apart__commitments__each_as_if_alone_and_without_those_refused() -> None:
    log = stepped(events.CommittedMany, "uint256[]", [IDS[0], NOBODY, IDS[1]], [5, 0, 6])
    found = told_apart([log], DEPLOYMENT)
    first, second = (events.decode(part) for part in found)
    assert isinstance(first, events.Committed)
    assert isinstance(second, events.Committed)
    assert [(e.job_id, e.worker, e.seat) for e in (first, second)] == [
        (IDS[0], ANN, 5),
        (IDS[1], ANN, 6),
    ]
    assert [part["position"] for part in found] == [0, 1]


def test_told_apart__reveals__each_as_if_alone() -> None:
    log = stepped(events.RevealedMany, "bytes32[]", IDS, [b"\x05" * 32, b"\x06" * 32])
    first, second = (events.decode(part) for part in told_apart([log], DEPLOYMENT))
    assert isinstance(first, events.Revealed)
    assert isinstance(second, events.Revealed)
    assert (first.job_id, first.worker, first.digest) == (IDS[0], ANN, b"\x05" * 32)
    assert (second.job_id, second.digest) == (IDS[1], b"\x06" * 32)


def test_told_apart__claims_of_two_votes_in_one_job__both() -> None:
    log = stepped(events.ClaimedMany, "uint256[]", [IDS[0], IDS[0]], [7, 0])
    first, second = (events.decode(part) for part in told_apart([log], DEPLOYMENT))
    assert isinstance(first, events.Claimed)
    assert isinstance(second, events.Claimed)
    assert (first.job_id, first.worker, first.amount) == (IDS[0], ANN, 7)
    assert (second.job_id, second.amount) == (IDS[0], 0)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda _: b"", lambda data: data[64:]])
def test_told_apart__no_log_of_the_settlement__passed_over_and_said(
    spoil: Callable[[bytes], bytes],
) -> None:
    good = stepped(events.ClaimedMany, "uint256[]", IDS, [7, 8])
    bad = good | {"data": "0x" + spoil(bytes.fromhex(good["data"][2:])).hex()}
    with capture_logs() as said:
        assert len(told_apart([bad, good], DEPLOYMENT)) == 2
    assert [entry["event"] for entry in said] == ["log passed over"]


def test_told_apart__values_that_do_not_go_with_the_jobs__passed_over() -> None:
    log = stepped(events.CommittedMany, "uint256[]", IDS, [1])
    assert told_apart([log], DEPLOYMENT) == []


def test_read__two_votes_of_one_job_claimed_in_one_call__both_kept_and_rolled_back(
    store: Store,
) -> None:
    chain = FakeChain()
    chain.grow(5)
    chain.post(3, job=1, index=0)
    block = chain.blocks[4].hash
    claims = stepped(events.ClaimedMany, "uint256[]", [IDS[0], NOBODY, IDS[0]], [7, 0, 0]) | {
        "blockNumber": hex(4),
        "blockHash": "0x" + block.hex(),
    }
    chain.logs.setdefault(block, []).extend(told_apart([claims], DEPLOYMENT))
    reader = intake(chain, store)
    read_all(reader)
    logs = store.history.logs_of(IDS[0])
    assert [(log.block_number, log.position) for log in logs] == [(3, 0), (4, 0), (4, 1)]
    chain.drop(after=3)
    chain.grow(6)
    assert reader.read().undone == {IDS[0]}
    assert store.history.logs_of(IDS[0]) == []
    read_all(reader)
    assert [log.block_number for log in store.history.logs_of(IDS[0])] == [3]


# --- into the store, and out of it ---


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, {})
    yield opened
    opened.close()


def post_together(chain: FakeChain, number: int) -> None:
    block = chain.blocks[number].hash
    log = together(data_of(INPUTS), number, block, index=2)
    chain.logs.setdefault(block, []).extend(told_apart([log], DEPLOYMENT))


def test_read__jobs_of_one_log__each_in_the_store_and_on_the_board(store: Store) -> None:
    chain = FakeChain()
    chain.grow(5)
    chain.post(3, job=1, index=1)
    post_together(chain, 3)
    chain.post(3, job=2, index=3)
    (news,) = read_all(intake(chain, store))
    expected = [b"\x01" * 32, *ids_of(INPUTS), b"\x02" * 32]
    assert [log.job_id for log in news.logs] == expected
    assert sorted(store.history.live_jobs()) == sorted(expected)
    board = Board(store.history)  # as after a restart
    for job_id, payload in zip(ids_of(INPUTS), INPUTS, strict=True):
        state = board.get(job_id)
        assert state is not None
        assert (state.job.input, state.opened_at, state.seed_block) == (payload, 1_003, 4)


def test_read__reorganised__all_jobs_of_the_log_gone_and_read_again(store: Store) -> None:
    chain = FakeChain()
    chain.grow(5)
    post_together(chain, 5)
    reader = intake(chain, store)
    board = Board(store.history)
    for news in read_all(reader):
        board.follow(news)
    chain.drop(after=4)
    chain.grow(6)
    post_together(chain, 6)
    back = reader.read()
    assert back.undone == set(ids_of(INPUTS))
    board.follow(back)
    assert (board.live, store.history.live_jobs()) == ([], [])
    board.follow(reader.read())
    assert [state.job_id for state in board.live] == ids_of(INPUTS)
    assert {state.seed_block for state in board.live} == {7}
