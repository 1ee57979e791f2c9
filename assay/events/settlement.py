"""Events of Settlement: the rounds of all jobs."""

from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundOpened(Event):
    """A round after the first; the first opens with `JobPosted`."""

    job_id: bytes
    round: int
    seed_block: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed(Event):
    """Seats were taken."""

    job_id: bytes
    worker: ChecksumAddress
    seat: int
    """Seats, round and slot of the vote in one word: `seats << 32 | round << 16 | slot`."""

    @property
    def seats(self) -> int:
        return self.seat >> 32

    @property
    def round(self) -> int:
        return self.place >> 16

    @property
    def slot(self) -> int:
        return self.place & 0xFFFF

    @property
    def place(self) -> int:
        """Where the vote lies, as a ballot names it: round and slot."""
        return self.seat & 0xFFFF_FFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class Revealed(Event):
    job_id: bytes
    worker: ChecksumAddress
    digest: bytes
    supported: bytes
    """Digest of the reference supported; zero if that is the worker's own."""

    @property
    def reference(self) -> bytes:
        """Digest of the reference supported, whosever it is."""
        return self.supported if any(self.supported) else self.digest


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultPublished(Event):
    """The first reveal of a digest in a round publishes its payload."""

    job_id: bytes
    digest: bytes
    result: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SupportAdded(Event):
    job_id: bytes
    worker: ChecksumAddress
    supported: bytes
    seats: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided(Event):
    job_id: bytes
    round: int
    digest: bytes
    """The 21 bytes of it that the job keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vindicated(Event):
    job_id: bytes
    worker: ChecksumAddress
    round: int
    seats: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundVoided(Event):
    job_id: bytes
    round: int
    committed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundUndecided(Event):
    job_id: bytes
    round: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JobUnresolved(Event):
    job_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRefunded(Event):
    job_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed(Event):
    """A vote was taken back: `bond` units returned and `fee` wei paid; zeros when it was wrong."""

    job_id: bytes
    worker: ChecksumAddress
    bond: int
    fee: int


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
