"""Handing transactions to the node, and how long ago that was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog

from worker.chain import Header, Refusal
from worker.store import SentTransaction

_BLOCKS_BETWEEN = 3
_KNOWN = ("already known", "already imported", "nonce too low")


class Broadcaster(Protocol):
    """The part of `worker.chain.Chain` that broadcasting needs."""

    def broadcast(self, transactions: Sequence[bytes]) -> list[Refusal | None]:
        """Hand raw transactions to the node."""


class Broadcasts:
    """What this process has broadcast, by the block at which it did."""

    def __init__(self, chain: Broadcaster, stuck_after: int) -> None:
        """What is not mined within `stuck_after` blocks is stuck."""
        self._chain = chain
        self._stuck_after = stuck_after
        self._first: dict[bytes, int] = {}
        self._last: dict[bytes, int] = {}
        self._log = structlog.get_logger(__name__)

    def send(self, transactions: Sequence[SentTransaction], head: Header) -> None:
        """Hand the newest form of each to the node; a refusal is logged, and it is sent again."""
        if not transactions:
            return
        newest = [item.attempts[-1] for item in transactions]
        refusals = self._chain.broadcast([attempt.raw for attempt in newest])
        for item, attempt, refusal in zip(transactions, newest, refusals, strict=True):
            self._first.setdefault(attempt.hash, head.number)
            self._last[item.hash] = head.number
            if refusal is not None and not _is_known_already(refusal):
                self._log.warning(
                    "transaction not accepted",
                    tx=attempt.hash,
                    nonce=item.nonce,
                    error=str(refusal),
                )

    def is_overdue(self, item: SentTransaction, head: Header) -> bool:
        """Whether it should have been mined, or was never broadcast by this process."""
        sent_at = self._last.get(item.hash)
        if sent_at is None or head.number >= sent_at + _BLOCKS_BETWEEN:
            return True
        return self.is_stuck_since_last(item, head)

    def is_stuck(self, item: SentTransaction, head: Header) -> bool:
        """Whether its newest form has waited too long since this process first broadcast it."""
        return head.number >= self._first.get(item.attempts[-1].hash, head.number) + (
            self._stuck_after
        )

    def is_stuck_since_last(self, item: SentTransaction, head: Header) -> bool:
        """Whether it has become stuck since it was last broadcast."""
        sent_at = self._last.get(item.hash, head.number)
        first = self._first.get(item.attempts[-1].hash, head.number)
        return sent_at < first + self._stuck_after <= head.number

    def forget(self, item: SentTransaction) -> None:
        """It is mined, or lost."""
        self._last.pop(item.hash, None)
        for attempt in item.attempts:
            self._first.pop(attempt.hash, None)


def _is_known_already(refusal: Refusal) -> bool:
    text = refusal.message.lower()
    return any(known in text for known in _KNOWN)
