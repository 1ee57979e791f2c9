"""Logs in bounded requests, newest first."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_typing import HexStr

from assay.chain import Chain
from assay.events import JobUnresolved, topics
from assay.rpc import RefusedByNodeError
from tests.unit.nodes import TableProvider, node
from tests.unit.samples import DEPLOYMENT

JOB = b"\x07" * 32


def log(block: int, index: int = 0, place: str = DEPLOYMENT.settlement) -> dict[str, Any]:
    return {
        "address": place,
        "blockHash": "0x" + "01" * 32,
        "blockNumber": hex(block),
        "transactionHash": "0x" + "02" * 32,
        "transactionIndex": "0x0",
        "logIndex": hex(index),
        "topics": [*topics(JobUnresolved), "0x" + JOB.hex()],
        "data": "0x" + encode((), ()).hex(),
        "removed": False,
    }


def chain_with(logs: list[dict[str, Any]], head: int, span: int, most: int = 10**9) -> Chain:
    """A chain whose node refuses requests for more than `most` blocks."""

    def get_logs(wanted: dict[str, Any]) -> Any:
        low, high = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        if high - low >= most:
            return {"error": {"code": -32005, "message": f"more than {most} blocks"}}
        return [found for found in logs if low <= int(found["blockNumber"], 16) <= high]

    return Chain(node(eth_blockNumber=hex(head), eth_getLogs=get_logs), DEPLOYMENT, span)


def ranges(chain: Chain) -> list[tuple[int, int]]:
    assert isinstance(chain.w3.provider, TableProvider)
    return [
        (int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16))
        for method, params in chain.w3.provider.calls
        if method == "eth_getLogs"
    ]


def test_events_backwards__several_pages__newest_first_each_block_once() -> None:
    logs = [log(10), log(10, 1), log(17), log(25)]
    chain = chain_with(logs, head=25, span=6)
    pages = list(chain.events_backwards([None]))
    assert [[event.at.order for event in page] for page in pages] == [
        [(25, 0)],
        [(17, 0)],
        [(10, 1), (10, 0)],
    ]
    assert ranges(chain) == [(20, 25), (14, 19), (10, 13)]


def test_events_backwards__stopped_early__older_blocks_not_asked_for() -> None:
    chain = chain_with([log(24)], head=25, span=4)
    next(chain.events_backwards([None]))
    assert ranges(chain) == [(22, 25)]


def test_events_backwards__node_refuses_the_span__asks_for_less() -> None:
    chain = chain_with([log(12), log(25)], head=25, span=1_000, most=5)
    found = [event.at.block_number for page in chain.events_backwards([None]) for event in page]
    assert found == [25, 12]
    assert all(high - low < 1_000 for low, high in ranges(chain))


def test_events_backwards__node_refuses_everything__its_reason() -> None:
    chain = chain_with([], head=25, span=8, most=0)
    with pytest.raises(RefusedByNodeError, match="more than 0 blocks"):
        list(chain.events_backwards([None]))


def test_events_backwards__head_before_the_deployment__nothing() -> None:
    assert list(chain_with([], head=3, span=8).events_backwards([None])) == []


def test_decode__log_of_another_contract__passed_over() -> None:
    chain = chain_with([], head=25, span=8)
    logs: list[Any] = [log(12, place="0x" + "33" * 20), log(12), log(13, place=DEPLOYMENT.asset)]
    (event,) = chain.decode(logs)
    assert isinstance(event, JobUnresolved)
    assert event.job_id == JOB


def test_events_backwards__two_lists_of_topics__both_on_each_page() -> None:
    first, second = [HexStr("0x" + "0a" * 32)], [HexStr("0x" + "0b" * 32)]

    def get_logs(wanted: dict[str, Any]) -> Any:
        block = 12 if wanted["topics"] == first else 13
        low, high = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        return [log(block)] if low <= block <= high else []

    chain = Chain(node(eth_blockNumber=hex(15), eth_getLogs=get_logs), DEPLOYMENT, 5)
    pages = list(chain.events_backwards(first, second))
    assert [[event.at.block_number for event in page] for page in pages] == [[13, 12], []]
    assert ranges(chain) == [(11, 15)] * 2 + [(10, 10)] * 2
