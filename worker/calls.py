"""From a step to the call that takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import ZERO_ADDRESS
from assay.deployments import Deployment
from worker.chain.abi_calls import function
from worker.errors import WorkerError
from worker.keys import Salts
from worker.state import JobState
from worker.steps import (
    Advance,
    Appeal,
    Claim,
    Close,
    Commit,
    Deliver,
    Propose,
    Reveal,
    RevealKnown,
    RevealNear,
    Step,
    Support,
    Vindicate,
)
from worker.store import Computed

Voting = Propose | Commit | Reveal | RevealKnown | RevealNear | Support | Vindicate
"""Steps that take the own result."""

ByKey = Advance | Appeal | Voting
"""Steps that name their job by its key."""

Single = ByKey | Close | Deliver
"""Steps that are each one call; votes are taken back many at once."""

Published = Callable[[bytes, bytes], bytes | None]
"""The payload published under a digest, by job and digest."""

_SETTLEMENT = "Settlement"
_QUEUE = "JobQueue"


class MissingPayloadError(WorkerError):
    """A step needs a payload that this worker does not have."""


@dataclass(frozen=True, slots=True)
class Terse:
    """A proposal in the form that many can be made in at once."""

    shared: tuple[int, int, ChecksumAddress]
    """Terms, rules and worker: proposals that have these in common can go together."""
    body: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class StepCall:
    """The call that takes one step, or several at once."""

    steps: tuple[Step, ...]
    contract: str
    target: ChecksumAddress
    data: bytes
    proposal: Terse | None = None
    """What it proposes, if it does."""


def together(calls: Sequence[StepCall]) -> bytes:
    """The calldata that takes the steps of all these calls to one contract.

    The contract reports what it refuses by the index among them.
    """
    if len(calls) == 1:
        return calls[0].data
    proposals = [call.proposal for call in calls if call.proposal is not None]
    if len(proposals) == len(calls) and len({proposal.shared for proposal in proposals}) == 1:
        terms, rules, worker = proposals[0].shared
        items = [(proposal.body, proposal.result) for proposal in proposals]
        return function(_SETTLEMENT, "proposeMany").call(terms, rules, worker, items)
    return function(calls[0].contract, "batch").call([call.data for call in calls])


class Calls:
    """Encodes the steps of one worker in one deployment."""

    def __init__(
        self, deployment: Deployment, worker: ChecksumAddress, salts: Salts, published: Published
    ) -> None:
        self._deployment = deployment
        self._worker = worker
        self._salts = salts
        self._published = published

    def encode(self, step: Single, state: JobState, own: Computed | None) -> StepCall:
        """The call for a step about a job, given the own result.

        Raises MissingPayloadError when it takes a payload that is not known.
        """
        if isinstance(step, Deliver):
            request, rules = state.job.request.as_tuple(), state.job.rules.pack()
            proposer, answer = _proposer(state), self._answer(state, own)
            data = function(_QUEUE, "deliver").call(request, rules, proposer, answer)
            return StepCall((step,), _QUEUE, self._deployment.queue, data)
        data = self._data(step, state, own)
        proposal = self._terse(state, _needed(own)) if isinstance(step, Propose) else None
        return StepCall((step,), _SETTLEMENT, self._deployment.settlement, data, proposal)

    def claim(self, claims: Sequence[tuple[Claim, JobState, Computed | None]]) -> StepCall:
        """One call that takes back many votes of this worker.

        Raises MissingPayloadError when an unrevealed vote's own result is not known.
        """
        items = [
            (state.job.key.as_tuple(), self._ballot(step, state, own))
            for step, state, own in claims
        ]
        data = function(_SETTLEMENT, "claim").call(self._worker, items)
        steps = tuple(step for step, _, _ in claims)
        return StepCall(steps, _SETTLEMENT, self._deployment.settlement, data)

    def _data(self, step: ByKey | Close, state: JobState, own: Computed | None) -> bytes:
        match step:
            case Advance():
                return self._with_key("advance", state)
            case Appeal():
                return self._with_key("appeal", state, _proposer(state), state.answer or bytes(32))
            case Close():
                request, rules = state.job.request.as_tuple(), state.job.rules.pack()
                return function(_SETTLEMENT, "close").call(request, rules)
            case _:
                return self._vote_data(step, state, _needed(own))

    def _vote_data(self, step: Voting, state: JobState, own: Computed) -> bytes:
        worker = self._worker
        if isinstance(step, Propose):
            return self._with_key("propose", state, worker, own.payload)
        if isinstance(step, Commit):
            commitment = self._commitment(step, own)
            return self._with_key("commit", state, worker, commitment, step.seats)
        vote = state.votes[step.round, worker]
        salt = self._salts.of(state.job_id, step.round)
        match step:
            case Reveal():
                return self._with_key("reveal", state, worker, vote.slot, salt, own.payload)
            case RevealKnown():
                return self._with_key("revealKnown", state, worker, vote.slot, salt, own.digest)
            case RevealNear():
                near = self._payload(state, step.reference)
                return self._with_key(
                    "revealNear", state, worker, vote.slot, salt, own.payload, near
                )
            case Support():
                near = self._payload(state, step.reference)
                ballot = self._ballot(step, state, own)
                return self._with_key("addSupport", state, worker, ballot, own.payload, near)
            case Vindicate():
                answer = self._answer(state, own)
                ballot = self._ballot(step, state, own)
                return self._with_key("vindicate", state, worker, ballot, own.payload, answer)

    def _terse(self, state: JobState, own: Computed) -> Terse:
        terms, rules, body = state.job.key.as_tuple()
        return Terse((terms, rules, self._worker), body, own.payload)

    def _ballot(
        self, step: Claim | Support | Vindicate, state: JobState, own: Computed | None
    ) -> tuple[int, bytes, bytes]:
        vote = state.votes[step.round, self._worker]
        if vote.digest is not None:
            return vote.place(step.round), *vote.opening
        return vote.place(step.round), self._commitment(step, _needed(own)), bytes(32)

    def _commitment(self, step: Step, own: Computed) -> bytes:
        return ids.commitment(
            self._deployment.chain_id,
            self._deployment.settlement,
            step.job_id,
            step.round,
            self._worker,
            own.digest,
            self._salts.of(step.job_id, step.round),
        )

    def _answer(self, state: JobState, own: Computed | None) -> bytes:
        answer = state.answer or b""
        if own is not None and own.digest == answer:
            return own.payload
        return self._payload(state, answer)

    def _payload(self, state: JobState, digest: bytes) -> bytes:
        payload = self._published(state.job_id, digest)
        if payload is None:
            raise MissingPayloadError(f"no reveal has published the result 0x{digest.hex()}")
        return payload

    @staticmethod
    def _with_key(name: str, state: JobState, *arguments: Any) -> bytes:
        return function(_SETTLEMENT, name).call(state.job.key.as_tuple(), *arguments)


def _proposer(state: JobState) -> ChecksumAddress:
    """Who gave the answer, as the contracts want it named; zero where a committee did."""
    return state.proposer or ZERO_ADDRESS


def _needed(own: Computed | None) -> Computed:
    if own is None:
        raise MissingPayloadError("the own result is not known")
    return own
