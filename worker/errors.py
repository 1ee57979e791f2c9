"""Every exception that the worker raises on purpose, in one tree under `WorkerError`.

Those about key stores and secrets are of `assay.errors`. Each message says what was wrong, what was
expected and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from assay.errors import AssayError
from assay.errors import KeyStoreError as KeyStoreError
from assay.errors import PasswordError as PasswordError
from assay.errors import SecretError as SecretError


class WorkerError(AssayError):
    """Root of the tree: what the daemon refuses, and what it cannot go on from."""


class FaultsError(WorkerError):
    """Several things are wrong at once. `faults` names each of them in one sentence."""

    summary = "the worker cannot start"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join([f"{self.summary}:", *(f"  - {fault}" for fault in self.faults)])


class SettingsError(FaultsError):
    """The configuration does not say what the worker needs, or says it wrongly."""

    summary = "the configuration is refused"


class PreflightError(FaultsError):
    """The settings are well formed, but the world is not as they say."""


class NothingLeftError(PreflightError):
    """The worker is switched off and has no votes to see through: nothing else is wrong."""


class StoreError(WorkerError):
    """The worker's database cannot be used."""


class StoreBusyError(StoreError):
    """Another daemon works on this store."""

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message)
        self.holder = holder
        """The id of its process, or `unknown`."""


class OtherStoreError(StoreError):
    """The store is of another worker, chain or deployment."""

    def __init__(self, message: str, *, worker_differs: bool) -> None:
        super().__init__(message)
        self.worker_differs = worker_differs
        """If not, only the chain or the deployment does."""


class ReorganisedError(WorkerError):
    """The chain changed while it was being read; the next cycle reads it again."""


class NodeBehindError(WorkerError):
    """The node has not caught up with what it, or another one, has told before."""
