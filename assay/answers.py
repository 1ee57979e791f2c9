"""Answers: what became of a job, read from the chain by its id alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt
from eth_typing import BlockNumber, ChecksumAddress, HexStr
from web3.types import BlockIdentifier

from assay import ids
from assay.addresses import ZERO_ADDRESS
from assay.chain import Chain
from assay.errors import AssayError
from assay.events import (
    Claimed,
    ClaimedMany,
    Closed,
    Committed,
    CommittedMany,
    Event,
    JobCancelled,
    JobPosted,
    JobsPosted,
    Proposed,
    ResultPublished,
    Revealed,
    RevealedMany,
    topics,
)
from assay.jobs import Job, JobView, Status, final_at
from assay.tensors import EMPTY_PAYLOAD, decode


class JobError(AssayError):
    """A job has no answer, or not yet."""

    def __init__(self, job_id: bytes, message: str) -> None:
        super().__init__(f"job 0x{job_id.hex()} {message}")
        self.job_id = job_id
        self.reason = message
        """What the message says of the job."""


class UnknownJobError(JobError):
    """No job of this deployment has that id."""


class ResultMissingError(JobError):
    """It has an answer, and the node has no log of it."""


class JobUnresolvedError(JobError):
    """Its last round ended without a decision."""


class JobRefundedError(JobError):
    """Too few workers came; nobody was judged."""


class JobCancelledError(JobError):
    """Its requester took it back."""


class AnswerPendingError(JobError):
    """It had no final answer in time. `view` is how it stands; waiting again goes on from there."""

    def __init__(self, job_id: bytes, message: str, view: JobView) -> None:
        super().__init__(job_id, message)
        self.view = view


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The answer of a job as of the block at which it was read."""

    job_id: bytes
    payload: bytes = field(repr=False)
    """The result as the workers encoded it (docs/encoding.md)."""
    final: bool
    """Whether nobody can appeal it any more. Until then it is provisional."""
    final_at: int
    """When it is, unless somebody appeals: UNIX seconds of the chain; 0 if it was so at once."""
    proposer: ChecksumAddress = ZERO_ADDRESS
    """The worker that gave it, while no committee has decided; else zero."""

    @property
    def digest(self) -> bytes:
        """Names the result to the contracts."""
        return ids.digest(self.payload)

    @property
    def arrays(self) -> list[npt.NDArray[Any]]:
        """The tensors in the payload. Raises MalformedPayloadError if it holds none."""
        return decode(self.payload)

    @property
    def refused(self) -> bool:
        """Whether the workers found that the input does not fit the model."""
        return self.payload == EMPTY_PAYLOAD


class AnswerReader:
    """Looks up jobs of one deployment."""

    def __init__(self, chain: Chain, poll: float, confirmations: int) -> None:
        self._chain = chain
        self._poll = poll
        self._confirmations = confirmations

    def view(self, job_id: bytes, block: BlockIdentifier = "latest") -> JobView:
        """How the job stands; of status NONE when the chain does not know it."""
        raw = self._chain.call(self._chain.settlement.functions.job(job_id), block)
        return JobView.from_tuple(raw)

    def job(self, job_id: bytes) -> Job:
        """The job as it was posted. Raises UnknownJobError."""
        for event in self._newest_first(job_id, topics(JobPosted)):
            if isinstance(event, JobPosted) and self._is(event, job_id):
                return event.job()
        raise self._unknown(job_id)

    def _is(self, event: JobPosted, job_id: bytes) -> bool:
        """Whether the job that an event tells of has that id: it commits to all of the job."""
        deployment = self._chain.deployment
        return event.job().key.job_id(deployment.chain_id, deployment.queue) == job_id

    def history(self, job_id: bytes) -> list[Event]:
        """All that happened to the job, in order. Raises UnknownJobError."""
        found: list[Event] = []
        for event in self._newest_first(job_id):
            found.insert(0, event)
            if isinstance(event, JobPosted):
                return found
        raise self._unknown(job_id)

    def wait(
        self,
        reference: bytes | Job,
        timeout: float,
        *,
        known: bool,
        provisional: bool = False,
        watch: Callable[[JobView], None] | None = None,
    ) -> Answer:
        """The final answer; looks again until there is one, at most `timeout` seconds long.

        `known` says that the job has been seen on this chain, so a node that does not know it is
        only behind. With `provisional` the answer is returned before it is final. `watch` is told
        how the job stands at every look, while it goes on.
        """
        job_id = reference.job_id if isinstance(reference, Job) else reference
        given: _Given | None = None
        deadline = time.monotonic() + timeout
        while True:
            block = self._trusted_block()
            view = self.view(job_id, block)
            if view.status is Status.NONE and not known:
                self.job(job_id)
                known = True
            if view.status.failed:
                raise self._why_failed(job_id, view.status)
            if watch is not None and view.status is not Status.NONE:
                watch(view)
            if view.status.answered:
                if given is None or given.mark != (view.status, view.mark):
                    given = self._find(given.job if given else reference, view)
                answer = self._judge(given, view, block)
                if answer.final or provisional:
                    return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._pending(job_id, view, timeout)
            time.sleep(min(self._poll, left))

    def look(self, job: Job) -> Answer | None:
        """The answer in the newest block, final or not; None while there is none.

        Raises what `wait` does for a job that ended without one.
        """
        view = self.view(job.job_id)
        if view.status.failed:
            raise self._why_failed(job.job_id, view.status)
        if not view.status.answered:
            return None
        return self._judge(self._find(job, view), view, "latest")

    def _trusted_block(self) -> BlockIdentifier:
        if self._confirmations == 0:
            return "latest"
        return BlockNumber(max(0, self._chain.head() - self._confirmations))

    def _judge(self, given: _Given, view: JobView, block: BlockIdentifier) -> Answer:
        """Whether the answer is final is what the chain says: its clock counts."""
        job, digest = given.job, ids.digest(given.payload)
        settled = self._chain.settlement.functions.isSettled(
            job.key.as_tuple(), given.proposer, digest
        )
        return Answer(
            job_id=job.job_id,
            payload=given.payload,
            final=bool(self._chain.call(settled, block)),
            final_at=final_at(job.request.terms, view.status, view.round, view.time),
            proposer=given.proposer,
        )

    def _why_failed(self, job_id: bytes, status: Status) -> JobError:
        kinds = topics(JobCancelled, Closed, JobPosted)
        events = list(self._newest_first(job_id, kinds, posting=False))
        if any(isinstance(event, JobCancelled) for event in events):
            return JobCancelledError(job_id, "was cancelled, and its escrow returned")
        closed = next((event for event in events if isinstance(event, Closed)), None)
        back = (
            f"{closed.refund} wei came back to the requester's credit"
            if closed
            else "When it is closed the unspent escrow returns to the requester's credit"
        )
        if status is Status.REFUNDED:
            return JobRefundedError(
                job_id,
                f"found too few workers. {back}. Look first whether workers can fetch the model, "
                "and an input by reference: they read file: URIs in folders of their own choice "
                "only. Then post it again with a smaller committee, a higher fee or longer phases",
            )
        return JobUnresolvedError(
            job_id, f"ended without an answer: its last round found no majority. {back}"
        )

    def _find(self, reference: bytes | Job, view: JobView) -> _Given:
        """The result that the job's word names, and the job, from the logs."""
        job = reference if isinstance(reference, Job) else None
        job_id = reference.job_id if isinstance(reference, Job) else reference
        found: tuple[bytes, ChecksumAddress] | None = None
        kinds = topics(ResultPublished, Proposed, JobPosted)
        for event in self._newest_first(job_id, kinds, posting=job is None):
            if isinstance(event, JobPosted):
                job = event.job()
            elif found is None:
                found = _named(event, view)
            if job is not None and found is not None:
                return _Given((view.status, view.mark), job, *found)
        if found is not None:
            raise self._unknown(job_id)
        raise ResultMissingError(
            job_id,
            f"is answered, and the log with its result (mark 0x{view.mark.hex()}) is not there: "
            "the node may have dropped old logs; ask another one",
        )

    def _newest_first(
        self, job_id: bytes, kinds: Sequence[HexStr] | None = None, *, posting: bool = True
    ) -> Iterator[Event]:
        """Events of the job, back to the one that posted it, alone or with others.

        Those others can be many, and large: without `posting` they are not asked for.
        """
        wanted: list[list[HexStr | Sequence[HexStr] | None]]
        wanted = [[kinds, HexStr("0x" + job_id.hex())]]
        together: list[type[Event]] = [JobsPosted] if posting else []
        if kinds is None:
            together += [CommittedMany, RevealedMany, ClaimedMany]
        if together:
            wanted.append([topics(*together)])
        for page in self._chain.events_backwards(*wanted):
            for event in page:
                for found in self._about(event, job_id):
                    yield found
                    if isinstance(found, JobPosted):
                        return

    def _about(self, event: Event, job_id: bytes) -> Iterable[Event]:
        """The event; of one about many jobs what it says of this one, the newest first."""
        deployment = self._chain.deployment
        each: Iterator[JobPosted | Committed | Revealed | Claimed]
        match event:
            case JobsPosted():
                each = event.each(deployment.chain_id, deployment.queue)
            case CommittedMany() | RevealedMany() | ClaimedMany():
                each = event.each()
            case _:
                return [event]
        return [found for found in each if found.job_id == job_id][::-1]

    def _unknown(self, job_id: bytes) -> UnknownJobError:
        deployment = self._chain.deployment
        return UnknownJobError(
            job_id,
            f"was not posted to the queue at {deployment.queue} ({deployment.network}), as far as "
            "the node knows: check the id and the deployment",
        )

    def _pending(self, job_id: bytes, view: JobView, timeout: float) -> AnswerPendingError:
        if view.status is Status.NONE:
            return AnswerPendingError(
                job_id,
                "was posted, and the chain does not know it now: the node is behind, or the chain "
                "was reorganised. Wait again; posted again with its nonce it has the same id, and "
                "is refused if it is there",
                view,
            )
        return AnswerPendingError(
            job_id,
            f"has no final answer after {timeout:g} seconds: it is {view.status.name} in round "
            f"{view.round}, {view.committed} seats committed and {view.revealed} revealed. Wait "
            "again with its id; a round that ran out of time can be advanced by anybody, and an "
            "answer that can still be appealed is had at once as a provisional one",
            view,
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer that was given, whether or not it is final."""

    mark: tuple[Status, bytes]
    """What the view says where it stands."""
    job: Job
    payload: bytes
    proposer: ChecksumAddress


def _named(event: Event, view: JobView) -> tuple[bytes, ChecksumAddress] | None:
    """The result in an event and who proposed it, if the view names that."""
    if view.status is Status.PROPOSED:
        if isinstance(event, Proposed):
            mark = ids.proposal_mark(event.worker, event.digest)
            return (event.result, event.worker) if mark == view.mark else None
    elif isinstance(event, ResultPublished | Proposed) and ids.cut(event.digest) == view.mark:
        return event.result, ZERO_ADDRESS
    return None
