"""Reading the chain: from the cursor to the head, back to the fork after a reorganisation.

What is read goes into the store together with the cursor. Jobs are found by their logs alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import structlog

from assay import events
from assay.rpc import RefusedByNodeError, RpcError
from worker.chain import Header, RawLog
from worker.chain.span import Span
from worker.errors import NodeBehindError, ReorganisedError
from worker.store import Block, History, StoredLog

_DEEPEST_SEARCH = 1_024
_HEADERS_AT_ONCE = 32


class LogSource(Protocol):
    """The part of `worker.chain.Chain` that reading needs."""

    def head(self) -> Header:
        """The newest block."""

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        """Blocks by number."""

    def logs_in(self, block: Header) -> list[RawLog]:
        """Logs about jobs in one block."""

    def logs_between(self, first: int, last: int) -> tuple[list[RawLog], Header]:
        """Logs about jobs in a range of blocks, and the header of its last block."""


@dataclass(frozen=True)
class News:
    """What a look at the chain has brought. All of it is in the store already."""

    head: Header
    """The newest block that has been read."""
    logs: list[StoredLog] = field(default_factory=list)
    """New ones, in the order of the chain."""
    undone: frozenset[bytes] = frozenset()
    """Jobs that lost events to a reorganisation: what is known about them has to be read again."""
    moved: bool = False
    """Whether the cursor has moved at all."""
    more: bool = False
    """Whether there is more to read at once."""


class Intake:
    """Follows the chain into a store."""

    def __init__(
        self, chain: LogSource, history: History, *, start: int, confirmations: int, log_range: int
    ) -> None:
        """`start` is the first block that a new store reads."""
        self._chain = chain
        self._history = history
        self._start = start
        self._confirmations = confirmations
        self._span = Span(log_range)
        self._posted = bytes.fromhex(events.topics(events.JobPosted)[0][2:])
        self._log = structlog.get_logger(__name__)

    def read(self) -> News:
        """What is new, at most `log_range` blocks of it.

        Raises ReorganisedError when the chain changes meanwhile, NodeBehindError when the node
        shows an earlier head than before: read again later.
        """
        head = self._confirmed_head()
        cursor = self._history.cursor()
        if cursor is None:
            return self._append(self._start, head)
        if (cursor.number, cursor.hash) == (head.number, head.hash):
            return News(head)
        if self._has_forked(cursor, head):
            return self._roll_back(cursor, head)
        return self._append(cursor.number + 1, head)

    def read_again(self, block: int) -> News | None:
        """Forget what was read from this block on, to read it again; None if it is too far back."""
        before = [b for b in self._history.blocks(_DEEPEST_SEARCH) if b.number < block]
        if not before:
            return None
        head = self._chain.head()
        undone = self._history.roll_back(before[0])
        return News(head, undone=frozenset(undone), moved=True, more=True)

    def _confirmed_head(self) -> Header:
        head = self._chain.head()
        if not self._confirmations:
            return head
        return self._chain.headers([max(0, head.number - self._confirmations)])[0]

    def _has_forked(self, cursor: Block, head: Header) -> bool:
        """Whether the cursor's block is no longer part of the chain."""
        if head.number == cursor.number + 1:
            return head.parent_hash != cursor.hash
        if head.number < cursor.number:
            self._refuse_if_behind(head)
        if head.number <= cursor.number:
            return True
        return self._chain.headers([cursor.number])[0].hash != cursor.hash

    def _refuse_if_behind(self, head: Header) -> None:
        """A shorter chain without another block in it: the node lags, nothing was replaced."""
        below = [b for b in self._history.blocks(_DEEPEST_SEARCH) if b.number <= head.number]
        if below and self._chain.headers([below[0].number])[0].hash == below[0].hash:
            raise NodeBehindError(
                f"the node is at block {head.number}, which was read before; waiting for it"
            )

    def _roll_back(self, cursor: Block, head: Header) -> News:
        ancestor = self._ancestor(head)
        if ancestor == cursor:
            raise NodeBehindError(
                f"block {head.number} does not follow block {cursor.number}, which the node itself "
                "still shows"
            )
        undone = self._history.roll_back(ancestor)
        self._log.warning(
            "the chain was reorganised",
            from_block=cursor.number,
            back_to=None if ancestor is None else ancestor.number,
            jobs=len(undone),
        )
        return News(head, undone=frozenset(undone), moved=True, more=True)

    def _ancestor(self, head: Header) -> Block | None:
        """The newest block of the store that is still part of the chain."""
        known = [b for b in self._history.blocks(_DEEPEST_SEARCH) if b.number <= head.number]
        for first in range(0, len(known), _HEADERS_AT_ONCE):
            some = known[first : first + _HEADERS_AT_ONCE]
            found = self._chain.headers([block.number for block in some])
            for block, header in zip(some, found, strict=True):
                if block.hash == header.hash:
                    return block
        return None

    def _append(self, first: int, head: Header) -> News:
        last = min(first + self._span.blocks - 1, head.number)
        if last < first:
            return News(head)  # the first block to read is still to come
        blocks = last - first + 1
        try:
            raw, end = self._logs(first, last, head)
        except RpcError as error:
            self._span.refused(blocks)
            if blocks > 1 and isinstance(error, RefusedByNodeError):
                return self._append(first, head)
            raise
        self._span.answered(blocks)
        _require_inside(raw, first, last)
        logs = self._stored(raw, end)
        posted = {log.job_id for log in logs if log.topics[0] == self._posted}
        self._history.append(Block(end.number, end.hash, end.timestamp), logs, posted)
        return News(end, logs, moved=True, more=last < head.number)

    def _logs(self, first: int, last: int, head: Header) -> tuple[list[RawLog], Header]:
        if first == last == head.number:
            return self._chain.logs_in(head), head
        raw, end = self._chain.logs_between(first, last)
        if last == head.number and end.hash != head.hash:
            raise ReorganisedError(f"block {last} was replaced while it was being read")
        return raw, end

    def _stored(self, raw: Iterable[RawLog], end: Header) -> list[StoredLog]:
        """The logs with the times of their blocks, which not every node tells with them."""
        placed = [(log, int(log["blockNumber"], 16)) for log in raw if not log.get("removed")]
        times = {end.number: end.timestamp}
        for log, number in placed:
            if log.get("blockTimestamp") is not None:
                times[number] = int(log["blockTimestamp"], 16)
        missing = sorted({number for _, number in placed} - times.keys())
        for first in range(0, len(missing), _HEADERS_AT_ONCE):
            for header in self._chain.headers(missing[first : first + _HEADERS_AT_ONCE]):
                times[header.number] = header.timestamp
        logs = [_stored(log, times[number]) for log, number in placed]
        return sorted(logs, key=lambda log: (log.block_number, log.log_index, log.position))


def _require_inside(raw: Iterable[RawLog], first: int, last: int) -> None:
    """Raises RefusedByNodeError for logs not asked for: they would be in the way later."""
    numbers = {int(log["blockNumber"], 16) for log in raw}
    strange = [number for number in numbers if not first <= number <= last]
    if strange:
        raise RefusedByNodeError(
            f"asked for logs of the blocks {first} to {last}, the node gave some of {min(strange)}"
        )


def _stored(raw: RawLog, timestamp: int) -> StoredLog:
    kind, *indexed = raw["topics"]
    topics = (_shared(kind), *map(_bytes, indexed))
    return StoredLog(
        block_number=int(raw["blockNumber"], 16),
        log_index=int(raw["logIndex"], 16),
        position=raw.get("position", 0),
        block_hash=_shared(raw["blockHash"]),
        timestamp=timestamp,
        job_id=topics[1],  # of all events that are followed the first indexed value
        transaction_hash=_shared(raw["transactionHash"]),
        address=_shared(raw["address"]),
        topics=topics,
        data=_bytes(raw["data"]),
        event=raw.get("event"),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


_shared = lru_cache(maxsize=64)(_bytes)
"""For what many logs have in common: of all jobs of a batch it is one object."""
