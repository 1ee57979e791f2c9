"""How jobs stand, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assay import rpc
from assay.cli.output import when
from assay.cli.session import Session
from assay.jobs import Job, JobView, Status, final_at
from assay.terms import MODE_OPTIMISTIC


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A job and what the chain says about it at a time."""

    job: Job
    view: JobView
    now: int
    """Of the chain, UNIX seconds."""

    @property
    def final_at(self) -> int:
        """When the answer can no longer be appealed; 0 if it never could."""
        return final_at(self.job.request.terms, self.view.status, self.view.round, self.view.time)

    @property
    def final(self) -> bool:
        """Whether there is an answer that nobody can appeal."""
        return self.view.status.answered and self.now >= self.final_at

    @property
    def says(self) -> str:
        """The same in some words."""
        status, view = self.view.status, self.view
        if status.answered:
            closed = ", closed" if view.closed else ""
            if self.final:
                return f"final{closed}"
            return f"answered, final on {when(self.final_at)} unless appealed"
        if status is Status.COMMITTING:
            return f"round {view.round}: {view.committed} of {self.seats} seats taken"
        if status is Status.REVEALING:
            return f"round {view.round}: {view.revealed} of {view.committed} votes opened"
        return {
            Status.NONE: "not on the chain",
            Status.REFUNDED: "refunded: cancelled, or too few workers came",
            Status.UNRESOLVED: "unresolved: no majority in the last round",
        }[status]

    @property
    def seats(self) -> int:
        """Of the round it is in."""
        return self.job.request.terms.committee_after(self.view.grown)

    def document(self, session: Session) -> dict[str, Any]:
        """For programs. Amounts in wei, times UNIX seconds."""
        request, view = self.job.request, self.view
        quote = session.reader.quote(request.terms, request.callback)
        return {
            "job": self.job.job_id,
            "version": request.version_id,
            "requester": request.requester,
            "block": self.job.block_number,
            "mode": mode(self.job),
            "status": view.status.name,
            "final": self.final,
            "final_at": self.final_at if view.status.answered else None,
            "round": view.round,
            "seats": self.seats,
            "committed": view.committed,
            "revealed": view.revealed,
            "closed": view.closed,
            "delivered": view.delivered,
            "escrow": quote.escrow,
        }


def mode(job: Job) -> str:
    """The word for its first round."""
    return "optimistic" if job.request.terms.mode == MODE_OPTIMISTIC else "committee"


def now(session: Session) -> int:
    """Time of the newest block."""
    with rpc.translated(session.w3):
        return int(session.w3.eth.get_block("latest")["timestamp"])


def of(session: Session, job: Job, at: int | None = None) -> Standing:
    """How a job stands. `at` is the time of the chain, where it is known already."""
    view = session.reader.view(job)
    return Standing(job=job, view=view, now=now(session) if at is None else at)
