"""Finding models by what people call them, and reading their cards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from web3 import Web3

from assay import ids, rpc
from assay.addresses import AddressError, address
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.deployments import Deployment
from assay.development import CHAINS_FOR_DEVELOPMENT
from assay.errors import AssayError
from assay.manifest import Manifest
from assay.versions import Model, PublishedVersion, Version

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_FETCH_SECONDS = 30.0
_LISTED = 1_000
"""Models looked through for one of a name, to say what it could be called."""
_SHOWN = 20
"""Models named in an error."""


class CatalogueError(AssayError):
    """A model could not be found as it was named."""


class UnknownModelError(CatalogueError):
    """No model has that name or id."""


class AmbiguousModelError(CatalogueError):
    """A name alone: anybody can publish under it."""


class NothingInServiceError(CatalogueError):
    """The model has no version that takes new jobs."""


class OtherManifestError(CatalogueError):
    """A manifest that was given is not the one that the version commits to."""


class Registry(Protocol):
    """The part of `assay.publishing.RegistryReader` that finding needs."""

    def find_model(self, model_id: bytes) -> Model | None:
        """The model of that id."""

    def find_version(self, version_id: bytes) -> PublishedVersion | None:
        """The version of that id."""

    def models(self) -> Iterable[Model]:
        """All models, oldest first."""

    def versions(self, model_id: bytes) -> Iterable[bytes]:
        """Ids of a model's versions, oldest first."""

    def version(self, version_id: bytes) -> PublishedVersion:
        """A version that is there."""


@dataclass(frozen=True)
class Catalogue:
    """The models of one registry."""

    registry: Registry

    def find(self, name: bytes | str) -> PublishedVersion:
        """The version of that id, or the newest in service of a model.

        A model is called by its id, or by `creator/name`.

        Raises UnknownModelError, AmbiguousModelError or NothingInServiceError.
        """
        raw = _raw(name)
        if raw is not None:
            version = self.registry.find_version(raw)
            if version is not None:
                return version
        return self.newest(self.model(name))

    def model(self, name: bytes | str) -> Model:
        """The model of that id or name. Raises UnknownModelError or AmbiguousModelError."""
        raw = _raw(name)
        if raw is not None:
            return self._known(self.registry.find_model(raw), name)
        assert isinstance(name, str)  # noqa: S101 - of bytes `_raw` makes an id, or raises
        creator, slash, rest = name.partition("/")
        if slash and _is_address(creator):
            found = self.registry.find_model(ids.model_id(address(creator), rest))
            return self._known(found, name)
        raise self._whose(name)

    def newest(self, model: Model) -> PublishedVersion:
        """The model's newest version in service. Raises NothingInServiceError."""
        for version_id in reversed(list(self.registry.versions(model.model_id))):
            version = self.registry.version(version_id)
            if not version.deprecated:
                return version
        raise NothingInServiceError(
            f"the model {model.name!r} (0x{model.model_id.hex()}) has no version in service: its "
            "owner has withdrawn them all, or published none yet"
        )

    def _known(self, model: Model | None, name: bytes | str) -> Model:
        if model is not None:
            return model
        shown = "0x" + name.hex() if isinstance(name, bytes) else repr(name)
        raise UnknownModelError(f"no model or version {shown} is published here")

    def _whose(self, name: str) -> CatalogueError:
        """What to call a model instead of by its name; of the oldest ones, as far as they go."""
        models = list(islice(self.registry.models(), _LISTED))
        calls = [f"{model.owner}/{model.name}" for model in models if model.name == name][:_SHOWN]
        if calls:
            return AmbiguousModelError(
                f"{name!r} does not say whose: anybody can publish under that name. Ask for "
                f"{' or '.join(calls)}, once you know whose it should be"
            )
        names = ", ".join(f"{model.owner}/{model.name}" for model in models[:_SHOWN]) or "none"
        return UnknownModelError(f"{name!r} is no id and no creator/name; models: {names}")


class Cards:
    """Manifests of versions, from the places that the versions name; kept by their digests."""

    def __init__(self, places: Callable[[], ArtefactSettings]) -> None:
        """`places` is asked when the first one is read."""
        self._places = places

    def of(self, version: Version) -> Manifest:
        """The version's manifest. Raises ArtefactUnavailableError when no place serves it."""
        settings = self._places()
        with closing(guarded_client(settings)) as client:
            store = ArtefactStore(settings, standard_sources(settings, client))
            return store.manifest(version.manifest, version.uris)


def require_own(manifest: Manifest, version: Version) -> None:
    """Raises OtherManifestError when a manifest is not the one that the version commits to.

    Its outputs may have other names, or the same in another order.
    """
    if manifest.digest != version.manifest:
        raise OtherManifestError(
            f"the manifest given has the digest {manifest.digest.hex()}, and the version commits "
            f"to {version.manifest.hex()}: leave it out, or ask for the version it belongs to"
        )


def usual_places(w3: Web3, deployment: Deployment) -> ArtefactSettings:
    """Public hosts; on a chain for development on this machine also its files and hosts.

    What comes from there counts by its digest alone, as everywhere.
    """
    settings = ArtefactSettings(
        cache_dir=usual_cache(), fetch_seconds=_FETCH_SECONDS, download_seconds=_FETCH_SECONDS
    )
    if deployment.chain_id in CHAINS_FOR_DEVELOPMENT and rpc.hostname(w3) in _THIS_MACHINE:
        return replace(settings, file_roots=(Path("/"),), private_hosts=_THIS_MACHINE)
    return settings


def usual_cache() -> Path:
    """Where manifests are kept for the user."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay"
    except RuntimeError:  # an account without a home, as in some containers
        return Path(tempfile.gettempdir()) / f"assay-{os.getuid()}"


def _raw(name: bytes | str) -> bytes | None:
    """An id as bytes; None for what is a name."""
    if isinstance(name, bytes):
        if len(name) != 32:
            raise UnknownModelError(f"{len(name)} bytes are no id: expected 32")
        return name
    digits = name.removeprefix("0x")
    if len(digits) != 64:
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        address(text)
    except AddressError:
        return False
    return True
