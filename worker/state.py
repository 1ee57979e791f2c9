"""A job as its events tell it: what `Settlement` keeps in one word, and who voted how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay import ids
from assay.jobs import PROPOSAL, Job, JobView, Status, final_at, grown_before, quorum
from assay.terms import Numerics

VoteKey = tuple[int, ChecksumAddress]
"""Round and worker."""


@dataclass(frozen=True, slots=True)
class VoteState:
    """What one worker has said in one round. A proposal is a vote in the slot PROPOSAL."""

    seats: int
    slot: int
    digest: bytes | None = None
    """Of the result it revealed; None before that."""
    supported: tuple[bytes, ...] = ()
    """Digests of the references it supports, the one its reveal named first."""
    vindicated: bool = False
    claimed: bool = False
    """Whether it is known to have been taken back."""
    step: int = 0
    """Of the price at which its seats were taken."""

    def place(self, round_: int) -> int:
        """Where the vote lies, as a ballot names it."""
        return round_ << 16 | self.slot

    @property
    def opening(self) -> tuple[bytes, bytes]:
        """The two words that open a revealed vote."""
        digest, supported = self.digest or b"", self.supported[0]
        return digest, bytes(32) if supported == digest else supported


@dataclass(frozen=True, kw_only=True, slots=True)
class JobState:
    """A job up to some block. Times are UNIX seconds of the chain."""

    job: Job = field(repr=False)
    opened_at: int
    seed_block: int
    changed_at: int
    """When its last event happened."""
    status: Status = Status.COMMITTING
    round: int = 0
    voids: int = 0
    reveals_at: int = 0
    """When the reveal phase began, once the chain says so, or when the answer was proposed."""
    answer: bytes | None = None
    """Digest of the answer, final or not; None while there is none."""
    vindicated: int = 0
    """Seats."""
    published: tuple[bytes, ...] = ()
    """Digests whose payloads proposals and reveals have published, in any round."""
    closed: bool = False
    delivered: bool = False
    delivery_tried: bool = False
    reveals: tuple[ChecksumAddress, ...] = ()
    """Who has revealed in this round, in that order."""
    votes: Mapping[VoteKey, VoteState] = field(default_factory=dict, repr=False)
    claims: Mapping[ChecksumAddress, int] = field(default_factory=dict, repr=False)
    """How many of its votes each worker has taken back."""
    appellants: Mapping[int, ChecksumAddress] = field(default_factory=dict)
    """Who appealed the answer of which round."""

    @property
    def job_id(self) -> bytes:
        """Names the job."""
        return self.job.job_id

    @property
    def exact(self) -> bool:
        """Whether results are compared by their digests."""
        return self.job.rules.numerics is Numerics.EXACT

    @property
    def grown(self) -> int:
        """Rounds before this one that were not void; each has grown the committee once."""
        return grown_before(self.round, self.voids)

    @property
    def committee(self) -> int:
        """Seats of the round under way."""
        return self.job.request.terms.committee_after(self.grown)

    @property
    def is_open(self) -> bool:
        """Whether the round has one seat, taken with a proposal in the clear."""
        return self.job.request.terms.is_open(self.grown)

    @property
    def quorum(self) -> int:
        """Seats that decide the round under way."""
        return quorum(self.job.request.terms, self.round, self.grown)

    @property
    def committed(self) -> int:
        """Seats taken in this round."""
        return sum(vote.seats for vote in self.round_votes.values())

    @property
    def revealed(self) -> int:
        """Seats of this round whose results are known."""
        return sum(vote.seats for vote in self.round_votes.values() if vote.digest is not None)

    @property
    def round_votes(self) -> dict[ChecksumAddress, VoteState]:
        """The votes of the round under way, or of the last."""
        return {w: vote for (r, w), vote in self.votes.items() if r == self.round}

    @property
    def references(self) -> dict[bytes, int]:
        """Seats behind each reference of this round, the first revealed first."""
        tallies: dict[bytes, int] = {}
        for worker in self.reveals:
            vote = self.votes[self.round, worker]
            for digest in vote.supported:
                tallies[digest] = tallies.get(digest, 0) + vote.seats
        return tallies

    @property
    def leading(self) -> int:
        """Seats of this round behind the leader."""
        return sum(vote.seats for vote in self._behind)

    @property
    def _behind(self) -> list[VoteState]:
        leader = self.leader
        return [vote for vote in self.round_votes.values() if leader and leader in vote.supported]

    @property
    def leader(self) -> bytes | None:
        """The digest in the job's word: the answer's, before that the first reference."""
        return self.answer or next(iter(self.references), None)

    @property
    def proposer(self) -> ChecksumAddress | None:
        """Who gave the answer, while no committee has decided."""
        return self.reveals[0] if self.status is Status.PROPOSED else None

    @property
    def final_at(self) -> int | None:
        """When the answer can no longer be appealed, 0 if it never could; None without one."""
        if not self.status.answered:
            return None
        return final_at(self.job.request.terms, self.status, self.round, self.reveals_at)

    def is_final(self, now: int) -> bool:
        """Whether there is an answer that nobody can appeal any more."""
        return self.final_at is not None and now >= self.final_at

    def is_void(self, round_: int) -> bool:
        """Whether that round stayed short, so that nobody in it can have done wrong."""
        return bool(self.voids >> round_ & 1)

    @property
    def view(self) -> JobView:
        """The job as `Settlement.job` shows it, but for seed and weight, which no event tells."""
        committing = self.status is Status.COMMITTING
        proposal = self.votes[self.round, self.proposer] if self.proposer else None
        return JobView(
            status=self.status,
            closed=self.closed,
            delivered=self.delivered,
            claimed=proposal is not None and proposal.claimed,
            round=self.round,
            voids=self.voids,
            appeals=sum(1 << round_ for round_ in self.appellants),
            committed=self.committed,
            revealed=self.revealed,
            leading=self.leading,
            steps=sum(vote.seats * vote.step for vote in self._behind),
            vindicated=self.vindicated,
            time=self.reveals_at or self.opened_at,
            seed_block=self.seed_block if committing and not self.committed else 0,
            seed=0,
            total_weight=0,
            mark=self._mark,
        )

    @property
    def _mark(self) -> bytes:
        if self.proposer is not None and self.answer is not None:
            return ids.proposal_mark(self.proposer, self.answer)
        return bytes(ids.CUT_BYTES) if self.leader is None else ids.cut(self.leader)


def proposal(digest: bytes, step: int) -> VoteState:
    """The vote of whoever proposed an answer."""
    return VoteState(seats=1, slot=PROPOSAL, digest=digest, supported=(digest,), step=step)
