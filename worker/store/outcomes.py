"""What running a job's model led to, kept before the worker commits to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from assay import ids
from worker.store.database import Database

_REMEMBERED = 4_096


@dataclass(frozen=True)
class Computed:
    """A result that this worker vouches for."""

    payload: bytes = field(repr=False)

    @cached_property
    def digest(self) -> bytes:
        """keccak256 of the payload."""
        return ids.digest(self.payload)


@dataclass(frozen=True)
class Abstained:
    """Why this worker does not vote on the job."""

    reason: str


Outcome = Computed | Abstained


class Outcomes:
    """One outcome for a job, for good."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[bytes, Outcome | None] = {}
        self._there = self._jobs()

    def keep(self, job_id: bytes, outcome: Outcome) -> Outcome:
        """Keep an outcome unless there is one; returns the one that counts.

        It reaches the disk with the transaction that commits to it, if not before.
        """
        payload = outcome.payload if isinstance(outcome, Computed) else None
        reason = outcome.reason if isinstance(outcome, Abstained) else None
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO outcomes VALUES (?, ?, ?)", (job_id, payload, reason)
            )
        self._there.add(job_id)
        kept = self.of(job_id)
        assert kept is not None  # noqa: S101 - it has just been written
        return kept

    def of(self, job_id: bytes) -> Outcome | None:
        """The outcome for a job, or None before there is one."""
        if job_id not in self._there:
            return None  # most jobs are looked at before they are computed
        if job_id not in self._remembered:
            self._remembered[job_id] = self._read(job_id)
            if len(self._remembered) > _REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)))
        return self._remembered[job_id]

    def forget(self) -> None:
        """Rows may be gone: what is known has to be read again."""
        self._remembered.clear()
        self._there = self._jobs()

    def _jobs(self) -> set[bytes]:
        return {job_id for (job_id,) in self._database.rows("SELECT job_id FROM outcomes")}

    def _read(self, job_id: bytes) -> Outcome | None:
        sql = "SELECT payload, reason FROM outcomes WHERE job_id = ?"
        for payload, reason in self._database.rows(sql, job_id):
            return Abstained(reason) if payload is None else Computed(payload)
        return None
