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
}
"""By the schema they start from."""

SCHEMA_VERSION = max(STEPS) + 1


def statements_from(version: int) -> list[str]:
    """What brings a store of that schema, not older than OLDEST, up to this one."""
    return [statement for old in range(version, SCHEMA_VERSION) for statement in STEPS[old]]
