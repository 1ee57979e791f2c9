"""A job as its events tell it: what `Settlement` keeps in one word, and who voted how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay import ids
from assay.jobs import Job, JobView, Status, quorum
from assay.terms import Numerics

VoteKey = tuple[int, ChecksumAddress]
"""Round and worker."""


@dataclass(frozen=True, slots=True)
class VoteState:
    """What one worker has said in one round."""

    seats: int
    slot: int
    digest: bytes | None = None
    """Of the result it revealed; None before that."""
    supported: tuple[bytes, ...] = ()
    """Digests of the references it supports, the one its reveal named first."""
    vindicated: bool = False
    claimed: bool = False
    """Whether it is known to have been taken back."""

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
    """When the reveal phase began, once the chain says so."""
    settled: bytes | None = None
    """The settled digest, once the job is decided."""
    vindicated: int = 0
    """Seats."""
    published: tuple[bytes, ...] = ()
    """Digests whose payloads reveals have published, in any round."""
    closed: bool = False
    delivered: bool = False
    delivery_tried: bool = False
    reveals: tuple[ChecksumAddress, ...] = ()
    """Who has revealed in this round, in that order."""
    last_reveal: tuple[int, int] = (0, 0)
    """Block and log index of the last one."""
    votes: Mapping[VoteKey, VoteState] = field(default_factory=dict, repr=False)
    claims: Mapping[ChecksumAddress, int] = field(default_factory=dict, repr=False)
    """How many of its votes each worker has taken back."""

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
        """Rounds before this one that ended undecided; each has grown the committee once."""
        return self.round - (self.voids & ((1 << self.round) - 1)).bit_count()

    @property
    def committee(self) -> int:
        """Seats of the round under way."""
        return self.job.request.terms.committee_after(self.grown)

    @property
    def quorum(self) -> int:
        """Seats that decide the round under way."""
        return quorum(self.job.request.terms, self.view)

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
    def leader(self) -> bytes | None:
        """The digest in the job's word: the settled one, before that the first reference."""
        return self.settled or next(iter(self.references), None)

    def is_void(self, round_: int) -> bool:
        """Whether that round stayed short, so that nobody in it can have done wrong."""
        return bool(self.voids >> round_ & 1)

    @property
    def view(self) -> JobView:
        """The job as `Settlement.job` shows it, but for seed and weight, which no event tells."""
        committing = self.status is Status.COMMITTING
        leader = self.leader
        return JobView(
            status=self.status,
            closed=self.closed,
            delivered=self.delivered,
            round=self.round,
            voids=self.voids,
            committed=self.committed,
            revealed=self.revealed,
            leading=self.references.get(leader, 0) if leader else 0,
            vindicated=self.vindicated,
            time=self.opened_at if committing else self.reveals_at,
            seed_block=self.seed_block if committing and not self.committed else 0,
            seed=0,
            total_weight=0,
            digest=bytes(ids.CUT_BYTES) if leader is None else ids.cut(leader),
        )
