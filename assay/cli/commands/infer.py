"""`assay infer`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import RenderableType

from assay import inference
from assay.arranging import Inputs
from assay.asking import Wish
from assay.cli import results, stores, waiting
from assay.cli.command import in_wei, makes, sends
from assay.cli.errors import PartlySentError, described
from assay.cli.inputs.many import Labelled
from assay.cli.inputs.options import Given, options
from assay.cli.offers import Offered
from assay.cli.output import fields, rows
from assay.cli.session import Session
from assay.errors import AssayError
from assay.inference import Inference
from assay.market import Mode
from assay.posting import PostedJob
from assay.terms import Callback
from assay.transactions import require_coin


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A job, and its answer or why there is none."""

    label: str
    posted: PostedJob
    found: Inference | AssayError

    @property
    def outputs(self) -> Any:
        """The arrays by name; None without an answer."""
        return self.found.outputs if isinstance(self.found, Inference) else None

    def document(self) -> dict[str, Any]:
        """For programs."""
        if isinstance(self.found, Inference):
            shown = results.document(self.found)
        else:
            shown = {"job": self.posted.job_id, "error": described(self.found)}
        return {"input": self.label, **shown} if self.label else shown


@makes(
    """Ask MODEL, a version's id, or a model's id or `creator/name`.

    INPUT is JSON, or a file: .json, .npy, .npz, .csv, or a picture; - is JSON on standard input.
    Inputs and answers are public. What it costs is said, and you are asked, before anything is
    sent.
    """
)
@click.argument("model")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@options
@click.option(
    "--mode",
    type=click.Choice(get_args(Mode)),
    default="committee",
    show_default=True,
    help="A committee votes, or one worker answers and anybody may appeal.",
)
@click.option(
    "--committee", type=int, default=3, show_default=True, help="Seats of the first committee."
)
@click.option("--max-price", metavar="AMOUNT", help="What one answer may cost at most.")
@in_wei
@click.option("--callback", metavar="ADDRESS", help="A contract that gets the answer, too.")
@click.option("--callback-gas", type=int, default=200_000, show_default=True, help="Gas for it.")
@click.option(
    "--callback-fee", metavar="AMOUNT", default="0", help="For whoever calls it; 0 by default."
)
@click.option(
    "--by-reference",
    is_flag=True,
    help="Upload the inputs to the store first, and post only where they are.",
)
@click.option("--store", metavar="PLACE", help="That store, instead of the setting.")
@waiting.timeout
@click.option("--no-wait", is_flag=True, help="Post, print the ids, and do not wait.")
@click.option("--offer", "offer_only", is_flag=True, help="Only say what it would cost.")
@results.option
@sends
def command(
    session: Session,
    model: str,
    mode: Mode,
    committee: int,
    max_price: str | None,
    wei: bool,
    callback: str | None,
    callback_gas: int,
    callback_fee: str,
    by_reference: bool,
    store: str | None,
    timeout: float,
    no_wait: bool,
    offer_only: bool,
    output: Path | None,
    **given: Any,
) -> None:
    results.check(output)
    if max_price is None:
        raise click.UsageError("--max-price is missing: say what one answer may cost at most")
    version = session.reader.find(model)
    manifest = session.reader.manifest(version)
    jobs = Given(**given).jobs(manifest.inputs)
    wish: Wish = {
        "mode": mode,
        "committee": committee,
        "max_price": session.wei(max_price, in_wei=wei),
        "callback": _callback(session, callback, callback_gas, callback_fee, in_wei=wei),
        "manifest": manifest,
    }
    inputs: Sequence[Inputs] = [one.inputs for one in jobs]
    if store and not by_reference:
        raise click.UsageError("--store is for --by-reference")
    place = stores.required(session, store) if by_reference else None

    def offer(*, upload: bool) -> Offered:
        asked = inputs
        if place is not None:
            share = session.client.share
            asked = [
                share(version.version_id, one, place, manifest=manifest, upload=upload)
                for one in inputs
            ]
        checked: Wish = {**wish, "check_remote": upload}
        return Offered(session.client.offers(version.version_id, asked, **checked))

    offered = offer(upload=False)
    lines = offered.lines(session)
    if place is not None:
        lines["to be uploaded first, to"] = repr(place)
    if offer_only:
        gas = {"gas, about": f"{offered.gas:,}"}
        session.show(offered.document(), fields({**lines, **gas}))
        return
    require_coin(session.w3, session.client.address, offered.gas * offered.gas_price)
    session.consent.plan("Ask the model", lines, offered.document())
    session.consent.ask(offered.gas, offered.gas_price)
    if place is not None:
        session.note("uploading …")
        offered = offer(upload=True)
    if no_wait:
        _only_posted(session, jobs, offered)
        return
    found = _answers(session, jobs, offered, timeout)
    _finish(session, found, output)


def _callback(
    session: Session, target: str | None, gas: int, fee: str, *, in_wei: bool
) -> Callback | None:
    if target is None:
        return None
    unit = session.deployment.unit
    units, rest = divmod(session.wei(fee, in_wei=in_wei), unit)
    if rest:
        raise click.BadParameter(
            f"expected whole units of {session.shown(unit)}", param_hint="--callback-fee"
        )
    return Callback(target=target, gas_stipend=gas, delivery_fee=units)  # type: ignore[arg-type]


def _post(session: Session, offered: Offered, watch: waiting.Watching) -> list[PostedJob]:
    """Posts batch by batch. What is posted when one fails is not lost."""
    posted: list[PostedJob] = []
    for batch in offered.batches():
        try:
            posted += session.client.accept(*batch, watch=watch)
        except AssayError as error:
            if posted:
                raise PartlySentError([one.job_id for one in posted], error) from None
            raise
    return posted


def _only_posted(session: Session, jobs: Sequence[Labelled], offered: Offered) -> None:
    with waiting.waiting(session.as_json) as watching:
        posted = _post(session, offered, watching)
    lines = [(job.label, one.job_id) for job, one in zip(jobs, posted, strict=True)]
    document = {"jobs": [{"input": label, "job": job_id} for label, job_id in lines]}
    session.show(document, rows(["input", "job"], lines))


def _answers(
    session: Session, jobs: Sequence[Labelled], offered: Offered, timeout: float
) -> list[Asked]:
    end = time.monotonic() + timeout
    manifest = offered.offers[0].manifest
    found: list[Asked] = []
    with waiting.waiting(session.as_json) as watching:
        posted = _post(session, offered, watching)
        for job, one in zip(jobs, posted, strict=True):
            left = max(0.0, end - time.monotonic())
            answer: Inference | AssayError
            try:
                answer = session.client.resume(one, left, manifest=manifest, watch=watching)
            except AssayError as error:
                answer = error
            found.append(Asked(label=job.label, posted=one, found=answer))
    return found


def _finish(session: Session, found: Sequence[Asked], output: Path | None) -> None:
    """Prints what there is. Raises the error of an only job, PartlyAnsweredError for several."""
    alone = len(found) == 1 and not found[0].label
    if alone and isinstance(found[0].found, AssayError):
        raise found[0].found
    documents = [one.document() for one in found]
    document = documents[0] if alone else {"jobs": documents}
    results.write(output, document, [one.outputs for one in found])
    session.show(document, *_parts(found, alone=alone))
    inference.all_answered([one.posted for one in found], [one.found for one in found])


def _parts(found: Sequence[Asked], *, alone: bool) -> list[RenderableType]:
    if alone and isinstance(found[0].found, Inference):
        return results.parts(found[0].found)
    parts: list[RenderableType] = []
    for one in found:
        parts.append(f"{one.label}: job 0x{one.posted.job_id.hex()}")
        if isinstance(one.found, Inference):
            parts.append(results.table(one.found.outputs))
        else:
            parts.append(str(one.found))
    return parts
