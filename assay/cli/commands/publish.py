"""`assay publish`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from assay.cli import drafts, stores
from assay.cli.command import makes, sends
from assay.cli.inputs.fitting import Fitting
from assay.cli.inputs.many import split
from assay.cli.output import draw, fields
from assay.cli.session import Session
from assay.publish.draft import Draft
from assay.publish.extra import required
from assay.publish.numerics import Numerics
from assay.publish.settings import Measuring
from assay.publishing import Publication
from assay.tolerance import Tolerance
from assay.transactions import require_coin


@makes(
    """Publish the ONNX file MODEL as a version of your model NAME.

    NAME is created if it is new; it may be the id of a model that you own, or `creator/name`. The
    graph is looked at, the model is run in many ways to see how far its results move, and all of it
    is shown before anything is uploaded or sent.
    """
)
@click.argument("model", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("name")
@click.option("--description", required=True, help="What goes in, what comes out, what it is for.")
@click.option("--licence", required=True, help="Best an SPDX identifier.")
@click.option(
    "--weights",
    multiple=True,
    metavar="FILE",
    help="A file beside MODEL with weights of it, unless it is called ….data, or after it.",
)
@click.option("--lineage", multiple=True, help="What it was made from. May be given again.")
@click.option("--store", metavar="PLACE", help="Where the files are put, instead of the setting.")
@click.option("--public", metavar="URL", help="Where others find what lies in the store.")
@click.option("--uri", "uris", multiple=True, help="Where it can be fetched already.")
@click.option(
    "--samples",
    metavar="FILE|FOLDER",
    help="Inputs from real use, as for `infer --many`; some are drawn at random without.",
)
@click.option("--exact", is_flag=True, help="Refuse to publish it as TOLERANCE.")
@click.option("--atol", type=float, help="Absolute tolerance, instead of what is suggested.")
@click.option("--rtol", type=float, help="Relative tolerance, instead of what is suggested.")
@click.option(
    "--royalty",
    type=click.IntRange(0, 5_000),
    default=0,
    show_default=True,
    metavar="BPS",
    help="Your share of every seat fee, basis points.",
)
@click.option(
    "--no-emulation", is_flag=True, help="Do not run it on emulated processors: quicker, blinder."
)
@click.option(
    "--unserved", is_flag=True, help="Register it although nothing says where it can be fetched."
)
@click.option("--draft", "draft_only", is_flag=True, help="Only say what would be published.")
@sends
def command(
    session: Session,
    model: Path,
    name: str,
    description: str,
    licence: str,
    weights: tuple[str, ...],
    lineage: tuple[str, ...],
    store: str | None,
    public: str | None,
    uris: tuple[str, ...],
    samples: str | None,
    exact: bool,
    atol: float | None,
    rtol: float | None,
    royalty: int,
    no_emulation: bool,
    unserved: bool,
    draft_only: bool,
) -> None:
    required("onnx", "onnxruntime")
    numerics = _numerics(exact=exact, atol=atol, rtol=rtol)
    place = stores.chosen(session, store, public)
    if not (draft_only or unserved or place or uris):
        raise click.UsageError(
            "nothing says where workers can fetch it, which never changes afterwards: give --store "
            "or --uri, or --unserved to register it all the same"
        )
    client = session.client
    content, rows = _read(model, weights, samples)
    session.note("running the model in many ways …")
    draft = client.draft(
        content,
        name,
        description=description,
        licence=licence,
        lineage=lineage,
        store=place,
        uris=uris,
        samples=rows,
        numerics=numerics,
        royalty_bps=royalty,
        measuring=Measuring(processors=()) if no_emulation else None,
    )
    if draft_only:
        session.show(drafts.document(draft), drafts.head(draft), *drafts.parts(draft))
        return
    _ask(session, draft)
    _show(session, draft, client.release(draft))


def _numerics(*, exact: bool, atol: float | None, rtol: float | None) -> Numerics:
    tolerant = atol is not None or rtol is not None
    if exact and tolerant:
        raise click.UsageError("--exact and a tolerance exclude each other")
    if tolerant:
        return Tolerance.at_least(atol or 0.0, rtol or 0.0)
    return "exact" if exact else None


def _read(
    path: Path, weights: Sequence[str], samples: str | None
) -> tuple[bytes, list[Any] | None]:
    """The file as it will be published, and samples as its inputs."""
    from assay.inspection import graph  # with the extra only
    from assay.publish.source import read

    artefact = read(path, weights)
    if samples is None:
        return artefact.content, None
    fitting = Fitting(signature=graph.inspect(artefact.model).inputs)
    return artefact.content, [one.inputs for one in split(samples, fitting)]


def _ask(session: Session, draft: Draft) -> None:
    gas = draft.gas or 0
    require_coin(session.w3, session.client.address, gas * draft.gas_price)
    terminal = sys.stderr.isatty()
    if not session.as_json:
        draw(terminal, drafts.parts(draft), err=True)
    session.consent.plan("Publish a version", drafts.lines(draft), drafts.document(draft))
    session.consent.ask(gas, draft.gas_price)


def _show(session: Session, draft: Draft, found: Publication) -> None:
    owner = session.reader.model(found.model_id).owner
    document = {
        **drafts.document(draft),
        "model": found.model_id,
        "version": found.version_id,
        "uris": found.version.uris,
        "new": found.new,
    }
    session.show(
        document,
        "published" if found.new else "it was published before, and is as it was",
        fields(
            {
                "model": found.model_id,
                "owner": owner,
                "version": found.version_id,
                "fetched from": "\n".join(found.version.uris) or None,
            }
        ),
    )
