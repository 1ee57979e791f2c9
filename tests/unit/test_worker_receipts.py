"""What a receipt says counts only where the engine's own contracts say it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from worker.chain import Chain, Node

QUEUE, SETTLEMENT, CALLBACK = ("0x" + letter * 40 for letter in "abc")
JOB = bytes(range(32))
REASON = keccak(text="NotEnded(bytes32,uint256)")[:4]
FAILED = "0x" + keccak(text="BatchItemFailed(uint256,bytes)").hex()
SKIPPED = "0x" + keccak(text="ClaimSkipped(bytes32,address,bytes4)").hex()


def log(address: str, topics: list[str], data: bytes) -> dict[str, Any]:
    return {
        "address": address,
        "topics": topics,
        "data": "0x" + data.hex(),
        "blockNumber": "0x7",
        "blockHash": "0x" + "22" * 32,
        "transactionHash": "0x" + "11" * 32,
        "logIndex": "0x0",
    }


def failed_item(address: str) -> dict[str, Any]:
    return log(address, [FAILED, "0x" + (3).to_bytes(32).hex()], encode(["bytes"], [REASON]))


def skipped_claim(address: str) -> dict[str, Any]:
    worker = "0x" + bytes(32).hex()
    return log(address, [SKIPPED, "0x" + JOB.hex(), worker], encode(["bytes4"], [REASON]))


def receipt_with(*logs: dict[str, Any]) -> Any:
    """The receipt of a transaction with these logs, as a worker reads it."""

    def answer(request: httpx.Request) -> httpx.Response:
        raw = {
            "transactionHash": "0x" + "11" * 32,
            "blockNumber": "0x7",
            "blockHash": "0x" + "22" * 32,
            "status": "0x1",
            "gasUsed": "0x5208",
            "effectiveGasPrice": "0x1",
            "logs": list(logs),
        }
        asked = json.loads(request.content)
        return httpx.Response(
            200, json=[{"jsonrpc": "2.0", "id": one["id"], "result": raw} for one in asked]
        )

    deployment: Any = SimpleNamespace(queue=QUEUE, settlement=SETTLEMENT)
    chain = Chain(Node("http://node.example", httpx.MockTransport(answer)), deployment)
    return chain.receipts([b"\x11" * 32])[0]


def test_receipts__logs_of_the_engine__taken_in() -> None:
    receipt = receipt_with(failed_item(QUEUE), skipped_claim(SETTLEMENT))
    assert receipt.failed_items == {3: REASON}
    assert receipt.skipped_claims == {JOB: (REASON,)}


def test_receipts__logs_a_callback_forged__passed_over() -> None:
    receipt = receipt_with(failed_item(CALLBACK), skipped_claim(CALLBACK))
    assert (receipt.failed_items, receipt.skipped_claims) == ({}, {})


def delivery(name: str) -> dict[str, Any]:
    topic = "0x" + keccak(text=f"{name}(bytes32,address,address)").hex()
    somebody = "0x" + bytes(32).hex()
    return log(QUEUE, [topic, "0x" + JOB.hex(), somebody, somebody], b"")


@pytest.mark.parametrize("name", ["Delivered", "DeliveryFailed"])
def test_receipts__callback_called__known_whatever_it_had_reported(name: str) -> None:
    receipt = receipt_with(failed_item(SETTLEMENT), delivery(name))
    assert receipt.deliveries == {JOB}


@pytest.mark.parametrize("topic", [FAILED, SKIPPED])
def test_receipts__log_of_a_callback_that_cannot_be_decoded__passed_over(topic: str) -> None:
    assert receipt_with(log(CALLBACK, [topic], b"")).succeeded
