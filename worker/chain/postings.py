"""Jobs that were posted together, told apart: from here on each looks as if posted alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import structlog
from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError

from assay import events
from assay.deployments import Deployment
from assay.errors import AssayError

RawLog = Mapping[str, Any]
"""A log as the node tells it."""

_TOGETHER = events.topics(events.JobsPosted)[0]
_ALONE = events.topics(events.JobPosted)[0]

_WORD = 32
_INPUTS = 4
"""Words before the one that says where the inputs are."""


def told_apart(logs: Iterable[RawLog], deployment: Deployment) -> list[RawLog]:
    """The logs as the node tells them, with one `JobPosted` for each job of a `JobsPosted`.

    What is no log of the queue is passed over: it must not stop the reading.
    """
    found: list[RawLog] = []
    for log in logs:
        if log["topics"] and log["topics"][0].lower() == _TOGETHER:
            found += _jobs(log, deployment)
        else:
            found.append(log)
    return found


def _jobs(log: RawLog, deployment: Deployment) -> list[RawLog]:
    try:
        if _is_compact(bytes.fromhex(log["data"].removeprefix("0x"))):
            return list(_each(log, deployment))
        reason = "its inputs do not follow each other"
    except (AssayError, EncodingError, LookupError, ValueError) as error:
        reason = str(error)
    structlog.get_logger(__name__).warning(
        "posted jobs passed over", tx=log.get("transactionHash"), reason=reason
    )
    return []


def _each(log: RawLog, deployment: Deployment) -> Iterator[RawLog]:
    event = events.decode(log)
    if not isinstance(event, events.JobsPosted):
        return
    for job in event.each(deployment.chain_id, deployment.queue):
        words = (job.nonce, job.terms.pack(), job.rules.pack(), job.callback.pack())
        data = encode(("uint96", "uint256", "uint256", "uint256", "bytes"), (*words, job.input))
        topics = [_ALONE, "0x" + job.job_id.hex(), *log["topics"][1:]]
        yield {**log, "topics": topics, "data": "0x" + data.hex()}


def _is_compact(data: bytes) -> bool:
    """Whether each input lies behind the one before it, as Solidity encodes them.

    Together they are then no larger than the log. Offsets that all name the same bytes would make
    gigabytes of a megabyte.
    """
    count = _word(data, (_INPUTS + 1) * _WORD)
    heads = (_INPUTS + 2) * _WORD
    end = heads + count * _WORD
    if _word(data, _INPUTS * _WORD) != (_INPUTS + 1) * _WORD or end > len(data):
        return False
    for place in range(heads, heads + count * _WORD, _WORD):
        if _word(data, place) != end - heads:
            return False
        words = 1 + -(-_word(data, end) // _WORD)
        end += words * _WORD
        if end > len(data):
            return False
    return end == len(data)


def _word(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + _WORD], "big")
