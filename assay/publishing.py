"""Publishing models, and reading what is published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hexbytes import HexBytes

from assay import ids
from assay.chain import Chain
from assay.contract_errors import ContractError, contract_error
from assay.errors import AssayError
from assay.manifest import Manifest
from assay.terms import Numerics
from assay.tolerance import Tolerance
from assay.transactions import Mined, Sender
from assay.versions import Model, PublishedVersion, Version

PAGE = 100
"""Entries asked for in one call of a paged view."""


class ForeignVersionError(AssayError):
    """What the node tells of a version is not what its id stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """A version that is in the registry."""

    model_id: HexBytes
    version_id: HexBytes
    version: Version = field(repr=False)
    new: bool
    """Whether this call published it; a version that was there before is left as it is."""


def describe(
    artefact: bytes | Path,
    manifest: Manifest,
    *,
    uris: Sequence[str] = (),
    tolerance: Tolerance | None = None,
    royalty_bps: int = 0,
) -> Version:
    """The version of an artefact: EXACT, or TOLERANCE when a tolerance is given.

    The artefact is the bytes of the ONNX file or its path; OSError if it cannot be read.
    """
    return Version(
        artefact=_sha256(artefact),
        manifest=manifest.digest,
        numerics=Numerics.EXACT if tolerance is None else Numerics.TOLERANCE,
        atol=0 if tolerance is None else tolerance.atol,
        rtol=0 if tolerance is None else tolerance.rtol,
        royalty_bps=royalty_bps,
        uris=tuple(uris),
    )


class Publisher:
    """Publishes versions of models that one account owns."""

    def __init__(self, chain: Chain, sender: Sender) -> None:
        self._chain = chain
        self._sender = sender
        self._reader = RegistryReader(chain)

    def publish(self, model: str | bytes, version: Version) -> Publication:
        """Publishes the version, and creates the model first where there is none of that name.

        `model` is a name of the account's own, or the id of a model it took over.

        Raises:
            DeprecatedVersionError: this very version was taken out of service.
            ContractError: the registry refuses the name, the version or the account.
        """
        named = isinstance(model, str)
        model_id = ids.model_id(self._sender.address, model) if isinstance(model, str) else model
        version_id = ids.version_id(model_id, version)
        registry = self._chain.registry.functions
        there = self._reader.find_version(version_id)
        if there is not None and there.deprecated:
            raise contract_error("DeprecatedVersion", version_id=version_id)
        if there is None:
            if named and self._reader.find_model(model_id) is None:
                self._sender.send(registry.createModel(model))
            self._sender.send(registry.publish(model_id, version.as_tuple()))
        return Publication(
            model_id=HexBytes(model_id),
            version_id=HexBytes(version_id),
            version=version,
            new=there is None,
        )

    def deprecate(self, version_id: bytes) -> Mined:
        """Takes a version out of service, for good."""
        return self._sender.send(self._chain.registry.functions.deprecate(version_id))


class RegistryReader:
    """Reads models and versions."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._views = chain.registry.functions

    def model(self, model_id: bytes) -> Model:
        """The model. Raises ContractError, named UnknownModel."""
        return Model.from_tuple(self._chain.call(self._views.model(model_id)))

    def models(self) -> Iterator[Model]:
        """All models, in the order of their creation."""
        offset, page = 0, [None] * PAGE
        while len(page) == PAGE:
            page = self._chain.call(self._views.models(offset, PAGE))
            yield from map(Model.from_tuple, page)
            offset += PAGE

    def version(self, version_id: bytes) -> PublishedVersion:
        """The version. Raises UnknownVersionError."""
        raw, model_id, deprecated = self._chain.call(self._views.version(version_id))
        version = Version.from_tuple(raw)
        if ids.version_id(bytes(model_id), version) != version_id:
            raise ForeignVersionError(
                f"the node tells a version for 0x{version_id.hex()} that has another id: it does "
                "not tell what the registry says; ask another node"
            )
        return PublishedVersion(
            version_id=version_id, model_id=bytes(model_id), deprecated=deprecated, version=version
        )

    def versions(self, model_id: bytes) -> Iterator[bytes]:
        """Ids of a model's versions, in the order of publishing."""
        offset, page = 0, [b""] * PAGE
        while len(page) == PAGE:
            page = self._chain.call(self._views.versions(model_id, offset, PAGE))
            yield from map(bytes, page)
            offset += PAGE

    def find_model(self, model_id: bytes) -> Model | None:
        """The model, or None."""
        try:
            return self.model(model_id)
        except ContractError as error:
            if error.name == "UnknownModel":
                return None
            raise

    def find_version(self, version_id: bytes) -> PublishedVersion | None:
        """The version, or None."""
        try:
            return self.version(version_id)
        except ContractError as error:
            if error.name == "UnknownVersion":
                return None
            raise


def _sha256(artefact: bytes | Path) -> bytes:
    if isinstance(artefact, Path):
        with artefact.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    return hashlib.sha256(artefact).digest()
