"""Events as the chain would tell them, and the raw logs they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from eth_abi.abi import encode
from eth_typing import ChecksumAddress

from assay import events
from assay.events import Event, Place
from tests.unit.worker_jobs import ME, RIGHT, SEED_BLOCK, TARGET, job

JOB = job()


def place(block: int, index: int = 0) -> Place:
    return Place(
        block_number=block,
        block_hash=bytes([block]) * 32,
        transaction_hash=bytes(32),
        log_index=index,
        address=TARGET,
    )


def posted(of: Any = JOB) -> events.JobPosted:
    request = of.request
    return events.JobPosted(
        at=place(SEED_BLOCK - 1),
        job_id=of.job_id,
        version_id=request.version_id,
        requester=request.requester,
        nonce=request.nonce,
        terms=request.terms,
        rules=of.rules,
        callback=request.callback,
        input=of.input,
    )


def committed(
    worker: ChecksumAddress = ME, seats: int = 1, round_: int = 0, block: int = 12
) -> Event:
    seat = seats << 32 | round_ << 16 | 5
    return events.Committed(at=place(block), job_id=JOB.job_id, worker=worker, seat=seat)


def revealed(worker: ChecksumAddress = ME, digest: bytes = RIGHT, block: int = 13) -> Event:
    return events.Revealed(at=place(block), job_id=JOB.job_id, worker=worker, digest=digest)


def supported(worker: ChecksumAddress, digest: bytes, block: int = 13) -> Event:
    return events.Supported(at=place(block), job_id=JOB.job_id, worker=worker, digest=digest)


def support_added(worker: ChecksumAddress, digest: bytes, block: int = 13) -> Event:
    return events.SupportAdded(at=place(block), job_id=JOB.job_id, worker=worker, digest=digest)


def simple(kind: Callable[..., Event], block: int = 20, **fields: Any) -> Event:
    return kind(at=place(block), job_id=JOB.job_id, **fields)


def raw_posted(number: int, block_hash: bytes, job_id: bytes, index: int = 0) -> Mapping[str, Any]:
    """The log of a posted job as a node tells it, without the time of its block."""
    request = JOB.request
    data = encode(
        ("uint96", "uint256", "uint256", "uint256", "bytes"),
        (request.nonce, request.terms.pack(), JOB.rules.pack(), request.callback.pack(), b"\x00"),
    )
    indexed = [job_id, request.version_id, bytes(12) + bytes.fromhex(request.requester[2:])]
    return {
        "address": TARGET,
        "blockNumber": hex(number),
        "blockHash": "0x" + block_hash.hex(),
        "transactionHash": "0x" + bytes(32).hex(),
        "logIndex": hex(index),
        "topics": [events.topics(events.JobPosted)[0], *("0x" + item.hex() for item in indexed)],
        "data": "0x" + data.hex(),
        "removed": False,
    }
