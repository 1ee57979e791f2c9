"""A version that could be published: nothing has been uploaded or sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.inspection.report import Inspection
from assay.manifest import Manifest
from assay.publish.cautions import Caution
from assay.publish.measure import Measured
from assay.publish.stores.base import Files, Store
from assay.tolerance import Tolerance


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What would be published, what was found out about it, and what registering it costs."""

    model: str | bytes
    """The model's name, or the id of one that is there."""
    files: Files
    inspection: Inspection = field(repr=False)
    measured: Measured = field(repr=False)
    """The spread for each setting and output, and more."""
    suggested: Tolerance | None
    """None: EXACT."""
    tolerance: Tolerance | None
    """What the version says; None: EXACT."""
    royalty_bps: int
    store: Store | None
    """Where the files will be put."""
    uris: tuple[str, ...]
    """Where they can be fetched besides."""
    sha256: bytes
    """Of the artefact."""
    cautions: tuple[Caution, ...]
    gas: int | None
    """That registering takes, about; 0 if it is there. None for a client without an account."""
    gas_price: int
    """Wei of the chain's own coin for each, now."""

    @property
    def manifest(self) -> Manifest:
        """The card, whose `inputs` and `outputs` are the signature."""
        return self.files.manifest

    @property
    def size(self) -> int:
        """Bytes of the artefact."""
        return len(self.files.artefact)

    @property
    def foreseen_uris(self) -> tuple[str, ...]:
        """URIs of the version; an IPFS node's stands for one as long, until the upload."""
        kept = () if self.store is None else (self.store.foreseen(self.files),)
        return tuple(dict.fromkeys((*kept, *self.uris)))

    @property
    def gas_cost(self) -> int | None:
        """Wei of the chain's own coin."""
        return None if self.gas is None else self.gas * self.gas_price
