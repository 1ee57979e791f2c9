"""`assay models show`."""

from __future__ import annotations

from itertools import islice
from typing import Any

import click
from rich.console import RenderableType

from assay.artefacts.errors import ArtefactUnavailableError
from assay.catalogue import UnknownModelError
from assay.cli import cards, listed
from assay.cli.command import makes
from assay.cli.output import fields, rows
from assay.cli.session import Session
from assay.client import Client
from assay.manifest import Manifest
from assay.versions import Model, PublishedVersion

_VERSIONS = 50
"""Of a model, the newest are shown."""


@makes(
    """Show a model, called by its id or as `creator/name`, or a version by its id.

    Of a model all versions are listed, the newest first, and the newest in service is shown with
    the signature in its manifest.
    """
)
@click.argument("name")
def command(session: Session, name: str) -> None:
    client = session.reader
    try:
        model: Model | None = client.find_model(name)
    except UnknownModelError:
        version = client.find(name)  # raises the same for what is no version either
        model = None
    if model is None:
        model, versions = client.model(version.model_id), [version]
    else:
        versions = _newest_first(client, model)
    shown = next((one for one in versions if not one.deprecated), None) or next(
        iter(versions), None
    )
    document = {
        **listed.document(model),
        "pending_owner": model.pending_owner,
        "shown_versions": [cards.document(one) for one in versions],
    }
    parts: list[RenderableType] = [_head(model), _table(versions)]
    if shown is not None:
        manifest, reason = _manifest(client, shown)
        document["manifest"] = cards.manifest_document(manifest, reason)
        parts += cards.parts(shown, manifest, reason)
    session.show(document, *parts)


def _newest_first(client: Client, model: Model) -> list[PublishedVersion]:
    ids = list(client.versions(model.model_id))
    return [client.version(one) for one in islice(reversed(ids), _VERSIONS)]


def _manifest(client: Client, version: PublishedVersion) -> tuple[Manifest | None, str]:
    """The manifest, or why it cannot be had."""
    try:
        return client.manifest(version), ""
    except ArtefactUnavailableError as error:
        return None, str(error)


def _head(model: Model) -> RenderableType:
    values: dict[str, Any] = {
        "model": f"{model.owner}/{model.name}",
        "id": model.model_id,
        "versions": model.versions,
    }
    return fields(values)


def _table(versions: list[PublishedVersion]) -> RenderableType:
    return rows(
        ["version", "in service", "numerics", "royalty"],
        [
            (
                one.version_id,
                not one.deprecated,
                cards.numerics(one.version),
                cards.percent(one.version.royalty_bps),
            )
            for one in versions
        ],
    )
