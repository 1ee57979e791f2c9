"""Inputs by reference: fetched to disk, and read when their model runs."""

from __future__ import annotations

from typing import Protocol

import httpx
import structlog
from eth_typing import ChecksumAddress

from assay.artefacts.errors import ArtefactEvictedError, ArtefactUnavailableError, DownloadError
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.errors import AssayError
from assay.remote_inputs import RemoteInput
from worker.pins import Pins
from worker.settings import Settings

_MIB = 1 << 20
_STEP_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 5.0
_PAUSE_SECONDS = 60.0
_HOST_REQUESTS = 4
"""Of sixteen threads that fetch inputs."""


class Inputs(Protocol):
    """What has the payloads that references name. `InputStore` is the product's."""

    max_bytes: int
    """Of a payload that is taken."""

    def fetch(self, remote: RemoteInput) -> None:
        """Get a payload. Raises AssayError when no URI serves it."""

    def read(self, remote: RemoteInput) -> bytes | None:
        """A payload that was fetched; None where it is not there, or not any more."""

    def keep(self, job_id: bytes, remote: RemoteInput, requester: ChecksumAddress | None) -> None:
        """Keep a job's payload once it is there, as far as there is room."""

    def release(self, job_id: bytes) -> None:
        """The job needs its payload no more."""

    def close(self) -> None:
        """Let go of connections."""


class InputStore:
    """A folder of payloads by their sha256. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        places = input_settings(settings)
        self.max_bytes = places.max_artefact_bytes
        self._client: httpx.Client = guarded_client(places)
        sources = standard_sources(places, self._client)
        self._pins = Pins(places.cache_bytes)
        log = structlog.get_logger(__name__)
        self._store = ArtefactStore(places, sources, log, self._pins.digests)

    def fetch(self, remote: RemoteInput) -> None:
        """Bring a payload there. Raises ArtefactError when it cannot be had or kept."""
        if self._store.kept(remote) is None:
            self._store.bring(remote)

    def read(self, remote: RemoteInput) -> bytes | None:
        """A payload, verified now: what is hashed is what runs."""
        return self._store.kept(remote)

    def keep(self, job_id: bytes, remote: RemoteInput, requester: ChecksumAddress | None) -> None:
        """No other payload takes its room before the job releases it. All that is kept so fits into
        the cache; of more, the requester with most bytes gives up his latest.
        """
        self._pins.hold(job_id, remote, requester)

    def release(self, job_id: bytes) -> None:
        """It stays while there is room, as before."""
        self._pins.release(job_id)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def input_settings(settings: Settings) -> ArtefactSettings:
    """What the operator set about fetching inputs."""
    table = settings.artefacts
    return ArtefactSettings(
        cache_dir=settings.data_dir / "inputs",
        cache_bytes=table.input_cache_mb * _MIB,
        max_artefact_bytes=table.max_input_mb * _MIB,
        file_roots=table.file_roots,
        private_hosts=table.private_hosts,
        ipfs_gateway=table.ipfs_gateway,
        timeout_seconds=_STEP_SECONDS,
        download_seconds=table.input_seconds,
        fetch_seconds=2 * table.input_seconds,
        host_requests=_HOST_REQUESTS,
    )


def pauses(error: AssayError | None) -> tuple[float, float]:
    """For how many seconds an input is left alone after a failure: at first, and at most.

    Hosts that could not be reached may be soon. Those that serve something else cost the whole
    transfer each time, and so does what leaves the cache before it is used. It is never long: a
    later round may need the input when it can be had again.
    """
    if isinstance(error, ArtefactUnavailableError):
        passing = any(isinstance(one, DownloadError) for _, one in error.failures)
        return (_FIRST_PAUSE_SECONDS if passing else _PAUSE_SECONDS), _PAUSE_SECONDS
    if isinstance(error, ArtefactEvictedError):
        return _PAUSE_SECONDS, _PAUSE_SECONDS
    return _FIRST_PAUSE_SECONDS, _PAUSE_SECONDS
