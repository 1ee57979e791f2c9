"""Fetches the files of a version, wherever it says they are, and keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

from assay.artefacts.addresses import PublicAddressTransport, origin
from assay.artefacts.cache import ContentCache, Pinned
from assay.artefacts.crowding import FewAtOnce
from assay.artefacts.errors import (
    ArtefactDigestMismatchError,
    ArtefactError,
    ArtefactEvictedError,
    ArtefactTooLargeError,
    ArtefactUnavailableError,
    DownloadError,
    RefusedUriError,
    WrongSizeError,
)
from assay.artefacts.model import ModelArtefact
from assay.artefacts.resolving import BoundedResolver, Resolver
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.sources import Chunks, FileSource, HttpSource, IpfsSource, Source
from assay.artefacts.uris import shown
from assay.deadlines import TimedTransport, left, within
from assay.errors import AssayError
from assay.manifest import MAX_MANIFEST_BYTES, Manifest, ManifestError, manifest_uri
from assay.remote_inputs import RemoteInput

_T = TypeVar("_T")


class Log(Protocol):
    """The part of a structlog logger that fetching needs."""

    def info(self, event: str, **fields: Any) -> Any:
        """Something went as it should."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Something went wrong, and the next URI is tried."""


class _Silence:
    def info(self, event: str, **fields: Any) -> None:
        pass

    def warning(self, event: str, **fields: Any) -> None:
        pass


class ArtefactStore:
    """Verified files of versions, from the cache or from the first URI that serves them.

    A version carries URIs of its artefact; the manifest is fetched from the same places, under
    the artefact's path with `.manifest.json` added (`assay.manifest.manifest_uri`).
    """

    def __init__(
        self,
        settings: ArtefactSettings,
        sources: Mapping[str, Source],
        log: Log | None = None,
        pinned: Pinned = frozenset,
    ) -> None:
        """`pinned` says what must not make room in the cache, by its digests."""
        self._settings = settings
        self._sources = sources
        self._cache = ContentCache(settings.cache_dir, settings.cache_bytes, pinned)
        self._log = log or _Silence()

    def has(self, artefact: bytes, manifest: bytes) -> bool:
        """Whether both files are in the cache, by their digests."""
        return bool(self._cache.get(artefact) and self._cache.get(manifest))

    def fetch(self, artefact: bytes, manifest: bytes, uris: Sequence[str]) -> ModelArtefact:
        """The files whose digests (32 bytes each) a version carries.

        Raises ArtefactUnavailableError with one failure for each URI tried.
        """
        with within(self._settings.fetch_seconds):
            model_card = self.manifest(manifest, uris)
            return ModelArtefact(artefact, self._artefact(artefact, uris), model_card)

    def manifest(self, digest: bytes, uris: Sequence[str]) -> Manifest:
        """The manifest with this digest, beside one of these artefacts.

        Raises ArtefactUnavailableError with one failure for each URI tried.
        """

        def download(uri: str) -> Manifest:
            with closing(self._chunks(uri)) as chunks:
                manifest = Manifest.parse(_joined(chunks))
            if manifest.digest != digest:
                raise ArtefactDigestMismatchError(digest, manifest.digest, shown(uri))
            try:
                self._cache.put(digest, [manifest.canonical()], MAX_MANIFEST_BYTES, shown(uri))
            except OSError as error:  # it is there all the same
                self._log.warning("manifest not kept", error=str(error))
            return manifest

        kept = self._cache.get(digest)
        with suppress(FileNotFoundError):  # another process may have made room
            if kept is not None:
                return Manifest.parse(kept.read_bytes())
        with within(self._settings.fetch_seconds):
            return self._first("manifest", digest, [_beside(uri) for uri in uris], download)

    def payload(self, remote: RemoteInput) -> bytes:
        """The bytes that a reference names, from the cache or from the first URI that serves them.

        Raises ArtefactUnavailableError with one failure for each URI tried, and
        ArtefactTooLargeError when they are more than is accepted here.
        """
        found = self.kept(remote)
        if found is None:
            self.bring(remote)
            found = self.kept(remote)
        if found is None:
            raise ArtefactEvictedError(
                f"input {remote.sha256.hex()} left the cache at once: give it more room"
            )
        return found

    def bring(self, remote: RemoteInput) -> None:
        """Have what a reference names in the cache; raises what `payload` does."""
        limit = self._settings.max_artefact_bytes
        if remote.size > limit:
            raise ArtefactTooLargeError(
                f"an input of {remote.size} bytes: at most {limit} are fetched here"
            )

        def download(uri: str) -> Path:
            with closing(self._chunks(uri)) as chunks:
                whole = _of_size(chunks, remote.size)
                return self._cache.put(remote.sha256, whole, remote.size, shown(uri))

        try:
            with within(self._settings.fetch_seconds):
                self._first("input", remote.sha256, remote.uris, download)
        except OSError as error:
            raise ArtefactError(f"the input cannot be kept on disk: {error}; make room") from None

    def kept(self, remote: RemoteInput) -> bytes | None:
        """The same from the cache alone, verified now; None where it is not there."""
        path = self._cache.get(remote.sha256)
        with suppress(OSError):  # another process may have made room
            if path is not None and path.stat().st_size == remote.size:
                content = path.read_bytes()
                if hashlib.sha256(content).digest() == remote.sha256:
                    return content
        return None

    def _artefact(self, digest: bytes, uris: Sequence[str]) -> Path:
        def download(uri: str) -> Path:
            with closing(self._chunks(uri)) as chunks:
                limit = self._settings.max_artefact_bytes
                return self._cache.put(digest, chunks, limit, shown(uri))

        return self._cache.get(digest) or self._first("artefact", digest, uris, download)

    def _first(
        self, what: str, digest: bytes, uris: Sequence[str], download: Callable[[str], _T]
    ) -> _T:
        failures: list[tuple[str, AssayError]] = []
        for uri in uris[: self._settings.max_uris]:
            if left() == 0:
                failures.append((shown(uri), DownloadError("not tried: the time was over")))
                break
            try:
                found = download(uri)
            except (ArtefactError, ManifestError) as error:
                self._log.warning(f"{what} not fetched", uri=shown(uri), error=str(error))
                failures.append((shown(uri), error))
            else:
                self._log.info(f"{what} fetched", uri=shown(uri), sha256=digest.hex())
                return found
        raise ArtefactUnavailableError(f"{what} {digest.hex()}", failures)

    def _chunks(self, uri: str) -> Chunks:
        try:
            scheme = urlsplit(uri).scheme
        except ValueError as error:
            raise RefusedUriError(f"not a URI: {error}") from None
        source = self._sources.get(scheme)
        if source is None:
            known = ", ".join(sorted(self._sources))
            raise RefusedUriError(f"scheme {scheme[:32]!r} is not known: expected one of {known}")
        return source.chunks(uri)


def standard_sources(settings: ArtefactSettings, client: httpx.Client) -> dict[str, Source]:
    """Readers for file:, http:, https: and ipfs: URIs."""
    http = HttpSource(client, settings.download_seconds)
    return {
        "file": FileSource(settings.file_roots),
        "http": http,
        "https": http,
        "ipfs": IpfsSource(settings.ipfs_gateway, http),
    }


def guarded_client(
    settings: ArtefactSettings,
    inner: httpx.BaseTransport | None = None,
    resolver: Resolver | None = None,
) -> httpx.Client:
    """A client that follows a few redirects and reaches public addresses only. Close it."""
    gateway = [origin(httpx.URL(settings.ipfs_gateway))] if settings.ipfs_gateway else []
    transport: httpx.BaseTransport = PublicAddressTransport(
        # A connection is for one host: kept ones are found by address, which hosts may share.
        inner or TimedTransport(keep_connections=False),
        private_hosts=settings.private_hosts,
        private_origins=gateway,
        resolver=resolver or BoundedResolver(),
    )
    if settings.host_requests is not None:
        own = [*settings.private_hosts, *(host for _, host, _ in gateway)]
        transport = FewAtOnce(transport, settings.host_requests, own)
    return httpx.Client(
        transport=transport,
        timeout=settings.timeout_seconds,
        follow_redirects=True,
        max_redirects=settings.max_redirects,
        trust_env=False,  # no proxy and no .netrc: neither is meant for a stranger's URI
    )


def _beside(uri: str) -> str:
    """The manifest's URI; a malformed one stays as it is, to be refused when its turn comes."""
    try:
        return manifest_uri(uri)
    except ValueError:
        return uri


def _of_size(chunks: Chunks, size: int) -> Chunks:
    """The same chunks. Raises WrongSizeError once they are known to be fewer or more bytes."""
    received = 0
    for chunk in chunks:
        received += len(chunk)
        if received > size:
            raise WrongSizeError(size, received)
        yield chunk
    if received != size:
        raise WrongSizeError(size, received)


def _joined(chunks: Chunks) -> bytes:
    """The content, or more than MAX_MANIFEST_BYTES of it, which the parser refuses."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MAX_MANIFEST_BYTES:
            break
    return bytes(content)
