"""From the schemas of earlier versions to that of this one, step by step.

`schema.sql` is what a new store begins with; a store that went through all steps has the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OLDEST = 3

STEPS: Mapping[int, Sequence[str]] = {
    3: (
        "CREATE TABLE replacements ("
        "hash BLOB NOT NULL UNIQUE, "
        "transaction_id INTEGER NOT NULL REFERENCES transactions ON DELETE CASCADE, "
        "raw BLOB NOT NULL) STRICT",
        "CREATE INDEX replacements_of ON replacements (transaction_id)",
    ),
    4: ("ALTER TABLE jobs ADD COLUMN asleep INTEGER NOT NULL DEFAULT 0",),
    5: (
        "ALTER TABLE jobs RENAME TO old_jobs",
        "ALTER TABLE logs RENAME TO old_logs",
        "DROP INDEX live_jobs",
        "DROP INDEX logs_of_job",
        "CREATE TABLE jobs ("
        "id INTEGER PRIMARY KEY, "
        "job_id BLOB NOT NULL UNIQUE, "
        "posted_block INTEGER NOT NULL, "
        "finished_block INTEGER, "
        "asleep INTEGER NOT NULL DEFAULT 0) STRICT",
        "CREATE INDEX live_jobs ON jobs (posted_block) WHERE finished_block IS NULL",
        "INSERT INTO jobs (job_id, posted_block, finished_block, asleep) "
        "SELECT job_id, posted_block, finished_block, asleep FROM old_jobs ORDER BY posted_block",
        "CREATE TABLE logs ("
        "block_number INTEGER NOT NULL, "
        "log_index INTEGER NOT NULL, "
        "position INTEGER NOT NULL, "
        "block_hash BLOB NOT NULL, "
        "timestamp INTEGER NOT NULL, "
        "job INTEGER NOT NULL, "
        "transaction_hash BLOB NOT NULL, "
        "address BLOB NOT NULL, "
        "topics BLOB NOT NULL, "
        "data BLOB NOT NULL, "
        "UNIQUE (block_number, log_index, position)) STRICT",
        "CREATE INDEX logs_of_job ON logs (job)",
        "INSERT INTO logs SELECT block_number, log_index, position, block_hash, timestamp, id, "
        "transaction_hash, address, topics, data FROM old_logs JOIN jobs USING (job_id)",
        "DROP TABLE old_logs",
        "DROP TABLE old_jobs",
    ),
}
"""By the schema they start from."""

SCHEMA_VERSION = max(STEPS) + 1


def statements_from(version: int) -> list[str]:
    """What brings a store of that schema, not older than OLDEST, up to this one."""
    return [statement for old in range(version, SCHEMA_VERSION) for statement in STEPS[old]]
