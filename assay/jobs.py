"""Jobs: what was asked, and what the chain says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, ClassVar

from eth_typing import ChecksumAddress

from assay import ids, words
from assay.terms import Callback, Rules, Terms


class Status(IntEnum):
    """Where a job is. DECIDED and PROPOSED are answers, final or not; no order is meant."""

    NONE = 0
    COMMITTING = 1
    REVEALING = 2
    DECIDED = 3
    UNRESOLVED = 4
    REFUNDED = 5
    PROPOSED = 6

    @property
    def answered(self) -> bool:
        """Whether there is an answer, final or not."""
        return self in (Status.DECIDED, Status.PROPOSED)

    @property
    def failed(self) -> bool:
        """Whether the job has ended without an answer."""
        return self in (Status.UNRESOLVED, Status.REFUNDED)


PROPOSAL = 0xFFFF
"""The slot that stands for a proposal in a ballot: no vote of a committee has it."""


class Stage(IntEnum):
    """What the slot of a vote holds."""

    UNUSED = 0
    FREE = 1
    COMMITTED = 2
    REVEALED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class JobKey:
    """The part of a job's preimage that its rounds need."""

    terms: Terms
    rules: Rules
    body: bytes

    def job_id(self, chain_id: int, queue: str) -> bytes:
        """The id of the job in that queue."""
        return ids.job_id(chain_id, queue, self.terms, self.rules, self.body)

    def as_tuple(self) -> tuple[int, int, bytes]:
        """In the order of the contracts' `JobKey`, for encoding."""
        return self.terms.pack(), self.rules.pack(), self.body


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a job asks."""

    requester: ChecksumAddress
    nonce: int
    """The requester's own choice below 2^96; it only has to make the request new."""
    version_id: bytes
    input_hash: bytes
    """keccak256 of the input payload."""
    terms: Terms
    callback: Callback = field(default_factory=Callback.none)

    def body(self) -> bytes:
        """The part the rounds do not need, as one hash."""
        return ids.body(self.requester, self.nonce, self.version_id, self.input_hash, self.callback)

    def key(self, rules: Rules) -> JobKey:
        """The part the rounds need."""
        return JobKey(terms=self.terms, rules=rules, body=self.body())

    def as_tuple(self) -> tuple[Any, ...]:
        """In the order of the contracts' `Request`, for encoding."""
        return (
            self.requester,
            self.nonce,
            self.version_id,
            self.input_hash,
            self.terms.pack(),
            self.callback.pack(),
        )


@dataclass(frozen=True, kw_only=True)
class Job:
    """A posted job: all of its preimage, its input, and where it was posted."""

    job_id: bytes
    request: Request
    rules: Rules
    input: bytes = field(repr=False)
    block_number: int
    block_hash: bytes
    timestamp: int | None
    """Of the block, where the node tells it with the log; `JobView.time` knows it in any case."""

    @cached_property
    def key(self) -> JobKey:
        """What the steps of its rounds take."""
        return self.request.key(self.rules)


@dataclass(frozen=True, kw_only=True, slots=True)
class JobView:
    """A job as `Settlement.job` shows it. Times are UNIX seconds, counts are seats."""

    status: Status
    closed: bool
    delivered: bool
    claimed: bool
    """PROPOSED: whether the proposal's bond and fee have been claimed."""
    round: int
    voids: int
    """Bit r: round r stayed short and was redrawn."""
    appeals: int
    """Bit r: the answer of round r was appealed."""
    committed: int
    revealed: int
    leading: int
    """Seats behind the leading digest."""
    steps: int
    """Of the prices of those seats, added up."""
    vindicated: int
    time: int
    """COMMITTING: when the round opened; PROPOSED: when that was; after that: when its reveal phase
    began."""
    seed_block: int
    """COMMITTING before the first commitment: the block whose hash seeds the round, else zero."""
    seed: int
    """COMMITTING after the first commitment: the seed of the round, else zero."""
    total_weight: int
    """COMMITTING after the first commitment: units of stake the round draws from, else zero."""
    mark: bytes
    """Once a result is revealed: 20 bytes of the leading (DECIDED: the answer's) digest; PROPOSED:
    of `ids.proposal_mark`; else zeros."""

    LAYOUT: ClassVar[words.Layout] = (
        ("status", 3),
        ("closed", 1),
        ("delivered", 1),
        ("fee_paid", 1),
        ("round", 3),
        ("voids", 8),
        ("committed", 7),
        ("revealed", 7),
        ("leading", 7),
        ("steps", 14),
        ("time", 34),
        ("appeals", 8),
        ("claimed", 1),
        ("gap", 1),
        ("mark", 160),
    )

    @classmethod
    def from_tuple(cls, raw: Sequence[Any]) -> JobView:
        """From the order of `ISettlement.JobView`."""
        status, closed, delivered, claimed, *counts, mark = raw
        round_, voids, appeals, committed, revealed, leading, steps, vindicated, *rest = counts
        time, seed_block, seed, total_weight = rest
        return cls(
            status=Status(status),
            closed=closed,
            delivered=delivered,
            claimed=claimed,
            round=round_,
            voids=voids,
            appeals=appeals,
            committed=committed,
            revealed=revealed,
            leading=leading,
            steps=steps,
            vindicated=vindicated,
            time=time,
            seed_block=seed_block,
            seed=seed,
            total_weight=total_weight,
            mark=bytes(mark),
        )

    @classmethod
    def from_word(cls, word: int) -> JobView:
        """From the word in the contract's storage (`contracts/types/JobWord.sol`).

        The word does not count vindicated seats; the view says zero.
        """
        fields = words.unpack("JobWord", cls.LAYOUT, word)
        mark, status = fields["mark"], Status(fields["status"])
        high, low = mark >> 64, mark & ((1 << 64) - 1)
        waiting = status is Status.COMMITTING and fields["committed"] == 0
        drawn = status is Status.COMMITTING and not waiting
        marked = status is not Status.COMMITTING and fields["leading"] != 0
        return cls(
            status=status,
            closed=bool(fields["closed"]),
            delivered=bool(fields["delivered"]),
            claimed=bool(fields["claimed"]),
            round=fields["round"],
            voids=fields["voids"],
            appeals=fields["appeals"],
            committed=fields["committed"],
            revealed=fields["revealed"],
            leading=fields["leading"],
            steps=fields["steps"],
            vindicated=0,
            time=fields["time"],
            seed_block=low if waiting else 0,
            seed=high if drawn else 0,
            total_weight=low if drawn else 0,
            mark=(mark if marked else 0).to_bytes(ids.CUT_BYTES, "big"),
        )

    @property
    def grown(self) -> int:
        """Rounds before this one that were not void; each has grown the committee once."""
        return grown_before(self.round, self.voids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """What one worker has said in one round, as `Settlement.vote` shows it."""

    stage: Stage
    vindicated: bool
    seats: int
    step: int
    """Of the price at which the seats were taken."""
    binding: bytes
    """28 bytes of `ids.vote_binding`."""

    LAYOUT: ClassVar[words.Layout] = (
        ("stage", 2),
        ("vindicated", 1),
        ("seats", 7),
        ("step", 8),
        ("gap", 14),
        ("binding", 224),
    )

    @classmethod
    def unpack(cls, word: int) -> Vote:
        """From the word (`contracts/types/Vote.sol`)."""
        fields = words.unpack("Vote", cls.LAYOUT, word)
        return cls(
            stage=Stage(fields["stage"]),
            vindicated=bool(fields["vindicated"]),
            seats=fields["seats"],
            step=fields["step"],
            binding=fields["binding"].to_bytes(28, "big"),
        )

    @property
    def is_busy(self) -> bool:
        """Whether the slot waits for a reveal or a claim."""
        return self.stage > Stage.FREE

    def opens(self, job_id: bytes, round_: int, first: bytes, second: bytes) -> bool:
        """Whether this is the vote of that round that the two words open."""
        return self.binding == ids.vote_binding(job_id, round_, first, second)[:28]


def grown_before(round_: int, voids: int) -> int:
    """Rounds before that one that were not void."""
    return round_ - (voids & ((1 << round_) - 1)).bit_count()


def quorum(terms: Terms, round_: int, grown: int) -> int:
    """Seats that decide a round: two thirds, rounded up; in the last a majority."""
    seats = terms.committee_after(grown)
    last = round_ + 1 == terms.rounds
    return seats // 2 + 1 if last else (2 * seats + 2) // 3


def final_at(terms: Terms, status: Status, round_: int, time: int) -> int:
    """When an answer can no longer be appealed: UNIX seconds, zero if it never could.

    `time` is that of the job's view. Meaningful for jobs that are answered.
    """
    if terms.appeal_window == 0 or round_ + 1 == terms.rounds:
        return 0
    revealing = terms.reveal_seconds if status is Status.DECIDED else 0
    return time + revealing + terms.appeal_window
