"""Jobs that were posted together, told apart: from here on each looks as if posted alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eth_abi.abi import encode

from assay import events
from assay.deployments import Deployment
from assay.errors import AssayError

_TOGETHER = events.topics(events.JobsPosted)[0]
_ALONE = events.topics(events.JobPosted)[0]


def told_apart(
    logs: Iterable[Mapping[str, Any]], deployment: Deployment
) -> list[Mapping[str, Any]]:
    """The logs as the node tells them, with one `JobPosted` for each job of a `JobsPosted`."""
    found: list[Mapping[str, Any]] = []
    for log in logs:
        if log["topics"] and log["topics"][0] == _TOGETHER:
            found += _each(log, deployment)
        else:
            found.append(log)
    return found


def _each(log: Mapping[str, Any], deployment: Deployment) -> Iterator[Mapping[str, Any]]:
    try:
        event = events.decode(log)
    except AssayError:
        return  # jobs that this version does not understand
    if not isinstance(event, events.JobsPosted):
        return
    for job in event.each(deployment.chain_id, deployment.queue):
        words = (job.nonce, job.terms.pack(), job.rules.pack(), job.callback.pack())
        data = encode(("uint96", "uint256", "uint256", "uint256", "bytes"), (*words, job.input))
        topics = [_ALONE, "0x" + job.job_id.hex(), *log["topics"][1:]]
        yield {**log, "topics": topics, "data": "0x" + data.hex()}
