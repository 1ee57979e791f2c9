"""Models and versions as the registry shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_typing import ChecksumAddress

from assay.addresses import ZERO_ADDRESS, address
from assay.terms import Numerics

NO_ROOT = bytes(32)
"""The graph root of a version without a compiled graph."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One immutable published artefact."""

    artefact: bytes
    """sha256 of the ONNX file."""
    manifest: bytes
    """sha256 of the manifest's canonical bytes."""
    numerics: Numerics
    atol: int = 0
    """Absolute tolerance, a float32 bit pattern; zero for EXACT."""
    rtol: int = 0
    """Relative tolerance in units of 2^-32; zero for EXACT."""
    royalty_bps: int = 0
    uris: tuple[str, ...] = ()
    """Where the artefact can be fetched; the manifest lies beside it."""
    graph_root: bytes = NO_ROOT
    """Root of the compiled graph; zero if there is none."""
    verifier: ChecksumAddress = ZERO_ADDRESS
    """Contract that checks proofs of this version; zero if there is none."""

    @classmethod
    def from_tuple(cls, raw: Sequence[Any]) -> Version:
        """From the order of `IModelRegistry.Version`."""
        artefact, manifest, graph_root, verifier, numerics, atol, rtol, royalty_bps, uris = raw
        return cls(
            artefact=bytes(artefact),
            manifest=bytes(manifest),
            graph_root=bytes(graph_root),
            verifier=address(verifier),
            numerics=Numerics(numerics),
            atol=atol,
            rtol=rtol,
            royalty_bps=royalty_bps,
            uris=tuple(uris),
        )

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of `IModelRegistry.Version`, for encoding."""
        return (
            self.artefact,
            self.manifest,
            self.graph_root,
            self.verifier,
            int(self.numerics),
            self.atol,
            self.rtol,
            self.royalty_bps,
            list(self.uris),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedVersion:
    """A version with its place in the registry."""

    version_id: bytes
    model_id: bytes
    deprecated: bool
    version: Version = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A named repository of versions, owned by an address."""

    model_id: bytes
    owner: ChecksumAddress
    pending_owner: ChecksumAddress
    versions: int
    """How many versions it has."""
    name: str

    @classmethod
    def from_tuple(cls, raw: Sequence[Any]) -> Model:
        """From the order of `IModelRegistry.Model`."""
        model_id, owner, pending_owner, versions, name = raw
        return cls(
            model_id=bytes(model_id),
            owner=address(owner),
            pending_owner=address(pending_owner),
            versions=versions,
            name=name,
        )
