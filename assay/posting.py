"""Posting jobs: everything is checked before anything is paid."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress
from hexbytes import HexBytes

from assay import bounds, ids
from assay.chain import Chain
from assay.contract_errors import ContractError, contract_error
from assay.credit import Credit
from assay.errors import AssayError
from assay.events import JobPosted, JobsPosted
from assay.jobs import Job, Request
from assay.remote_inputs import check_input
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
    """The input: a payload, or an encoded reference to one."""
    terms: Terms
    callback: Callback = field(default_factory=Callback.none)
    nonce: int | None = None
    """Below 2^96; it only has to make the request new. None: chosen when the job is posted."""

    def request(self, requester: ChecksumAddress, nonce: int) -> Request:
        """What is asked, once it is known by whom and under which nonce."""
        return Request(
            requester=requester,
            nonce=nonce,
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
    transaction_hash: HexBytes

    @property
    def job_id(self) -> HexBytes:
        """All that is needed to find the job again; `job_id.to_0x_hex()` to write it down."""
        return HexBytes(self.job.job_id)

    def __repr__(self) -> str:
        return f"PostedJob(job_id={self.job_id!r}, escrow={self.escrow})"


class Poster:
    """Posts jobs of one account."""

    def __init__(self, chain: Chain, sender: Sender, credit: Credit) -> None:
        self._chain = chain
        self._sender = sender
        self._credit = credit

    def post(
        self, postings: Sequence[Posting], announce: Callable[[Sequence[bytes]], None] | None = None
    ) -> list[PostedJob]:
        """Posts all in one transaction, after checking each; the jobs are in the same order.

        `announce` is told the jobs' ids before anything is sent. The protocol's shares can change
        meanwhile, and the ids with them.

        Raises:
            MalformedPayloadError, MalformedReferenceError: an input is no payload, or no reference.
            TermsOutOfBoundsError, UnknownVersionError, DeprecatedVersionError, PausedError,
            InsufficientCreditError: the queue would refuse a job. Nothing was sent.
            PartlyPostedError: some were refused when they were mined.
            PostPendingError: the transaction was sent and is not mined in time.
        """
        rules = self.check(postings)
        self._credit.require(
            sum(self.escrow(posting.terms, posting.callback) for posting in postings)
        )
        account = self._sender.address
        requests = [
            posting.request(account, nonce)
            for posting, nonce in zip(postings, nonces(postings), strict=True)
        ]
        expected = [self._job_id(request, rules[request.version_id]) for request in requests]
        if announce is not None:
            announce(expected)
        try:
            mined = self._send(requests, [posting.payload for posting in postings])
        except TransactionPendingError as pending:
            raise PostPendingError(pending, expected) from None
        posted = self._posted(mined)
        if mined.failures:
            raise PartlyPostedError(posted, mined.failures)
        self._compare(requests, posted)
        return posted

    def escrow(self, terms: Terms, callback: Callback) -> int:
        """Wei that a job under these terms takes from the requester's credit."""
        return escrow_units(terms, callback) * self._chain.deployment.unit

    def check(self, postings: Sequence[Posting]) -> dict[bytes, Rules]:
        """Whether the queue takes these jobs, if the credit suffices; the rules of their versions.

        Raises MalformedPayloadError, TermsOutOfBoundsError, UnknownVersionError,
        DeprecatedVersionError or PausedError.
        """
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
            check_input(posting.payload)
        if self._chain.call(queue.paused()):
            raise contract_error("EnforcedPause")
        return rules

    def _job_id(self, request: Request, rules: Rules) -> bytes:
        deployment = self._chain.deployment
        return request.key(rules).job_id(deployment.chain_id, deployment.queue)

    def _send(self, requests: Sequence[Request], payloads: Sequence[bytes]) -> Mined:
        if len(requests) > 1 and _is_row(requests):
            return self._send_row(requests[0], payloads)
        queue = self._chain.queue.functions
        calls = [
            queue.post(
                request.version_id,
                request.nonce,
                request.terms.pack(),
                request.callback.pack(),
                payload,
            )
            for request, payload in zip(requests, payloads, strict=True)
        ]
        if len(calls) == 1:
            return self._sender.send(calls[0])
        # A batch never reverts, so estimating it would find too little gas for its calls.
        gas = sum(self._sender.estimate(call) + _BATCH_ITEM_GAS for call in calls)
        encoded = [self._chain.queue.encode_abi("post", args=call.arguments) for call in calls]
        return self._sender.send(queue.batch(encoded), gas)

    def _send_row(self, first: Request, payloads: Sequence[bytes]) -> Mined:
        """All or none, so its gas can be estimated as it is."""
        post_many = self._chain.queue.functions.postMany(
            first.version_id, first.nonce, first.terms.pack(), first.callback.pack(), payloads
        )
        return self._sender.send(post_many)

    def _posted(self, mined: Mined) -> list[PostedJob]:
        return [
            PostedJob(
                job=event.job(),
                escrow=self.escrow(event.terms, event.callback),
                transaction_hash=mined.transaction_hash,
            )
            for event in self._postings(mined)
        ]

    def _postings(self, mined: Mined) -> Iterator[JobPosted]:
        deployment = self._chain.deployment
        for event in mined.events:
            if isinstance(event, JobPosted):
                yield event
            elif isinstance(event, JobsPosted):
                yield from event.each(deployment.chain_id, deployment.queue)

    def _compare(self, requests: Sequence[Request], posted: Sequence[PostedJob]) -> None:
        """What the events say must be what was sent, and hash to the ids they name.

        The rules may differ from those read before: the protocol's shares can have changed.
        """
        deployment = self._chain.deployment
        found = [one.job for one in posted]
        derived = [self._job_id(job.request, job.rules) for job in found]
        if [job.request for job in found] != list(requests) or derived != [
            job.job_id for job in found
        ]:
            names = ", ".join("0x" + job.job_id.hex() for job in found) or "nothing"
            raise PostingError(
                f"the queue at {deployment.queue} says that it posted {names}, which is not what "
                "was sent: it is not the queue this version of the package speaks to"
            )


def nonces(postings: Sequence[Posting]) -> list[int]:
    """The callers' own; where they leave the choice, random ones, in a row if that may help."""
    if all(posting.nonce is None for posting in postings) and _are_alike(postings):
        first = secrets.randbelow((1 << _NONCE_BITS) - len(postings) + 1)
        return [first + number for number in range(len(postings))]
    return [
        secrets.randbits(_NONCE_BITS) if posting.nonce is None else posting.nonce
        for posting in postings
    ]


def _is_row(requests: Sequence[Request]) -> bool:
    """Whether `postMany` can post them: they differ in input only, and nonces follow each other."""
    first = requests[0].nonce
    numbered = all(request.nonce == first + i for i, request in enumerate(requests))
    return numbered and _are_alike(requests)


def _are_alike(jobs: Sequence[Posting] | Sequence[Request]) -> bool:
    return len({(job.version_id, job.terms, job.callback) for job in jobs}) == 1
