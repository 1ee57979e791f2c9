"""Events about many jobs, told apart: from here on each looks as if it were about one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import structlog

from assay import events
from assay.deployments import Deployment
from assay.errors import AssayError
from assay.ids import encode_words

RawLog = Mapping[str, Any]
"""A log as the node tells it; one of several made of one also says at which `position` it was, and
the `event` that it is."""

Parts = Callable[[RawLog, Deployment], Iterator[RawLog]]
"""Makes many logs of one."""

_WORD = 32
_INPUTS = 4
"""Words before the one that says where the inputs are."""
_INPUT = 5
"""Words before the input of a job that is told alone."""


def told_apart(logs: Iterable[RawLog], deployment: Deployment) -> list[RawLog]:
    """The logs as the node tells them, with one for each job where they are about many.

    What is no log of the contracts is passed over: it must not stop the reading.
    """
    found: list[RawLog] = []
    for log in logs:
        parts = _PARTS.get(log["topics"][0].lower()) if log["topics"] else None
        if parts is None:
            found.append(log)
        else:
            found += _apart(log, parts, deployment)
    return found


def _apart(log: RawLog, parts: Parts, deployment: Deployment) -> list[RawLog]:
    try:
        found = enumerate(parts(log, deployment))
        return [{**part, "position": position} for position, part in found]
    except (AssayError, LookupError, OverflowError, ValueError) as error:
        structlog.get_logger(__name__).warning(
            "log passed over", tx=log.get("transactionHash"), reason=str(error)
        )
        return []


def _posted(log: RawLog, deployment: Deployment) -> Iterator[RawLog]:
    if not _is_compact(bytes.fromhex(log["data"].removeprefix("0x"))):
        raise ValueError("the inputs of posted jobs do not follow each other")
    event = events.decode(log)
    if not isinstance(event, events.JobsPosted):
        return
    terms, rules, callback = event.terms.pack(), event.rules.pack(), event.callback.pack()
    for job in event.each(deployment.chain_id, deployment.queue):
        head = (job.nonce, terms, rules, callback, _INPUT * _WORD, len(job.input))
        tail = job.input.ljust(-(-len(job.input) // _WORD) * _WORD, b"\0")
        yield _alone(log, job, log["topics"][1:], encode_words(*head) + tail)


def _steps(log: RawLog, _deployment: Deployment) -> Iterator[RawLog]:
    match events.decode(log):
        case events.CommittedMany() as many:
            for seats in many.each():
                yield _alone(log, seats, [], encode_words(seats.worker, seats.seat))
        case events.RevealedMany() as many:
            for reveal in many.each():
                yield _alone(log, reveal, [], encode_words(reveal.worker, reveal.digest))
        case events.ClaimedMany() as many:
            for claim in many.each():
                yield _alone(log, claim, log["topics"][1:], encode_words(claim.amount))


_PARTS: Mapping[str, Parts] = {
    **dict.fromkeys(events.topics(events.JobsPosted), _posted),
    **dict.fromkeys(
        events.topics(events.CommittedMany, events.RevealedMany, events.ClaimedMany), _steps
    ),
}

TOGETHER: Sequence[str] = tuple(_PARTS)
"""First topics of the logs that are told apart."""


def _alone(
    log: RawLog,
    event: events.JobPosted | events.Committed | events.Revealed | events.Claimed,
    indexed: Sequence[str],
    data: bytes,
) -> RawLog:
    """The log that this event would have had; `indexed` are its topics after the job's id."""
    topics = [*events.topics(type(event)), "0x" + event.job_id.hex(), *indexed]
    return {**log, "topics": topics, "data": "0x" + data.hex(), "event": event}


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
