"""What the worker must not forget: one SQLite file for one daemon.

What the chain says is kept as its logs, so that a reorganisation is undone by dropping those of
the blocks that are gone. Besides these there are the worker's own results and transactions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from worker.store.database import Database, look_beside
from worker.store.history import Block, History, StoredLog
from worker.store.outbox import Attempt, Outbox, SentTransaction, Step
from worker.store.outcomes import Abstained, Computed, Outcome, Outcomes

__all__ = [
    "Abstained",
    "Attempt",
    "Block",
    "Computed",
    "History",
    "Outbox",
    "Outcome",
    "Outcomes",
    "SentTransaction",
    "Step",
    "Store",
    "StoredLog",
    "look_beside",
]


class Store:
    """The three parts of a store, in one database."""

    def __init__(self, folder: Path, identity: Mapping[str, str]) -> None:
        """Open the store in that folder, or create it.

        Raises StoreBusyError when another daemon has it, OtherStoreError when it is of another
        worker or deployment, StoreError when it cannot be used.
        """
        self._database = Database(folder, identity)
        self.history = History(self._database)
        self.outcomes = Outcomes(self._database)
        self.outbox = Outbox(self._database)

    def prune(self, before: int) -> None:
        """Forget what lies so far back that no reorganisation is expected to reach it."""
        self.history.prune(before)
        self.outcomes.forget()

    def close(self) -> None:
        """Close the file and let another daemon have it."""
        self._database.close()
