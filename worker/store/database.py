"""One SQLite file, opened by one daemon at a time."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from worker.errors import OtherStoreError, StoreBusyError, StoreError
from worker.store.migrations import OLDEST, SCHEMA_VERSION, statements_from

_DATABASE = "worker.sqlite"
_LOCK = "worker.lock"
_IDENTITY = "SELECT name, value FROM identity"
_WORKER = "worker"
_OTHERS = {"chain": "another chain", "genesis": "an earlier chain"}
"""What a store is of that differs in this; the rest is of another deployment."""
_PAGES_BETWEEN_CHECKPOINTS = 8_000
"""32 MiB: a page that every block changes is copied once for many blocks."""


class DirectoryLock:
    """Holds a data folder for this process; it is let go when the process ends, however it does."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreBusyError when another process holds it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / _LOCK).open("a+")
        except OSError as error:
            raise StoreError(f"{folder}: cannot be used as data folder: {error.strerror}") from None
        self._file.seek(0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = self._file.read(20).strip() or "unknown"
            self._file.close()
            raise StoreBusyError(
                f"{folder}: another daemon (process {holder}) works on this store; "
                "stop it, or give this one a data_dir of its own",
                holder,
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process have the folder; safe to repeat."""
        self._file.close()


class Database:
    """The connection. For the thread that opened it.

    A transaction that has returned survives the end of the process, however it ends. A durable one,
    and all before it, survive a crash of the machine too.
    """

    def __init__(self, folder: Path, identity: Mapping[str, str]) -> None:
        """Open or create the store of `identity`. Raises StoreError when it is another's."""
        self._lock = DirectoryLock(folder)
        path = folder / _DATABASE
        try:
            self.connection = sqlite3.connect(path, isolation_level=None)
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_BETWEEN_CHECKPOINTS}")
            self.connection.execute("PRAGMA foreign_keys = ON")
            self._prepare(path, identity)
        except sqlite3.DatabaseError as error:
            self._lock.release()
            raise StoreError(
                f"{path}: cannot be used as a store ({error}); restore it from a backup, or move "
                "it away if no commitment is open"
            ) from None
        except StoreError:
            self.connection.close()
            self._lock.release()
            raise

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """All that happens inside is kept, or none of it."""
        if durable:
            self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        else:
            self.connection.execute("COMMIT")
        finally:
            if durable:
                self.connection.execute("PRAGMA synchronous = NORMAL")

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the file and let another daemon have it."""
        self.connection.close()
        self._lock.release()

    def _prepare(self, path: Path, identity: Mapping[str, str]) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._create(identity)
        elif not OLDEST <= version <= SCHEMA_VERSION:
            raise StoreError(
                f"{path}: has schema {version}, this worker reads {OLDEST} to {SCHEMA_VERSION}; "
                "run the version of the worker that wrote it"
            )
        _require(path, dict(self.rows(_IDENTITY)), identity)
        if version:
            self._migrate(version)

    def _migrate(self, version: int) -> None:
        with self.transaction(durable=True) as connection:
            for statement in statements_from(version):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _create(self, identity: Mapping[str, str]) -> None:
        schema = resources.files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
        with self.transaction() as connection:
            for statement in schema.split(";\n"):
                connection.execute(statement)
            connection.executemany("INSERT INTO identity VALUES (?, ?)", identity.items())
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def look_beside(folder: Path, identity: Mapping[str, str]) -> None:
    """Whether the store that another process works on is that of `identity`.

    Raises OtherStoreError when it is not, StoreError when it cannot be read.
    """
    path = folder / _DATABASE
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            _require(path, dict(found.execute(_IDENTITY).fetchall()), identity)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: cannot be read while another daemon uses it: {error}") from None


def _require(path: Path, found: Mapping[str, str], identity: Mapping[str, str]) -> None:
    """Raises OtherStoreError when a store with the identity `found` is another's."""
    differing = [name for name, value in identity.items() if found.get(name) != value]
    if not differing:
        return
    if _WORKER in differing:
        names = [f"its {name} is {found.get(name)}, not {identity[name]}" for name in differing]
        raise OtherStoreError(
            f"{path}: belongs to another worker: {'; '.join(names)}; give this one a data_dir of "
            "its own",
            worker_differs=True,
        )
    name = differing[0]
    raise OtherStoreError(
        f"{path}: the store is of {_OTHERS.get(name, 'another deployment')} ({name} "
        f"{found.get(name)}, not {identity[name]}): name a new data_dir",
        worker_differs=False,
    )
