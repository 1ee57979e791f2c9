"""Transactions, written down before they are broadcast."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

from worker.store.database import Database


@dataclass(frozen=True, slots=True)
class Step:
    """One step about one job that a transaction takes."""

    job_id: bytes
    kind: str
    round: int
    units: int = 0
    """Stake that goes into the job with it."""
    item: int = 0
    """Which call of the transaction's batch takes it; one call may take several."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A transaction as it was signed."""

    hash: bytes
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentTransaction:
    """A transaction that is not known to be mined."""

    nonce: int
    attempts: tuple[Attempt, ...]
    """Each at a higher price than the one before; only one of them can be mined."""
    recorded_at: int
    steps: tuple[Step, ...]

    @property
    def hash(self) -> bytes:
        """That of the first attempt, which names it."""
        return self.attempts[0].hash


class Outbox:
    """Every transaction from before its broadcast until it is forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, transaction: SentTransaction) -> None:
        """Write down a signed transaction, for good; only then may it be broadcast."""
        with self._database.transaction(durable=True) as connection:
            cursor = connection.execute(
                "INSERT INTO transactions (nonce, hash, raw, state, recorded_at) "
                "VALUES (?, ?, ?, 'pending', ?)",
                (
                    transaction.nonce,
                    transaction.hash,
                    transaction.attempts[0].raw,
                    transaction.recorded_at,
                ),
            )
            connection.executemany(
                "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (cursor.lastrowid, position, *astuple(step))
                    for position, step in enumerate(transaction.steps)
                ),
            )

    def replace(self, transaction: SentTransaction, attempt: Attempt) -> SentTransaction:
        """Write down another attempt; only then may it be broadcast."""
        with self._database.transaction(durable=True) as connection:
            connection.execute(
                "INSERT INTO replacements SELECT ?, id, ? FROM transactions WHERE hash = ?",
                (attempt.hash, attempt.raw, transaction.hash),
            )
        return dataclasses.replace(transaction, attempts=(*transaction.attempts, attempt))

    def pending(self) -> list[SentTransaction]:
        """Transactions not known to be mined, by nonce."""
        found = self._database.rows(
            "SELECT id, nonce, hash, raw, recorded_at FROM transactions "
            "WHERE state = 'pending' ORDER BY nonce, id"
        )
        return [self._sent(*row) for row in found]

    def in_flight(self, cursor: int) -> list[Step]:
        """Steps whose effect cannot be seen yet: pending, or mined after block `cursor`."""
        sql = (
            "SELECT job_id, kind, round, units, item FROM steps JOIN transactions "
            "ON id = transaction_id WHERE state = 'pending' OR state = 'mined' AND block_number > ?"
        )
        return [Step(*row) for row in self._database.rows(sql, cursor)]

    def mined(self, hash_: bytes, block_number: int) -> None:
        """The transaction is in that block, whatever its success."""
        self._set(hash_, "mined", block_number)

    def lost(self, hash_: bytes) -> None:
        """Another transaction has taken its nonce."""
        self._set(hash_, "lost", None)

    def next_nonce(self) -> int:
        """One above the highest nonce that a transaction not lost has; 0 in an empty outbox."""
        ((highest,),) = self._database.rows(
            "SELECT coalesce(max(nonce), -1) FROM transactions WHERE state <> 'lost'"
        )
        return int(highest) + 1

    def _set(self, hash_: bytes, state: str, block_number: int | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE transactions SET state = ?, block_number = ? WHERE hash = ?",
                (state, block_number, hash_),
            )

    def _sent(
        self, key: int, nonce: int, hash_: bytes, raw: bytes, recorded_at: int
    ) -> SentTransaction:
        attempts = (Attempt(hash_, raw), *self._replacements(key))
        return SentTransaction(nonce, attempts, recorded_at, self._steps(key))

    def _replacements(self, transaction_id: int) -> tuple[Attempt, ...]:
        sql = "SELECT hash, raw FROM replacements WHERE transaction_id = ? ORDER BY rowid"
        return tuple(Attempt(*row) for row in self._database.rows(sql, transaction_id))

    def _steps(self, transaction_id: int) -> tuple[Step, ...]:
        sql = (
            "SELECT job_id, kind, round, units, item FROM steps WHERE transaction_id = ? "
            "ORDER BY position"
        )
        rows: Sequence[tuple[bytes, str, int, int, int]] = self._database.rows(sql, transaction_id)
        return tuple(Step(*row) for row in rows)
