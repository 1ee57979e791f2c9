"""Events of JobQueue and of what it inherits."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay import ids
from assay.events.base import Event
from assay.jobs import Job, Request
from assay.terms import Callback, Rules, Terms


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPosted(Event):
    """All of a job's preimage, and its input."""

    job_id: bytes
    version_id: bytes
    requester: ChecksumAddress
    nonce: int
    terms: Terms
    rules: Rules
    callback: Callback
    input: bytes = field(repr=False)

    def job(self) -> Job:
        """The job as it was posted."""
        request = Request(
            requester=self.requester,
            nonce=self.nonce,
            version_id=self.version_id,
            input_hash=ids.digest(self.input),
            terms=self.terms,
            callback=self.callback,
        )
        return Job(
            job_id=self.job_id,
            request=request,
            rules=self.rules,
            input=self.input,
            block_number=self.at.block_number,
            block_hash=self.at.block_hash,
            timestamp=self.at.timestamp,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class JobsPosted(Event):
    """Many jobs that differ in nonce and input only: job i has the nonce `first_nonce + i`."""

    version_id: bytes
    requester: ChecksumAddress
    first_nonce: int
    terms: Terms
    rules: Rules
    callback: Callback
    inputs: tuple[bytes, ...] = field(repr=False)

    def each(self, chain_id: int, queue: str) -> Iterator[JobPosted]:
        """Every job as if it had been posted alone, in the queue at that address."""
        for nonce, payload in enumerate(self.inputs, self.first_nonce):
            input_hash = ids.digest(payload)
            body = ids.body(self.requester, nonce, self.version_id, input_hash, self.callback)
            yield JobPosted(
                at=self.at,
                job_id=ids.job_id(chain_id, queue, self.terms, self.rules, body),
                version_id=self.version_id,
                requester=self.requester,
                nonce=nonce,
                terms=self.terms,
                rules=self.rules,
                callback=self.callback,
                input=payload,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class JobCancelled(Event):
    """Its requester took the job back; the whole escrow is credit again."""

    job_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered(Event):
    """The callback took the answer."""

    job_id: bytes
    target: ChecksumAddress
    deliverer: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryFailed(Event):
    """The callback reverted or ran out of its stipend; anyone may try again."""

    job_id: bytes
    target: ChecksumAddress
    deliverer: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtocolFeeChanged(Event):
    """The treasury gets another share of seat fees in jobs posted from now on."""

    previous_bps: int
    bps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnShareChanged(Event):
    """Another share of lost bonds is burned in jobs posted from now on."""

    previous_bps: int
    bps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TreasuryWithdrawn(Event):
    """The owner paid `amount` wei out of the treasury."""

    to: ChecksumAddress
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchItemFailed(Event):
    """One call of a batch reverted and had no effect. Settlement emits it too."""

    index: int
    reason: bytes
    """The ABI-encoded error; `assay.reverts` decodes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnershipTransferStarted(Event):
    """The owner of a contract offers it to another account."""

    previous_owner: ChecksumAddress
    new_owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnershipTransferred(Event):
    """A contract has a new owner."""

    previous_owner: ChecksumAddress
    new_owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused(Event):
    """New jobs (JobQueue) or new versions (ModelRegistry) are not accepted."""

    account: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpaused(Event):
    """New jobs (JobQueue) or new versions (ModelRegistry) are accepted again."""

    account: ChecksumAddress
