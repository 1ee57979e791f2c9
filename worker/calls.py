"""From a step to the call that takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import ZERO_ADDRESS
from assay.deployments import Deployment
from assay.terms import Callback
from worker.chain.abi_calls import Function, function
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

Claiming = tuple[Claim, JobState, Computed | None]
"""A vote to be taken back, its job, and the own result."""

Published = Callable[[bytes, bytes], bytes | None]
"""The payload published under a digest, by job and digest."""

_SETTLEMENT = "Settlement"
_QUEUE = "JobQueue"
_GAS_AFTER_CALLBACK = 40_000
"""What `deliver` keeps for itself."""


class MissingPayloadError(WorkerError):
    """A step needs a payload that this worker does not have."""


@dataclass(frozen=True, slots=True)
class Series:
    """Calls that can be made as one: a function, and what it takes once for all of them."""

    name: str
    shared: tuple[Any, ...]
    """Terms, rules, worker, and for commitments how many seats."""


@dataclass(frozen=True, slots=True)
class Item:
    """A step in the form that many can be taken in at once."""

    series: Series
    arguments: tuple[Any, ...]
    """What the function takes for each: the body of the job's preimage, and the rest."""


@dataclass(frozen=True, slots=True)
class StepCall:
    """The call that takes one step, or several at once."""

    steps: tuple[Step, ...]
    contract: str
    target: ChecksumAddress
    data: bytes
    item: Item | None = None
    """The same among others of its series, if there is such a form."""
    spare_gas: int = 0
    """Gas that has to be there beyond what the call uses."""


def together(calls: Sequence[StepCall]) -> bytes:
    """The calldata that takes the steps of all these calls to one contract.

    The contract reports what it refuses by the index among them.
    """
    if len(calls) == 1:
        return calls[0].data
    items = [call.item for call in calls if call.item is not None]
    if len(items) == len(calls) and len({item.series for item in items}) == 1:
        series = items[0].series
        return function(_SETTLEMENT, series.name).call(
            *series.shared, [item.arguments for item in items]
        )
    return function(calls[0].contract, "batch").call([call.data for call in calls])


@dataclass(frozen=True, slots=True)
class _Vote:
    """A vote that is taken back."""

    step: Claim
    key: tuple[int, int, bytes]
    ballot: tuple[int, bytes, bytes]

    @property
    def offer(self) -> tuple[int, int]:
        """Terms and rules of the job."""
        return self.key[:2]

    @property
    def body(self) -> bytes:
        return self.key[2]


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
            data = function(_QUEUE, "deliverForFee").call(request, rules, proposer, answer)
            spare = _spare_gas(state.job.request.callback)
            return StepCall((step,), _QUEUE, self._deployment.queue, data, spare_gas=spare)
        data = self._data(step, state, own)
        item = self._item(step, state, own)
        return StepCall((step,), _SETTLEMENT, self._deployment.settlement, data, item)

    def claim(self, claims: Sequence[Claiming]) -> list[StepCall]:
        """Calls that take back many votes of this worker: one for those with the same terms, one
        for the rest.

        Raises MissingPayloadError when an unrevealed vote's own result is not known.
        """
        votes = [
            _Vote(step, state.job.key.as_tuple(), self._ballot(step, state, own))
            for step, state, own in claims
        ]
        alike: dict[tuple[int, int], list[_Vote]] = {}
        for vote in votes:
            alike.setdefault(vote.offer, []).append(vote)
        calls = [self._returns(offer, same) for offer, same in alike.items() if len(same) > 1]
        if single := [vote for vote in votes if len(alike[vote.offer]) == 1]:
            items = [(vote.key, vote.ballot) for vote in single]
            calls.append(self._taking(single, function(_SETTLEMENT, "claim"), self._worker, items))
        return calls

    def _returns(self, offer: tuple[int, int], votes: Sequence[_Vote]) -> StepCall:
        items = [(vote.body, vote.ballot) for vote in votes]
        return self._taking(votes, function(_SETTLEMENT, "claimMany"), *offer, self._worker, items)

    def _taking(self, votes: Sequence[_Vote], called: Function, *arguments: Any) -> StepCall:
        steps = tuple(vote.step for vote in votes)
        data = called.call(*arguments)
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

    def _item(self, step: ByKey | Close, state: JobState, own: Computed | None) -> Item | None:
        """The step as one of many. There is no such form of reveals in TOLERANCE jobs."""
        terms, rules, body = state.job.key.as_tuple()
        shared = terms, rules, self._worker
        if isinstance(step, Propose):
            return Item(Series("proposeMany", shared), (body, _needed(own).payload))
        if isinstance(step, Commit):
            commitment = self._commitment(step, _needed(own))
            return Item(Series("commitMany", (*shared, step.seats)), (body, commitment))
        if not isinstance(step, Reveal | RevealKnown) or not state.exact:
            return None
        slot = state.votes[step.round, self._worker].slot
        salt, result = self._salts.of(state.job_id, step.round), _needed(own)
        if isinstance(step, Reveal):
            return Item(Series("revealMany", shared), (body, slot, salt, result.payload))
        return Item(Series("revealKnownMany", shared), (body, slot, salt, result.digest))

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


def _spare_gas(callback: Callback) -> int:
    """What a callback has to be offered whether it uses it or not; of what is left a call can hand
    on 63 parts in 64, here twice: the delivery may be one of a batch.
    """
    stipend = callback.gas_stipend + callback.gas_stipend // 63 + _GAS_AFTER_CALLBACK
    return stipend + stipend // 63 + 1


def _proposer(state: JobState) -> ChecksumAddress:
    """Who gave the answer, as the contracts want it named; zero where a committee did."""
    return state.proposer or ZERO_ADDRESS


def _needed(own: Computed | None) -> Computed:
    if own is None:
        raise MissingPayloadError("the own result is not known")
    return own
