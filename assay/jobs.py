"""Jobs: what was asked, and what the chain says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar

from eth_typing import ChecksumAddress

from assay import ids, words
from assay.terms import Callback, Rules, Terms


class Status(IntEnum):
    """Where a job is. The last three are ends."""

    NONE = 0
    COMMITTING = 1
    REVEALING = 2
    DECIDED = 3
    UNRESOLVED = 4
    REFUNDED = 5


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


@dataclass(frozen=True, kw_only=True, slots=True)
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

    @property
    def key(self) -> JobKey:
        """What the steps of its rounds take."""
        return self.request.key(self.rules)


@dataclass(frozen=True, kw_only=True, slots=True)
class JobView:
    """A job as `Settlement.job` shows it. Times are UNIX seconds, counts are seats."""

    status: Status
    closed: bool
    delivered: bool
    round: int
    voids: int
    """Bit r: round r stayed short and was redrawn."""
    committed: int
    revealed: int
    leading: int
    vindicated: int
    time: int
    """COMMITTING: when the round opened; after that: when its reveal phase began."""
    seed_block: int
    """COMMITTING before the first commitment: the block whose hash seeds the round, else zero."""
    seed: int
    """COMMITTING after the first commitment: the seed of the round, else zero."""
    total_weight: int
    """COMMITTING after the first commitment: units of stake the round draws from, else zero."""
    digest: bytes
    """REVEALING and after: 21 bytes of the leading (DECIDED: the settled) digest, else zeros."""

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
        ("vindicated", 9),
        ("time", 34),
        ("gap", 7),
        ("mark", 168),
    )

    @classmethod
    def from_tuple(cls, raw: Sequence[Any]) -> JobView:
        """From the order of `ISettlement.JobView`."""
        status, closed, delivered, *counts, digest = raw
        round_, voids, committed, revealed, leading, vindicated, time, *draw = counts
        seed_block, seed, total_weight = draw
        return cls(
            status=Status(status),
            closed=closed,
            delivered=delivered,
            round=round_,
            voids=voids,
            committed=committed,
            revealed=revealed,
            leading=leading,
            vindicated=vindicated,
            time=time,
            seed_block=seed_block,
            seed=seed,
            total_weight=total_weight,
            digest=bytes(digest),
        )

    @classmethod
    def from_word(cls, word: int) -> JobView:
        """From the word in the contract's storage (`contracts/types/JobWord.sol`)."""
        fields = words.unpack("JobWord", cls.LAYOUT, word)
        mark, status = fields["mark"], Status(fields["status"])
        high, low = mark >> 64, mark & ((1 << 64) - 1)
        waiting = status is Status.COMMITTING and fields["committed"] == 0
        drawn = status is Status.COMMITTING and not waiting
        shows_digest = status > Status.COMMITTING
        return cls(
            status=status,
            closed=bool(fields["closed"]),
            delivered=bool(fields["delivered"]),
            round=fields["round"],
            voids=fields["voids"],
            committed=fields["committed"],
            revealed=fields["revealed"],
            leading=fields["leading"],
            vindicated=fields["vindicated"],
            time=fields["time"],
            seed_block=low if waiting else 0,
            seed=high if drawn else 0,
            total_weight=low if drawn else 0,
            digest=(mark if shows_digest else 0).to_bytes(ids.CUT_BYTES, "big"),
        )

    @property
    def grown(self) -> int:
        """Rounds before this one that ended undecided; each has grown the committee once."""
        return self.round - (self.voids & ((1 << self.round) - 1)).bit_count()

    @property
    def ended(self) -> bool:
        """Whether no further round can follow."""
        return self.status >= Status.DECIDED


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """What one worker has said in one round, as `Settlement.vote` shows it."""

    stage: Stage
    vindicated: bool
    seats: int
    binding: bytes
    """28 bytes of `ids.vote_binding`."""

    LAYOUT: ClassVar[words.Layout] = (
        ("stage", 2),
        ("vindicated", 1),
        ("seats", 7),
        ("gap", 22),
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
            binding=fields["binding"].to_bytes(28, "big"),
        )

    @property
    def is_busy(self) -> bool:
        """Whether the slot waits for a reveal or a claim."""
        return self.stage > Stage.FREE

    def opens(self, job_id: bytes, round_: int, first: bytes, second: bytes) -> bool:
        """Whether this is the vote of that round that the two words open."""
        return self.binding == ids.vote_binding(job_id, round_, first, second)[:28]


def quorum(terms: Terms, view: JobView) -> int:
    """Seats that decide the round under way: two thirds, rounded up; in the last a majority."""
    seats = terms.committee_after(view.grown)
    last = view.round + 1 == terms.rounds
    return seats // 2 + 1 if last else (2 * seats + 2) // 3
