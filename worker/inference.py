"""Answering a job: fetch the version's model, run it in the sandbox, vouch for the result."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import structlog

from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.terms import Numerics
from assay.tolerance import Tolerance
from assay.versions import Version
from worker.executor.executor import Executor
from worker.executor.outcomes import Outcome
from worker.executor.sandbox import Limits
from worker.executor.settings import ExecutorSettings
from worker.settings import Settings

_MIB = 1 << 20


class ModelInference:
    """The product's `worker.compute.Inference`."""

    def __init__(self, settings: Settings) -> None:
        self._executor = Executor(executor_settings(settings))
        artefacts = artefact_settings(settings)
        self._client: httpx.Client = guarded_client(artefacts)
        sources = standard_sources(artefacts, self._client)
        self._store = ArtefactStore(artefacts, sources, structlog.get_logger(__name__))

    def batches(self, version: Version) -> bool:
        """Whether several inputs are answered in one run; not known before the first answer."""
        return self._executor.batches(version.artefact, version.manifest)

    def has(self, version: Version) -> bool:
        """Whether artefact and manifest are in the cache."""
        return self._store.has(version.artefact, version.manifest)

    def fetch(self, version: Version) -> None:
        """Bring both there. Raises ArtefactUnavailableError when no URI serves them."""
        self._store.fetch(version.artefact, version.manifest, version.uris)

    def infer(self, version: Version, payloads: Sequence[bytes]) -> list[Outcome]:
        """For each input the answer this worker can put a bond on, or why there is none.

        Raises ArtefactUnavailableError when no URI serves the model, ChildStartError when this
        machine cannot start the sandbox, BatchFailedError when the inputs have to be asked for one
        by one.
        """
        model = self._store.fetch(version.artefact, version.manifest, version.uris)
        tolerance = None
        if version.numerics is Numerics.TOLERANCE:
            tolerance = Tolerance(version.atol, version.rtol)
        return self._executor.vouch_many(model, payloads, tolerance)

    def close(self) -> None:
        """End the sandboxed processes; those at work end when their run does."""
        self._executor.close()
        self._client.close()


def executor_settings(settings: Settings) -> ExecutorSettings:
    """What the operator set about the sandbox."""
    table = settings.executor
    return ExecutorSettings(
        limits=Limits(memory_bytes=table.memory_mb * _MIB),
        load_seconds=table.load_seconds,
        run_seconds=table.run_seconds,
        run_cpu_seconds=table.run_cpu_seconds,
        max_model_bytes=table.max_model_mb * _MIB,
        max_result_bytes=table.max_result_bytes,
        max_children=table.processes,
        required_protections=table.require_protections,
    )


def artefact_settings(settings: Settings) -> ArtefactSettings:
    """What the operator set about fetching."""
    table = settings.artefacts
    return ArtefactSettings(
        cache_dir=settings.data_dir / "models",
        max_artefact_bytes=settings.executor.max_model_mb * _MIB,
        file_roots=table.file_roots,
        private_hosts=table.private_hosts,
        ipfs_gateway=table.ipfs_gateway,
    )
