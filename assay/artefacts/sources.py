"""Where bytes come from: one small reader for each scheme."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import httpx

from assay.artefacts.errors import DownloadError, RefusedUriError
from assay.deadlines import within

Chunks = Generator[bytes, None, None]

_CHUNK_BYTES = 1 << 16


class Source(Protocol):
    """Reads what a URI of one scheme points to."""

    def chunks(self, uri: str) -> Chunks:
        """The content, piece by piece; raises RefusedUriError or DownloadError."""
        ...


class FileSource:
    """file: URIs, inside of the allowed folders only, wherever symbolic links lead."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(root.resolve() for root in roots)

    def chunks(self, uri: str) -> Chunks:
        """The file's bytes."""
        path = self._allowed(uri)
        try:
            # Never blocks on a pipe, never follows a link put there since.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise DownloadError(f"the file cannot be opened: {error.strerror}") from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise RefusedUriError("the path is no regular file")
            while chunk := _read(file):
                yield chunk

    def _allowed(self, uri: str) -> Path:
        parts = urlsplit(uri)
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            raise RefusedUriError("expected file:///absolute/path on this machine")
        try:
            path = Path(unquote(parts.path)).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise RefusedUriError(f"the path cannot be followed: {error}") from None
        if not any(path.is_relative_to(root) for root in self._roots):
            raise RefusedUriError(
                "the path leads outside of the folders that file: URIs may read: "
                "add its folder to file_roots if it should be read"
            )
        return path


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(_CHUNK_BYTES)
    except OSError as error:
        raise DownloadError(f"the file cannot be read: {error.strerror}") from None


class HttpSource:
    """http: and https: URIs. The client decides on redirects, addresses and time-outs."""

    def __init__(
        self,
        client: httpx.Client,
        download_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._seconds = download_seconds
        self._clock = clock

    def chunks(self, uri: str) -> Chunks:
        """The response's bytes as they come, never decompressed."""
        deadline = self._clock() + self._seconds
        try:
            with (
                within(self._seconds),
                self._client.stream("GET", uri, headers={"Accept-Encoding": "identity"}) as answer,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise DownloadError(f"the host answered {answer.status_code}: expected 200")
                for chunk in answer.iter_raw(_CHUNK_BYTES):
                    if self._clock() > deadline:
                        raise DownloadError(f"the download took longer than {self._seconds:g} s")
                    yield chunk
        except httpx.InvalidURL as error:
            raise RefusedUriError(f"not a URL: {error}") from None
        except (httpx.HTTPError, UnicodeError) as error:  # of a host that sends odd headers
            raise DownloadError(f"{type(error).__name__}: {error}") from None


class IpfsSource:
    """ipfs: URIs, by way of one's own gateway. The gateway is not trusted with the content."""

    def __init__(self, gateway: str | None, http: Source) -> None:
        self._gateway = gateway.rstrip("/") if gateway else None
        self._http = http

    def chunks(self, uri: str) -> Chunks:
        """The bytes of `ipfs://<cid>/<path>`."""
        if self._gateway is None:
            raise RefusedUriError("no gateway is configured: set ipfs_gateway to fetch ipfs: URIs")
        parts = urlsplit(uri)
        path = f"{parts.netloc}{parts.path}"
        if not parts.netloc or ".." in path.split("/"):
            raise RefusedUriError("expected ipfs://<cid>/<path>")
        return self._http.chunks(f"{self._gateway}/ipfs/{path}")
