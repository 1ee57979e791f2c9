"""The part of the chain that the worker has read, as far as its jobs need it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assay.events import Event
from worker.store.database import Database

_WORD = 32


@dataclass(frozen=True, slots=True)
class Block:
    """A block the cursor stopped at."""

    number: int
    hash: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A log about a job. `timestamp` is that of its block."""

    block_number: int
    log_index: int
    position: int
    """Among the jobs that share the log; 0 if it is about one alone."""
    block_hash: bytes
    timestamp: int
    job_id: bytes
    transaction_hash: bytes
    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    event: Event | None = field(default=None, compare=False, repr=False)
    """What it says, if that is known already. Not stored."""

    def as_mapping(self) -> Mapping[str, Any]:
        """The form that `assay.events.decode` reads."""
        return {
            "blockNumber": self.block_number,
            "logIndex": self.log_index,
            "blockHash": self.block_hash,
            "blockTimestamp": self.timestamp,
            "transactionHash": self.transaction_hash,
            "address": self.address,
            "topics": self.topics,
            "data": self.data,
        }


class History:
    """Cursor, blocks, jobs and their logs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self) -> Block | None:
        """The last block read, or None in a new store."""
        found = self._database.rows(
            "SELECT number, blocks.hash, timestamp FROM cursor JOIN blocks USING (number)"
        )
        return Block(*found[0]) if found else None

    def blocks(self, limit: int) -> list[Block]:
        """The last blocks the cursor stopped at, the newest first."""
        sql = "SELECT number, hash, timestamp FROM blocks ORDER BY number DESC LIMIT ?"
        return [Block(*row) for row in self._database.rows(sql, limit)]

    def append(self, block: Block, logs: Sequence[StoredLog], posted: Collection[bytes]) -> None:
        """Move the cursor to `block`, with all logs up to it, of which some post a new job.

        Logs of jobs that the store does not know, or that are finished, are dropped: what undoes
        the end of a job has its later logs read again.
        """
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO jobs (job_id, posted_block) VALUES (?, ?)",
                ((log.job_id, log.block_number) for log in logs if log.job_id in posted),
            )
            connection.executemany(
                "INSERT INTO logs SELECT ?1, ?2, ?3, ?4, ?5, id, ?7, ?8, ?9, ?10 "
                "FROM jobs WHERE job_id = ?6 AND finished_block IS NULL",
                map(_row, logs),
            )
            self._move(block)

    def roll_back(self, to: Block | None) -> set[bytes]:
        """Forget everything after `to`, or everything; returns the jobs that this touched."""
        number = -1 if to is None else to.number
        with self._database.transaction() as connection:
            touched = connection.execute(
                "SELECT job_id FROM logs JOIN jobs ON id = job WHERE block_number > ? "
                "UNION SELECT job_id FROM jobs WHERE finished_block > ?",
                (number, number),
            ).fetchall()
            connection.execute("DELETE FROM logs WHERE block_number > ?", (number,))
            connection.execute("DELETE FROM blocks WHERE number > ?", (number,))
            connection.execute("DELETE FROM jobs WHERE posted_block > ?", (number,))
            connection.execute(
                "UPDATE jobs SET finished_block = NULL WHERE finished_block > ?", (number,)
            )
            connection.execute(
                "UPDATE transactions SET state = 'pending', block_number = NULL "
                "WHERE state = 'mined' AND block_number > ?",
                (number,),
            )
            if to is None:
                connection.execute("DELETE FROM cursor")
            else:
                self._move(to)
        return {job_id for (job_id,) in touched}

    def live_jobs(self) -> list[bytes]:
        """Jobs about which something may be left to do, the oldest first; not those asleep."""
        sql = (
            "SELECT job_id FROM jobs WHERE finished_block IS NULL AND NOT asleep "
            "ORDER BY posted_block, id"
        )
        return [job_id for (job_id,) in self._database.rows(sql)]

    def asleep_jobs(self) -> list[bytes]:
        """Jobs about which nothing is left to do until something happens to them."""
        sql = "SELECT job_id FROM jobs WHERE finished_block IS NULL AND asleep"
        return [job_id for (job_id,) in self._database.rows(sql)]

    def set_asleep(self, jobs: Iterable[bytes], *, asleep: bool) -> None:
        """Put jobs to sleep, or wake them."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET asleep = ? WHERE job_id = ?", ((asleep, job) for job in jobs)
            )

    def logs_of(self, job_id: bytes) -> list[StoredLog]:
        """All logs about a job, in the order of the chain."""
        sql = (
            "SELECT block_number, log_index, position, block_hash, timestamp, job_id, "
            "transaction_hash, address, topics, data "
            "FROM logs JOIN jobs ON id = job WHERE job_id = ? "
            "ORDER BY block_number, log_index, position"
        )
        return [_log(row) for row in self._database.rows(sql, job_id)]

    def finish(self, jobs: Sequence[bytes], block_number: int) -> None:
        """Nothing is left to do about these jobs, as of that block."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET finished_block = ? WHERE job_id = ?",
                ((block_number, job_id) for job_id in jobs),
            )

    def prune(self, before: int) -> None:
        """Forget what lies so far back that no reorganisation is expected to reach it."""
        with self._database.transaction() as connection:
            done = "FROM jobs WHERE finished_block < ?"
            connection.execute(f"DELETE FROM logs WHERE job IN (SELECT id {done})", (before,))  # noqa: S608
            connection.execute(
                f"DELETE FROM outcomes WHERE job_id IN (SELECT job_id {done})",  # noqa: S608
                (before,),
            )
            connection.execute("DELETE FROM jobs WHERE finished_block < ?", (before,))
            connection.execute(
                "DELETE FROM blocks WHERE number < ? AND number < (SELECT number FROM cursor)",
                (before,),
            )
            connection.execute(
                "DELETE FROM transactions WHERE state = 'lost' AND recorded_at < "
                "(SELECT min(timestamp) FROM blocks) OR state = 'mined' AND block_number < ?",
                (before,),
            )

    def _move(self, block: Block) -> None:
        connection = self._database.connection
        connection.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)",
            (block.number, block.hash, block.timestamp),
        )
        connection.execute(
            "INSERT OR REPLACE INTO cursor VALUES (0, ?, ?)", (block.number, block.hash)
        )


def _row(log: StoredLog) -> Sequence[Any]:
    return (
        log.block_number,
        log.log_index,
        log.position,
        log.block_hash,
        log.timestamp,
        log.job_id,
        log.transaction_hash,
        log.address,
        b"".join(log.topics),
        log.data,
    )


def _log(row: Sequence[Any]) -> StoredLog:
    number, index, position, block_hash, timestamp, job_id, *rest = row
    transaction_hash, address, topics, data = rest
    return StoredLog(
        block_number=number,
        log_index=index,
        position=position,
        block_hash=block_hash,
        timestamp=timestamp,
        job_id=job_id,
        transaction_hash=transaction_hash,
        address=address,
        topics=tuple(topics[i : i + _WORD] for i in range(0, len(topics), _WORD)),
        data=data,
    )
