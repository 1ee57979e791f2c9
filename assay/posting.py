"""Posting jobs: everything is checked before anything is paid."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay import bounds, ids
from assay.chain import Chain
from assay.contract_errors import ContractError, contract_error
from assay.errors import AssayError
from assay.events import JobPosted
from assay.jobs import Job, Request
from assay.tensors import decode
from assay.terms import Callback, Rules, Terms, escrow_units
from assay.transactions import Mined, Sender, TransactionPendingError

_NONCE_BITS = 96
_BATCH_ITEM_GAS = 10_000
"""More than a batch adds to each of its calls."""


class PostingError(AssayError):
    """A job was not posted as asked."""


class PostPendingError(TransactionPendingError):
    """The transaction of a post is not mined yet. Go on with `job_ids` when it is."""

    def __init__(self, pending: TransactionPendingError, job_ids: Sequence[bytes]) -> None:
        super().__init__(pending.transaction_hash, pending.reason)
        self.job_ids = tuple(job_ids)

    def __str__(self) -> str:
        names = ", ".join("0x" + job_id.hex() for job_id in self.job_ids)
        return f"{super().__str__()}. Then the job is {names}"


class PartlyPostedError(PostingError):
    """Some jobs of a batch were refused; the others in `posted` run.

    `failures` says why, by the index in the batch.
    """

    def __init__(self, posted: Sequence[PostedJob], failures: Mapping[int, ContractError]) -> None:
        super().__init__(tuple(posted), dict(failures))
        self.posted = tuple(posted)
        self.failures = dict(failures)

    def __str__(self) -> str:
        reasons = "; ".join(f"{index}: {error}" for index, error in self.failures.items())
        return f"{len(self.posted)} jobs were posted and {len(self.failures)} refused ({reasons})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A job to be posted."""

    version_id: bytes
    payload: bytes = field(repr=False)
    terms: Terms
    callback: Callback = field(default_factory=Callback.none)
    nonce: int = field(default_factory=lambda: secrets.randbits(_NONCE_BITS))
    """Below 2^96; it only has to make the request new."""

    def request(self, requester: ChecksumAddress) -> Request:
        """What is asked, once it is known by whom."""
        return Request(
            requester=requester,
            nonce=self.nonce,
            version_id=self.version_id,
            input_hash=ids.digest(self.payload),
            terms=self.terms,
            callback=self.callback,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedJob:
    """A job that the chain has taken."""

    job: Job
    escrow: int
    """Wei taken from the requester's credit. What is not spent comes back."""
    transaction_hash: bytes

    @property
    def job_id(self) -> bytes:
        """All that is needed to find the job again."""
        return self.job.job_id


class Poster:
    """Posts jobs of one account."""

    def __init__(self, chain: Chain, sender: Sender) -> None:
        self._chain = chain
        self._sender = sender

    def post(self, postings: Sequence[Posting]) -> list[PostedJob]:
        """Posts all in one transaction, after checking each; the jobs are in the same order.

        Raises:
            MalformedPayloadError: a payload is no payload.
            TermsOutOfBoundsError, UnknownVersionError, DeprecatedVersionError, PausedError,
            InsufficientCreditError: the queue would refuse a job. Nothing was sent.
            PartlyPostedError: some were refused when they were mined.
            PostPendingError: the transaction was sent and is not mined in time.
        """
        rules = self._check(postings)
        expected = [self._job_id(posting, rules[posting.version_id]) for posting in postings]
        try:
            mined = self._send(postings)
        except TransactionPendingError as pending:
            raise PostPendingError(pending, expected) from None
        posted = self._posted(mined)
        if mined.failures:
            raise PartlyPostedError(posted, mined.failures)
        self._compare(postings, posted)
        return posted

    def escrow(self, terms: Terms, callback: Callback) -> int:
        """Wei that a job under these terms takes from the requester's credit."""
        return escrow_units(terms, callback) * self._chain.deployment.unit

    def _check(self, postings: Sequence[Posting]) -> dict[bytes, Rules]:
        queue = self._chain.queue.functions
        shortest_phase = self._chain.call(queue.SHORTEST_PHASE())
        rules = {
            version: Rules.unpack(self._chain.call(queue.rulesOf(version)))
            for version in {posting.version_id for posting in postings}
        }
        for posting in postings:
            burn_bps = rules[posting.version_id].burn_bps
            epoch = self._chain.deployment.epoch
            bounds.check_terms(posting.terms, burn_bps, shortest_phase, epoch)
            bounds.check_callback(posting.callback)
            decode(posting.payload)
        if self._chain.call(queue.paused()):
            raise contract_error("EnforcedPause")
        required = sum(self.escrow(posting.terms, posting.callback) for posting in postings)
        account = self._sender.address
        available = self._chain.call(self._chain.vault.functions.credit(account))
        if available < required:
            raise contract_error(
                "InsufficientCredit", account=account, available=available, required=required
            )
        return rules

    def _job_id(self, posting: Posting, rules: Rules) -> bytes:
        deployment = self._chain.deployment
        key = posting.request(self._sender.address).key(rules)
        return key.job_id(deployment.chain_id, deployment.queue)

    def _send(self, postings: Sequence[Posting]) -> Mined:
        queue = self._chain.queue.functions
        calls = [
            queue.post(
                posting.version_id,
                posting.nonce,
                posting.terms.pack(),
                posting.callback.pack(),
                posting.payload,
            )
            for posting in postings
        ]
        if len(calls) == 1:
            return self._sender.send(calls[0])
        # A batch never reverts, so estimating it would find too little gas for its calls.
        gas = sum(self._sender.estimate(call) + _BATCH_ITEM_GAS for call in calls)
        encoded = [self._chain.queue.encode_abi("post", args=call.arguments) for call in calls]
        return self._sender.send(queue.batch(encoded), gas)

    def _posted(self, mined: Mined) -> list[PostedJob]:
        found = [event for event in mined.events if isinstance(event, JobPosted)]
        return [
            PostedJob(
                job=event.job(),
                escrow=self.escrow(event.terms, event.callback),
                transaction_hash=mined.transaction_hash,
            )
            for event in found
        ]

    def _compare(self, postings: Sequence[Posting], posted: Sequence[PostedJob]) -> None:
        """What the events say must be what was sent, and hash to the ids they name.

        The rules may differ from those read before: the protocol's shares can have changed.
        """
        deployment, account = self._chain.deployment, self._sender.address
        for posting, one in zip(postings, posted, strict=True):
            derived = one.job.key.job_id(deployment.chain_id, deployment.queue)
            if one.job.request != posting.request(account) or derived != one.job_id:
                raise PostingError(
                    f"the queue at {deployment.queue} says that it posted 0x{one.job_id.hex()}, "
                    "which is not what was sent: it is not the queue this version of the package "
                    "speaks to"
                )
