"""Votes that can be taken back, gathered until a transaction for them is worth its gas."""

from __future__ import annotations

from collections.abc import Iterable

from worker.steps import Claim


class Claims:
    """The claims that wait, by job."""

    def __init__(self, batch: int, age: int) -> None:
        """They are due when there are `batch` of them, or when one is `age` seconds old."""
        self._batch = batch
        self._age = age
        self._waiting: dict[bytes, tuple[Claim, ...]] = {}

    def put(self, job_id: bytes, claims: Iterable[Claim]) -> None:
        """What can be taken back of one job, as of now."""
        self._waiting.pop(job_id, None)
        if kept := tuple(claims):
            self._waiting[job_id] = kept

    def take(self, now: int, *, at_once: bool) -> list[list[Claim]]:
        """Batches that are due, the oldest first; `at_once` makes all of them due."""
        waiting = sorted(
            (claim for claims in self._waiting.values() for claim in claims),
            key=lambda claim: claim.since,
        )
        batches = [waiting[i : i + self._batch] for i in range(0, len(waiting), self._batch)]
        due = [
            batch
            for batch in batches
            if at_once or len(batch) == self._batch or now - batch[0].since >= self._age
        ]
        for batch in due:
            for claim in batch:
                self._waiting.pop(claim.job_id, None)
        return due

    def next_due(self) -> int | None:
        """When the oldest claim is due, if no others join it."""
        oldest = [claim.since for claims in self._waiting.values() for claim in claims]
        return min(oldest) + self._age if oldest else None
