"""Events of Settlement: the rounds of all jobs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import address
from assay.events.base import Event, EventDecodeError

_ADDRESS = (1 << 160) - 1

_Value = TypeVar("_Value")


def _taken(job_ids: Sequence[bytes], values: Sequence[_Value]) -> Iterator[tuple[bytes, _Value]]:
    """Pairs of a job and what is said of it, without those that were refused, whose id is zero."""
    if len(job_ids) != len(values):
        raise EventDecodeError(
            f"an event about {len(job_ids)} jobs with {len(values)} values; check that the address "
            "is of this deployment"
        )
    return ((job_id, value) for job_id, value in zip(job_ids, values, strict=True) if any(job_id))


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundOpened(Event):
    """A round after the first; the first opens with `JobPosted`."""

    job_id: bytes
    round: int
    seed_block: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed(Event):
    """The worker drawn for an open round has given the answer."""

    job_id: bytes
    seat: int
    """The worker and the step of the price of its seat in one word: `step << 160 | worker`."""
    result: bytes = field(repr=False)

    @property
    def worker(self) -> ChecksumAddress:
        """The cold account of the worker that proposed."""
        return address((self.seat & _ADDRESS).to_bytes(20, "big"))

    @property
    def step(self) -> int:
        """Of the price the seat is paid."""
        return self.seat >> 160

    @property
    def digest(self) -> bytes:
        """Of the result."""
        return ids.digest(self.result)


@dataclass(frozen=True, kw_only=True, slots=True)
class Appealed(Event):
    """The answer of a round was appealed; `RoundOpened` follows at once."""

    job_id: bytes
    appellant: ChecksumAddress
    round: int
    """The one whose answer it was."""
    deposit: int
    """Wei: a bond, and the seats of all rounds that may follow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upheld(Event):
    """The answer of an appealed round was given again by the round that the appeal caused, or shown
    to be right (TOLERANCE)."""

    job_id: bytes
    round: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealSettled(Event):
    """An appellant has got back what was left of its deposit, with what it earned."""

    job_id: bytes
    appellant: ChecksumAddress
    round: int
    amount: int
    """Wei."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed(Event):
    """Seats were taken."""

    job_id: bytes
    worker: ChecksumAddress
    seat: int
    """Seats, round and slot of the vote in one word: `seats << 32 | round << 16 | slot`."""

    @property
    def seats(self) -> int:
        """How many were taken."""
        return self.seat >> 32

    @property
    def round(self) -> int:
        """In which they were taken."""
        return self.place >> 16

    @property
    def slot(self) -> int:
        """Where the vote lies in the worker's ring."""
        return self.place & 0xFFFF

    @property
    def place(self) -> int:
        """Where the vote lies, as a ballot names it: round and slot."""
        return self.seat & 0xFFFF_FFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class CommittedMany(Event):
    """One worker's seats in many jobs; an id is zero where none was taken."""

    worker: ChecksumAddress
    job_ids: tuple[bytes, ...]
    seats: tuple[int, ...]

    def each(self) -> Iterator[Committed]:
        """Every job's, as if it had been taken alone. Raises EventDecodeError."""
        for job_id, seat in _taken(self.job_ids, self.seats):
            yield Committed(at=self.at, job_id=job_id, worker=self.worker, seat=seat)


@dataclass(frozen=True, kw_only=True, slots=True)
class Revealed(Event):
    """A result was revealed. It supports itself, unless `Supported` follows at once."""

    job_id: bytes
    worker: ChecksumAddress
    digest: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class RevealedMany(Event):
    """One worker's results in many jobs; an id is zero where none was revealed.

    It comes after what the reveals published and decided.
    """

    worker: ChecksumAddress
    job_ids: tuple[bytes, ...]
    digests: tuple[bytes, ...]

    def each(self) -> Iterator[Revealed]:
        """Every job's, as if it had been revealed alone. Raises EventDecodeError."""
        for job_id, digest in _taken(self.job_ids, self.digests):
            yield Revealed(at=self.at, job_id=job_id, worker=self.worker, digest=digest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Supported(Event):
    """TOLERANCE: what the result that was just revealed supports instead of itself."""

    job_id: bytes
    worker: ChecksumAddress
    digest: bytes
    """Of the reference."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SupportAdded(Event):
    """TOLERANCE: a revealed result supports another one too. Anybody may have seen to that."""

    job_id: bytes
    worker: ChecksumAddress
    digest: bytes
    """Of the reference."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultPublished(Event):
    """The first reveal of a digest in a round publishes its payload."""

    job_id: bytes
    result: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Of the result."""
        return ids.digest(self.result)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided(Event):
    """A reveal reached the quorum."""

    job_id: bytes
    digest: bytes
    """The 20 bytes of it that the job keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vindicated(Event):
    """TOLERANCE: seats were shown to be right, being near enough to the settled answer."""

    job_id: bytes
    worker: ChecksumAddress
    round: int
    seats: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundVoided(Event):
    """Fewer seats than a quorum had committed: bonds return, and the round is redrawn."""

    job_id: bytes
    round: int
    committed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundUndecided(Event):
    """A quorum had committed, and no answer reached it."""

    job_id: bytes
    round: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JobUnresolved(Event):
    """The last round ended without a decision."""

    job_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRefunded(Event):
    """The job ended without any seat being judged."""

    job_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed(Event):
    """A vote was taken back."""

    job_id: bytes
    worker: ChecksumAddress
    amount: int
    """Wei of its bond, which returned to stake, and its fee; zero if it was wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedMany(Event):
    """Many votes of one worker; an id is zero where a claim had no effect.

    A job comes twice if votes of two rounds were taken back.
    """

    worker: ChecksumAddress
    job_ids: tuple[bytes, ...]
    amounts: tuple[int, ...]

    def each(self) -> Iterator[Claimed]:
        """Every vote, as if it had been taken back alone. Raises EventDecodeError."""
        for job_id, amount in _taken(self.job_ids, self.amounts):
            yield Claimed(at=self.at, job_id=job_id, worker=self.worker, amount=amount)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimSkipped(Event):
    """A claim had no effect."""

    job_id: bytes
    worker: ChecksumAddress
    reason: bytes
    """Selector of the error that says why; `assay.reverts.name_of` knows its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed(Event):
    """The job's money was divided: seats that were right and lost, then amounts in wei."""

    job_id: bytes
    right: int
    lost: int
    burned: int
    refund: int
    treasury: int
    royalty: int
