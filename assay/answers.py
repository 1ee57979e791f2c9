"""Answers: what became of a job, read from the chain by its id alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt
from eth_typing import BlockNumber, HexStr
from web3.types import BlockIdentifier

from assay import ids
from assay.chain import Chain
from assay.errors import AssayError
from assay.events import Event, JobCancelled, JobPosted, ResultPublished, topics
from assay.jobs import Job, JobView, Status
from assay.tensors import EMPTY_PAYLOAD, decode


class JobError(AssayError):
    """A job has no answer, or not yet."""

    def __init__(self, job_id: bytes, message: str) -> None:
        super().__init__(f"job 0x{job_id.hex()} {message}")
        self.job_id = job_id


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
    """It was not settled in time. `view` is how it stands; waiting again goes on from there."""

    def __init__(self, job_id: bytes, message: str, view: JobView) -> None:
        super().__init__(job_id, message)
        self.view = view


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The settled answer of a job."""

    job_id: bytes
    payload: bytes = field(repr=False)
    """The result as the workers encoded it (docs/encoding.md)."""

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
            if isinstance(event, JobPosted):
                return event.job()
        raise self._unknown(job_id)

    def history(self, job_id: bytes) -> list[Event]:
        """All that happened to the job, in order. Raises UnknownJobError."""
        found: list[Event] = []
        for event in self._newest_first(job_id):
            found.insert(0, event)
            if isinstance(event, JobPosted):
                return found
        raise self._unknown(job_id)

    def wait(self, job_id: bytes, timeout: float, known: bool) -> Answer:
        """The settled answer; looks again until there is one, at most `timeout` seconds long.

        `known` says that the job has been seen on this chain, so a node that does not know it is
        only behind.
        """
        deadline = time.monotonic() + timeout
        while True:
            view = self.view(job_id, self._trusted_block())
            if view.status is Status.NONE and not known:
                self.job(job_id)
                known = True
            if view.ended:
                answer = self._ended(job_id, view)
                if answer is not None:
                    return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._pending(job_id, view, timeout)
            time.sleep(min(self._poll, left))

    def _trusted_block(self) -> BlockIdentifier:
        if self._confirmations == 0:
            return "latest"
        return BlockNumber(max(0, self._chain.head() - self._confirmations))

    def _ended(self, job_id: bytes, view: JobView) -> Answer | None:
        if view.status is Status.UNRESOLVED:
            raise JobUnresolvedError(
                job_id,
                "ended without an answer: its last round found no majority. When it is closed "
                "the unspent escrow returns to the requester's credit",
            )
        if view.status is Status.REFUNDED:
            raise self._why_refunded(job_id)
        payload = self._published(job_id, view.digest)
        settled = self._chain.settlement.functions.isSettled(job_id, ids.digest(payload))
        if not self._chain.call(settled):
            return None
        return Answer(job_id=job_id, payload=payload)

    def _why_refunded(self, job_id: bytes) -> JobError:
        cancelled = any(
            isinstance(event, JobCancelled)
            for event in self._newest_first(job_id, topics(JobCancelled, JobPosted))
        )
        if cancelled:
            return JobCancelledError(job_id, "was cancelled, and its escrow returned")
        return JobRefundedError(
            job_id,
            "found too few workers. When it is closed its escrow returns to the requester's "
            "credit; post it again with a smaller committee, a higher fee or longer phases",
        )

    def _published(self, job_id: bytes, cut: bytes) -> bytes:
        """The result whose digest begins with what the job keeps of it."""
        for event in self._newest_first(job_id, topics(ResultPublished, JobPosted)):
            if isinstance(event, ResultPublished) and ids.cut(event.digest) == cut:
                return event.result
        raise ResultMissingError(
            job_id,
            f"is decided, and the log with its result (digest 0x{cut.hex()}…) is not there: the "
            "node may have dropped old logs; ask another one",
        )

    def _newest_first(
        self, job_id: bytes, kinds: Sequence[HexStr] | None = None
    ) -> Iterator[Event]:
        """Events of the job, back to the one that posted it."""
        wanted = [kinds, HexStr("0x" + job_id.hex())]
        for page in self._chain.events_backwards(wanted):
            for event in page:
                yield event
                if isinstance(event, JobPosted):
                    return

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
            f"has no settled answer after {timeout:g} seconds: it is {view.status.name} in round "
            f"{view.round}, {view.committed} seats committed and {view.revealed} revealed. Wait "
            "again with its id; a round that ran out of time can be advanced by anybody",
            view,
        )
