"""Jobs by who posted them, from the queue's events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eth_typing import ChecksumAddress, HexStr

from assay.addresses import address
from assay.chain import Chain, Topics
from assay.events import Event, JobPosted, JobsPosted, topics
from assay.jobs import Job

JOBS = 20
"""How many jobs are listed unless the caller says otherwise."""
BLOCKS = 100_000
"""How many blocks are looked through for them unless the caller says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Jobs, the newest first."""

    jobs: tuple[Job, ...]
    first_block: int
    """The oldest block that was looked at. Older jobs may be before it."""
    complete: bool
    """Whether there are no others: all blocks since the deployment were looked at."""


def list_jobs(chain: Chain, requester: str | None, limit: int, blocks: int) -> Listing:
    """The newest jobs of one account, or of all.

    At most `limit`, from the last `blocks` blocks.
    """
    head, oldest = chain.head(), chain.deployment.block
    first = max(oldest, head - blocks + 1)
    owner = None if requester is None else address(requester)
    found: list[Job] = []
    for job in _newest_first(chain, owner, first):
        if len(found) == limit:
            return Listing(jobs=tuple(found), first_block=found[-1].block_number, complete=False)
        found.append(job)
    return Listing(jobs=tuple(found), first_block=first, complete=first == oldest)


def _newest_first(chain: Chain, owner: ChecksumAddress | None, first: int) -> Iterator[Job]:
    for page in chain.events_backwards(*_wanted(owner), first=first):
        for event in page:
            for posted in _each(chain, event):
                if owner in (None, posted.requester):
                    yield posted.job()


def _each(chain: Chain, event: Event) -> list[JobPosted]:
    deployment = chain.deployment
    match event:
        case JobPosted():
            return [event]
        case JobsPosted():
            return list(event.each(deployment.chain_id, deployment.queue))[::-1]
        case _:
            return []


def _wanted(owner: ChecksumAddress | None) -> list[Topics]:
    """The requester is the third indexed field of one event and the second of the other."""
    (alone,), (together,) = topics(JobPosted), topics(JobsPosted)
    if owner is None:
        return [[[alone, together]]]
    word = HexStr("0x" + owner[2:].lower().rjust(64, "0"))
    return [[alone, None, None, word], [together, None, word]]
