"""From a model and its inputs to named outputs, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import numpy.typing as npt
from eth_typing import ChecksumAddress
from hexbytes import HexBytes

from assay import ids
from assay.answers import Answer, AnswerReader, JobError
from assay.assurance import Assurance
from assay.credit import Quote
from assay.errors import AssayError, TensorError
from assay.events import (
    Appealed,
    Decided,
    Event,
    Proposed,
    Revealed,
    RoundOpened,
    SupportAdded,
    Supported,
)
from assay.jobs import Job, JobView, Status
from assay.manifest import Manifest
from assay.posting import PostedJob, Posting
from assay.tensors import TensorSpec, check_signature
from assay.terms import Terms
from assay.versions import PublishedVersion

Array = npt.NDArray[Any]


class InputRefusedError(JobError):
    """The workers agree that the input does not fit the model, although it fits its manifest."""


class OutputMismatchError(JobError):
    """The answer does not have the outputs that the manifest names."""


class PartlyAnsweredError(AssayError):
    """Some jobs of several have no answer. `posted` are all; `answers` and `failures` by index."""

    def __init__(
        self,
        posted: Sequence[PostedJob],
        answers: Mapping[int, Inference],
        failures: Mapping[int, AssayError],
    ) -> None:
        super().__init__(tuple(posted), dict(answers), dict(failures))
        self.posted, self.answers, self.failures = tuple(posted), dict(answers), dict(failures)

    def __str__(self) -> str:
        reasons = "; ".join(f"{index}: {error}" for index, error in self.failures.items())
        return (
            f"{len(self.failures)} of {len(self.posted)} jobs have no answer ({reasons}); the "
            "others are in `answers`, and `resume` goes on with those that are pending"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A job that could be posted: what it costs, and how sure its answer will be."""

    version: PublishedVersion
    manifest: Manifest = field(repr=False)
    posting: Posting
    quote: Quote
    assurance: Assurance
    gas: int
    """That posting it takes, about; with the deposit, if one is needed."""
    gas_price: int
    """Wei of the chain's own coin for each, now."""
    top_up: int
    """Wei of the asset that the credit lacks; deposited when the offer is accepted."""

    @property
    def gas_cost(self) -> int:
        """Wei of the chain's own coin."""
        return self.gas * self.gas_price

    @property
    def input_bytes(self) -> int:
        """Length of the encoded inputs."""
        return len(self.posting.payload)


class Stage(Enum):
    """How far a job has come."""

    SENDING = "about to be posted"
    POSTED = "posted; workers are being drawn"
    COMMITTED = "workers have computed it and sealed their votes"
    REVEALING = "the votes are being opened"
    ANSWERED = "answered; anybody may still appeal"
    FINAL = "final"


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """A change in how a job stands."""

    job_id: bytes
    """Of a job about to be posted, what it will be unless the protocol's shares change first."""
    stage: Stage
    round: int
    committed: int
    """Seats taken in this round."""
    revealed: int
    """Seats of it whose results are known."""
    seats: int
    """Of the committee of this round."""


Watch = Callable[[Progress], None]
"""What is told how a job comes along."""


class Once:
    """Tells a watcher what is new about each job, however often it is looked at."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch
        self._last: dict[bytes, Progress] = {}

    @classmethod
    def of(cls, watch: Watch | None) -> Once:
        """One that knows what this watcher was told, if it is one itself."""
        return watch if isinstance(watch, Once) else cls(watch)

    def __call__(self, progress: Progress) -> None:
        """Tells of it, unless that was told last."""
        if progress == self._last.get(progress.job_id):
            return
        self._last[progress.job_id] = progress
        if self._watch is not None:
            self._watch(progress)

    def final(self, job_id: bytes) -> None:
        """The answer seen last is final."""
        if job_id in self._last:
            self(replace(self._last[job_id], stage=Stage.FINAL))


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    """Who is behind an answer, and where it can be checked."""

    version_id: HexBytes
    artefact: HexBytes
    """sha256 of the ONNX file that was run."""
    proposer: ChecksumAddress | None
    """The worker that gave the answer, where no committee decided."""
    agreed: tuple[ChecksumAddress, ...]
    """Workers whose results are the answer, or within its tolerance, in the round that gave it."""
    differed: tuple[ChecksumAddress, ...]
    """Workers that revealed another one there."""
    appeals: int
    """Answers that were appealed on the way."""
    transactions: tuple[HexBytes, ...]
    """Of all that happened to the job so far, in their order, the post first."""
    answered_in: int
    """The block that gave the answer."""


@dataclass(frozen=True, kw_only=True)
class Inference(Mapping[str, Array]):
    """The outputs of a model, by name, and what stands behind them."""

    job_id: HexBytes
    outputs: Mapping[str, Array]
    answer: Answer = field(repr=False)
    provenance: Provenance
    quote: Quote = field(repr=False)
    """What the job cost at most, `escrow`, and what if all went well, `least`; in wei. What it
    really cost is known once it is closed: `Client.cost`."""
    assurance: Assurance = field(repr=False)
    """How sure the answer is, against somebody with 30 % of the stake."""

    def __getitem__(self, name: str) -> Array:
        return self.outputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)


def named(answer: Answer, signature: Sequence[TensorSpec]) -> dict[str, Array]:
    """The outputs by their names.

    Raises InputRefusedError or OutputMismatchError.
    """
    if answer.refused and signature:
        raise InputRefusedError(
            answer.job_id,
            "is answered with no outputs: the workers agree that its input does not fit the "
            "model's graph, so the manifest does not describe the graph; tell its publisher",
        )
    try:
        arrays = answer.arrays
        check_signature(arrays, signature)
    except TensorError as error:
        raise OutputMismatchError(
            answer.job_id,
            f"has outputs that the model's manifest does not promise: {error}. The bytes are in "
            "its answer (client.wait)",
        ) from None
    return {spec.name: array for spec, array in zip(signature, arrays, strict=True)}


def at_first(job_id: bytes, stage: Stage, terms: Terms) -> Progress:
    """How a job stands that is new, or about to be."""
    return Progress(
        job_id=job_id,
        stage=stage,
        round=0,
        committed=0,
        revealed=0,
        seats=terms.committee_after(0),
    )


def all_answered(
    posted: Sequence[PostedJob], found: Sequence[Inference | AssayError]
) -> list[Inference]:
    """The answers. Raises the error of an only job, PartlyAnsweredError for those of several."""
    answers = {n: one for n, one in enumerate(found) if isinstance(one, Inference)}
    failures = {n: one for n, one in enumerate(found) if isinstance(one, AssayError)}
    if not failures:
        return list(answers.values())
    if len(posted) == 1:
        raise failures[0]
    raise PartlyAnsweredError(posted, answers, failures)


def progress(job: Job, view: JobView) -> Progress:
    """How a job stands; not whether its answer is final, which takes another look."""
    terms = job.request.terms
    if view.status.answered:
        stage = Stage.ANSWERED
    elif view.status is Status.REVEALING:
        stage = Stage.REVEALING
    else:
        stage = Stage.COMMITTED if view.committed else Stage.POSTED
    return Progress(
        job_id=job.job_id,
        stage=stage,
        round=view.round,
        committed=view.committed,
        revealed=view.revealed,
        seats=terms.committee_after(view.grown),
    )


def follow(
    reader: AnswerReader, job: Job, timeout: float, watch: Watch, *, provisional: bool
) -> Answer:
    """The job's answer; a watcher is told how it comes along."""
    once = Once.of(watch)
    answer = reader.wait(
        job,
        timeout,
        known=True,
        provisional=provisional,
        watch=lambda view: once(progress(job, view)),
    )
    if answer.final:
        once.final(job.job_id)
    return answer


def provenance(
    job: Job, answer: Answer, history: Sequence[Event], version: PublishedVersion
) -> Provenance:
    """What the job's events say about its answer."""
    cut = ids.cut(answer.digest)
    said: dict[ChecksumAddress, bool] = {}
    answered_in = job.block_number
    proposer: ChecksumAddress | None = None
    for event in history:
        match event:
            case RoundOpened():
                said, proposer = {}, None
            case Proposed():
                said, proposer = {event.worker: ids.cut(event.digest) == cut}, event.worker
                answered_in = event.at.block_number
            case Revealed() | Supported() | SupportAdded():
                right = ids.cut(event.digest) == cut
                said[event.worker] = said.get(event.worker, False) or right
            case Decided():
                proposer, answered_in = None, event.at.block_number
    return Provenance(
        version_id=HexBytes(version.version_id),
        artefact=HexBytes(version.version.artefact),
        proposer=proposer,
        agreed=tuple(worker for worker, right in said.items() if right),
        differed=tuple(worker for worker, right in said.items() if not right),
        appeals=sum(isinstance(event, Appealed) for event in history),
        transactions=tuple(
            HexBytes(one) for one in dict.fromkeys(event.at.transaction_hash for event in history)
        ),
        answered_in=answered_in,
    )
