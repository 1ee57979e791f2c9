"""Finding models by what people call them, and reading their cards."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from web3 import Web3

from assay import ids, rpc
from assay.addresses import AddressError, address
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.errors import AssayError
from assay.manifest import Manifest
from assay.versions import Model, PublishedVersion, Version

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_SHOWN = 20
"""Models named in an error."""


class CatalogueError(AssayError):
    """A model could not be found as it was named."""


class UnknownModelError(CatalogueError):
    """No model has that name or id."""


class AmbiguousModelError(CatalogueError):
    """Several accounts have published models of that name."""


class NothingInServiceError(CatalogueError):
    """The model has no version that takes new jobs."""


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

        A model is called by its id, by `creator/name`, or by its name if no other has it: anybody
        can publish under a name that is taken.

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
        named = [model for model in self.registry.models() if model.name == name]
        if len(named) > 1:
            places = ", ".join(f"0x{m.model_id.hex()} of {m.owner}" for m in named[:_SHOWN])
            raise AmbiguousModelError(
                f"{len(named)} models are named {name!r}: {places}. Ask for the one you mean by "
                "its id"
            )
        return self._known(named[0] if named else None, name)

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
        there = [model.name for model in self.registry.models()]
        names = ", ".join(sorted(set(there))[:_SHOWN]) or "none"
        raise UnknownModelError(f"no model or version {shown} is published here; models: {names}")


class Cards:
    """Manifests of versions, from the places that the versions name; kept by their digests."""

    def __init__(self, settings: ArtefactSettings) -> None:
        self._settings = settings

    def of(self, version: Version) -> Manifest:
        """The version's manifest. Raises ArtefactUnavailableError when no place serves it."""
        with closing(guarded_client(self._settings)) as client:
            store = ArtefactStore(self._settings, standard_sources(self._settings, client))
            return store.manifest(version.manifest, version.uris)


def usual_places(w3: Web3) -> ArtefactSettings:
    """Public hosts; with a node on this machine also its files and hosts, as in development.

    What comes from there counts by its digest alone, as everywhere.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay"
    if rpc.hostname(w3) not in _THIS_MACHINE:
        return ArtefactSettings(cache_dir=cache)
    return ArtefactSettings(
        cache_dir=cache, file_roots=(Path(Path.home().anchor),), private_hosts=_THIS_MACHINE
    )


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
