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
    job_id: bytes
    worker: ChecksumAddress
    round: int
    seats: int
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Revealed(Event):
    job_id: bytes
    worker: ChecksumAddress
    seats: int
    digest: bytes
    supported: bytes


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
    round: int
    bond: int
    fee: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed(Event):
    """The job's money was divided: seats that were right and lost, then amounts in wei."""

    job_id: bytes
    right: int
    lost: int
    burned: int
    refund: int
    treasury: int
