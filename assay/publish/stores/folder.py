"""A folder of this machine, or one that a web server serves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assay.publish.errors import NotServedError, StoreRefusedError
from assay.publish.stores import web
from assay.publish.stores.base import Bundle, Chunks, public_base

_CHUNK_BYTES = 1 << 20


class FolderStore:
    """Files in a folder, which is made if it is not there.

    `public` is the URL that the folder is served at. Without it the URI is one of `file:`, which
    only workers on this machine can read whose operators allow the folder.
    """

    def __init__(self, folder: Path, public: str | None = None) -> None:
        self._folder = folder.expanduser().absolute()
        self._public = None if public is None else public_base(public)

    def __repr__(self) -> str:
        return f"FolderStore({str(self._folder)!r}, public={self._public!r})"

    def foreseen(self, files: Bundle) -> str:
        """The URI."""
        if self._public is not None:
            return f"{self._public}/{files.own_name}"
        return (self._folder / files.own_name).as_uri()

    def put(self, files: Bundle) -> str:
        """Writes the files; each appears when it is whole. Raises StoreRefusedError."""
        with _refusals(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, content in files.placed(files.own_name):
                _write(self._folder / name, content)
        return self.foreseen(files)

    def read(self, uri: str) -> Chunks:
        """The file, or what is served in its place. Raises StoreError."""
        if self._public is not None:
            yield from web.get(uri)
            return
        path = Path(unquote(urlsplit(uri).path))
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise NotServedError(f"{path} cannot be read back: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreRefusedError(
            f"{folder} does not take the files ({error.strerror}): name a folder that can be "
            "written to and has room"
        ) from None
