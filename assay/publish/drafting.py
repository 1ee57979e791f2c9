"""Drafts versions, and publishes what was drafted. Imports onnx and onnxruntime."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assay import ids, rpc
from assay.arranging import Given
from assay.catalogue import Catalogue
from assay.chain import Chain
from assay.contract_errors import contract_error
from assay.inspection import graph, runtime
from assay.inspection.exactness import float_outputs
from assay.publish import numerics as classes
from assay.publish import places
from assay.publish import samples as inputs
from assay.publish.cards import manifest_of
from assay.publish.cautions import Case, cautions
from assay.publish.draft import Draft
from assay.publish.errors import DetailsError
from assay.publish.gas import publish_gas
from assay.publish.measure import measure
from assay.publish.numerics import Numerics
from assay.publish.saturation import saturating_node
from assay.publish.settings import Measuring
from assay.publish.source import Source, read
from assay.publish.stores.base import Files, Store
from assay.publish.stores.opening import open_store
from assay.publish.uploading import upload
from assay.publishing import Publication, Publisher, RegistryReader, describe
from assay.tolerance import Tolerance
from assay.transactions import Sender
from assay.versions import Version

HIGHEST_ROYALTY_BPS = 5_000
"""The registry's bound, basis points."""

_NAME = re.compile(r"[a-z0-9._-]{1,64}")
_ID = re.compile(r"(0x)?[0-9a-fA-F]{64}")


class Drafter:
    """Drafts for one account, or for none; publishes for one."""

    def __init__(self, chain: Chain, sender: Callable[[], Sender] | None) -> None:
        """`sender` is None where there is no account: drafts then cost no gas that is known."""
        self._chain = chain
        self._sender = sender
        self._registry = RegistryReader(chain)

    def draft(
        self,
        source: Source,
        name: str | bytes,
        *,
        description: str,
        licence: str,
        weights: Sequence[str] = (),
        lineage: Sequence[str] = (),
        store: str | Path | Store | None = None,
        uris: Sequence[str] = (),
        samples: Sequence[Given] | None = None,
        numerics: Numerics = None,
        royalty_bps: int = 0,
        measuring: Measuring | None = None,
    ) -> Draft:
        """See `assay.client.Client.draft`."""
        model, stem = self._model(name)
        opened = None if store is None else open_store(store)
        artefact = read(source, weights)
        inspection = graph.inspect(artefact.model)
        runtime.check_opset(artefact.model, inspection.opset)
        classes.check(inspection, numerics)
        card = manifest_of(inspection, description=description, licence=licence, lineage=lineage)
        files = Files(stem=stem, artefact=artefact.content, manifest=card)
        every = ([opened.foreseen(files)] if opened else []) + list(uris)
        _check(royalty_bps, every)
        bounds = measuring or Measuring()
        payloads = (
            inputs.drawn(card.inputs, bounds.samples)
            if samples is None
            else inputs.given(samples, card.inputs)
        )
        asked = numerics if isinstance(numerics, Tolerance) else None
        measured = measure(artefact.content, inspection, payloads, bounds, asked)
        suggested = classes.suggested(inspection, measured)
        tolerance = asked or suggested
        case = Case(
            inspection=inspection,
            float_outputs=float_outputs(artefact.model),
            saturating=saturating_node(artefact.model),
            measured=measured,
            drawn=samples is None,
            tolerance=tolerance,
            size=len(artefact.content),
            uris=every,
        )
        with rpc.translated(self._chain.w3):
            gas_price = int(self._chain.w3.eth.gas_price)
        version = describe(
            artefact.content, card, uris=every, tolerance=tolerance, royalty_bps=royalty_bps
        )
        return Draft(
            model=model,
            files=files,
            inspection=inspection,
            measured=measured,
            suggested=suggested,
            tolerance=tolerance,
            royalty_bps=royalty_bps,
            store=opened,
            uris=tuple(uris),
            sha256=hashlib.sha256(artefact.content).digest(),
            cautions=cautions(case),
            gas=None if self._sender is None else self._gas(self._sender(), model, version),
            gas_price=gas_price,
        )

    def release(self, draft: Draft) -> Publication:
        """See `assay.client.Client.release`."""
        assert self._sender is not None  # noqa: S101 - the client gives one or raises
        sender = self._sender()
        foreseen = self._version(draft, draft.foreseen_uris)
        self._gas(sender, draft.model, foreseen)  # what the registry refuses is not uploaded
        kept = () if draft.store is None else (upload(draft.store, draft.files),)
        uris = tuple(dict.fromkeys((*kept, *draft.uris)))
        return Publisher(self._chain, sender).publish(draft.model, self._version(draft, uris))

    def _model(self, name: str | bytes) -> tuple[str | bytes, str]:
        """A name of the account's own, or a model's id; and what its files are called."""
        if isinstance(name, str) and not _ID.fullmatch(name) and "/" not in name:
            if not _NAME.fullmatch(name):
                raise DetailsError(
                    [f"model name {name!r}: expected 1 to 64 of a-z, 0-9, '-', '_', '.'"]
                )
            return name, name
        found = Catalogue(self._registry).model(name)
        return found.model_id, found.name

    def _gas(self, sender: Sender, model: str | bytes, version: Version) -> int:
        """What registering takes, or raises what the registry would refuse."""
        named = isinstance(model, str)
        model_id = ids.model_id(sender.address, model) if isinstance(model, str) else model
        there = self._registry.find_version(ids.version_id(model_id, version))
        if there is not None and there.deprecated:
            raise contract_error("DeprecatedVersion", version_id=there.version_id)
        if there is not None:
            return 0
        registry = self._chain.registry.functions
        if named and self._registry.find_model(model_id) is None:
            publish = publish_gas(version.uris, first=True) * 5 // 4  # as a node's is rounded up
            return sender.estimate(registry.createModel(model)) + publish
        return sender.estimate(registry.publish(model_id, version.as_tuple()))

    @staticmethod
    def _version(draft: Draft, uris: Sequence[str]) -> Version:
        return describe(
            draft.files.artefact,
            draft.manifest,
            uris=uris,
            tolerance=draft.tolerance,
            royalty_bps=draft.royalty_bps,
        )


def _check(royalty_bps: int, uris: Sequence[str]) -> None:
    """Raises DetailsError with all that the registry would refuse."""
    found = [*_royalty(royalty_bps), *places.faults(uris)]
    if found:
        raise DetailsError(found)


def _royalty(royalty_bps: int) -> Iterator[str]:
    if not 0 <= royalty_bps <= HIGHEST_ROYALTY_BPS:
        yield (
            f"a royalty of {royalty_bps} basis points: expected 0 to {HIGHEST_ROYALTY_BPS} "
            "(5,000 is half of every seat fee)"
        )
