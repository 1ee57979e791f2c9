"""Files by the sha256 of their content, on disk, up to a size."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from assay.artefacts.errors import ArtefactDigestMismatchError, ArtefactTooLargeError

_PART_PREFIX = ".part-"
_PART_SECONDS = 24 * 3600


Pinned = Callable[[], Collection[bytes]]
"""Digests of what is still to be used."""


class ContentCache:
    """A folder of verified files. Thread-safe; several processes may share the folder.

    A file appears under its digest only once it is whole and its digest is right. Each process
    hashes a file again before its first use, since the disk may have changed in between.
    """

    def __init__(self, folder: Path, max_bytes: int, pinned: Pinned = frozenset) -> None:
        """`pinned` says which digests make no room: fewer bytes of them than `max_bytes`."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._pinned = pinned
        self._verified: set[bytes] = set()
        self._lock = threading.Lock()

    def get(self, digest: bytes) -> Path | None:
        """The file with this sha256, or None. A file that went bad is removed."""
        path = self._path(digest)
        with self._lock:
            try:
                if digest not in self._verified:
                    if _sha256(path) != digest:
                        path.unlink()
                        return None
                    self._verified.add(digest)
                _touch(path)
            except OSError:  # it is not there, or cannot be read
                self._verified.discard(digest)
                return None
        return path

    def put(self, digest: bytes, chunks: Iterable[bytes], max_bytes: int, source: str) -> Path:
        """Store what `chunks` yield, if its sha256 is `digest`; `source` names it in errors.

        Raises ArtefactTooLargeError as soon as more than `max_bytes` came,
        ArtefactDigestMismatchError, and whatever `chunks` raises.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=_PART_PREFIX, dir=self._folder)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                received = _copy(chunks, file.write, max_bytes)
                file.flush()
                os.fsync(descriptor)
            if received != digest:
                raise ArtefactDigestMismatchError(digest, received, source)
            path = self._path(digest)
            _touch(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            self._verified.add(digest)
            self._make_room(path)
        return path

    def _path(self, digest: bytes) -> Path:
        return self._folder / digest.hex()

    def _make_room(self, keep: Path) -> None:
        """Remove what was unused for longest until the rest fits, and downloads left behind."""
        kept = []
        for entry in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process makes room as well
                status = entry.stat()
                if not entry.name.startswith(_PART_PREFIX):
                    kept.append((status.st_mtime, status.st_size, entry))
                elif time.time() - status.st_mtime > _PART_SECONDS:
                    entry.unlink()
        total = sum(size for _, size, _ in kept)
        pinned = {digest.hex() for digest in self._pinned()}
        for _, size, entry in sorted(kept):
            if total <= self._max_bytes:
                return
            if entry != keep and entry.name not in pinned:
                entry.unlink(missing_ok=True)
                total -= size


def _touch(path: Path) -> None:
    """Its last use decides what makes room. The clock that files get by themselves is coarse."""
    now = time.time_ns()
    os.utime(path, ns=(now, now))


def _copy(chunks: Iterable[bytes], write: Callable[[bytes], int], max_bytes: int) -> bytes:
    """Write the chunks and return their sha256."""
    digest, total = hashlib.sha256(), 0
    for chunk in chunks:
        total += len(chunk)
        if total > max_bytes:
            raise ArtefactTooLargeError(
                f"more than {max_bytes} bytes: publish a smaller file, or raise the limit"
            )
        digest.update(chunk)
        write(chunk)
    return digest.digest()


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
