"""Events of Settlement: the rounds of all jobs."""

from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import address
from assay.events.base import Event

_ADDRESS = (1 << 160) - 1


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
        return address((self.seat & _ADDRESS).to_bytes(20, "big"))

    @property
    def step(self) -> int:
        return self.seat >> 160

    @property
    def digest(self) -> bytes:
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
    """A result was revealed. It supports itself, unless `Supported` follows at once."""

    job_id: bytes
    worker: ChecksumAddress
    digest: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Supported(Event):
    """TOLERANCE: a revealed result supports another one as its reference."""

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
        return ids.digest(self.result)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided(Event):
    job_id: bytes
    digest: bytes
    """The 20 bytes of it that the job keeps."""


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
    """A vote was taken back."""

    job_id: bytes
    worker: ChecksumAddress
    amount: int
    """Wei of its bond, which returned to stake, and its fee; zero if it was wrong."""


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
