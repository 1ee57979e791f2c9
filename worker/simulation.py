"""What would become of calls, asked of the node before they are sent.

Calls that share a transaction are simulated as that transaction; what its items report tells which
of them to leave out. A node without `eth_simulateV1` is asked about each call by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from eth_typing import ChecksumAddress

from assay import reverts
from worker.calls import StepCall, together
from worker.chain import Refusal, Simulated, Transaction
from worker.steps import Claim, Deliver
from worker.store import Step as SentStep

_INTRINSIC_GAS = 21_000
_BATCH_GAS = 5_000
_GUESSED_GAS = 50_000
"""Of a step that was not simulated before: too little costs a question, too much a transaction."""
# What a call saves among others of its series, roughly (docs/decisions.md): when that is more than
# another transaction costs, the series goes by itself.
_SAVED_GAS = {
    "proposeMany": 16_000,
    "commitMany": 3_500,
    "revealMany": 3_500,
    "revealKnownMany": 3_500,
}
# The state may change before the transaction is mined: a tally that appears, a result that must be
# published after all. Gas that is not used is not paid for.
_HEADROOM_GAS = 60_000
_HEADROOM_GAS_PER_BYTE = 10
_MOST_BYTES = 120_000
_NO_SUCH_METHOD = -32_601


class SimulationChain(Protocol):
    """The part of `worker.chain.Chain` that simulation needs."""

    def simulate(
        self, sender: ChecksumAddress, transactions: Sequence[Transaction]
    ) -> list[Simulated | Refusal]:
        """What each transaction would do by itself, on top of all that is waiting to be mined."""

    def estimate(
        self, sender: ChecksumAddress, calls: Sequence[tuple[ChecksumAddress, bytes]]
    ) -> list[int | Refusal]:
        """The gas each call would take by itself, or why it would fail."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that was not taken."""

    step: SentStep
    reason: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Calls that share a transaction, in order."""

    calls: tuple[StepCall, ...]
    gas: int
    """The limit to ask for."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    gas: int
    """What the calls that would succeed take together."""
    refused: Mapping[int, str]
    """Why the others would fail, by their index."""


class Simulator:
    """Puts calls into parcels, without those that would fail."""

    def __init__(
        self, chain: SimulationChain, sender: ChecksumAddress, transaction_gas: int
    ) -> None:
        """`transaction_gas` is the most one transaction may ask for."""
        self._chain = chain
        self._sender = sender
        self._transaction_gas = transaction_gas
        self._whole = True
        self._step_gas: dict[bytes, int] = {}

    def prepare(self, calls: Sequence[StepCall]) -> tuple[list[Parcel], list[Failure]]:
        """What to send, in order, and what not, with the reasons."""
        parcels: list[Parcel] = []
        failures: list[Failure] = []
        groups = _groups(calls)
        waiting = [part for group in groups for part in self._parts(group)]
        while waiting:
            again: list[tuple[StepCall, ...]] = []
            for part, verdict in zip(waiting, self._verdicts(waiting), strict=True):
                if verdict is None or (_all_gas(part, verdict.gas) > self._room and len(part) > 1):
                    middle = len(part) // 2
                    again += [part[:middle], part[middle:]]
                    continue
                failures += [
                    Failure(step, reason)
                    for index, reason in verdict.refused.items()
                    for step in stored(part[index])
                ]
                kept = tuple(c for index, c in enumerate(part) if index not in verdict.refused)
                if kept:
                    self._learn(kept, verdict.gas)
                    parcels.append(Parcel(kept, self._limit(kept, verdict.gas)))
            waiting = again
        places = {id(call): n for n, call in enumerate(c for group in groups for c in group)}
        return sorted(parcels, key=lambda parcel: places[id(parcel.calls[0])]), failures

    @property
    def _room(self) -> int:
        """Gas of a transaction that may be spoken for: the rest is for what may change."""
        return self._transaction_gas * 2 // 3

    def _parts(self, group: Sequence[StepCall]) -> Iterable[tuple[StepCall, ...]]:
        """Parts that each seem to fit into a transaction; a call too large for one goes alone."""
        part: list[StepCall] = []
        gas = size = 0
        for call in group:
            guess = self._step_gas.get(_name(call), _GUESSED_GAS) * len(call.steps)
            guess += call.spare_gas
            if part and (gas + guess > self._room or size + len(call.data) > _MOST_BYTES):
                yield tuple(part)
                part, gas, size = [], 0, 0
            part.append(call)
            gas += guess
            size += len(call.data)
        yield tuple(part)

    def _verdicts(self, parts: Sequence[tuple[StepCall, ...]]) -> list[_Verdict | None]:
        """None for a part that has to be smaller."""
        if not self._whole:
            return [self._estimated(part) for part in parts]
        answers = self._chain.simulate(
            self._sender,
            [Transaction(p[0].target, together(p), self._transaction_gas) for p in parts],
        )
        return [self._verdict(p, answer) for p, answer in zip(parts, answers, strict=True)]

    def _verdict(self, part: tuple[StepCall, ...], answer: Simulated | Refusal) -> _Verdict | None:
        if isinstance(answer, Simulated):
            reasons = {
                index: str(reverts.decode(raw))
                for index, raw in answer.failed_items.items()
                if not (index < len(part) and _delivers(part[index], answer))
            }
            return _Verdict(answer.gas_used, _idle(part, answer) | reasons)
        if answer.data is None:  # the node, not the contracts
            self._whole = answer.code != _NO_SUCH_METHOD
            return self._estimated(part)
        return _Verdict(0, {0: str(answer)}) if len(part) == 1 else None

    def _estimated(self, part: tuple[StepCall, ...]) -> _Verdict:
        gas, refused = _INTRINSIC_GAS, {}
        answers = self._chain.estimate(self._sender, [(c.target, c.data) for c in part])
        for index, answer in enumerate(answers):
            if isinstance(answer, Refusal):
                refused[index] = str(answer)
            else:
                gas += answer - _INTRINSIC_GAS + _BATCH_GAS
        return _Verdict(gas, refused)

    def _learn(self, calls: Sequence[StepCall], gas: int) -> None:
        """What a step of this kind takes, where the transaction tells of one kind alone."""
        names = {_name(call) for call in calls}
        if len(names) == 1:
            self._step_gas[names.pop()] = gas // sum(len(call.steps) for call in calls)

    def _limit(self, calls: Sequence[StepCall], gas: int) -> int:
        """Gas to ask for. What is given back at the end (a fifth at most) has to be there before.

        A proposal meets nothing new but a new epoch of the worker's stake, and all of them only
        once.
        """
        rooms = [_HEADROOM_GAS + _HEADROOM_GAS_PER_BYTE * len(call.data) for call in calls]
        proposals = [r for r, call in zip(rooms, calls, strict=True) if _proposes(call)]
        others = sum(rooms) - sum(proposals)
        wanted = _all_gas(calls, gas * 5 // 4) + others + max(proposals, default=0)
        return min(wanted, self._transaction_gas)


def stored(call: StepCall) -> list[SentStep]:
    """The steps of a call in the form that is written down."""
    return [
        SentStep(step.job_id, step.kind, step.round, getattr(step, "units", 0))
        for step in call.steps
    ]


def numbered(calls: Sequence[StepCall]) -> tuple[SentStep, ...]:
    """The steps of a transaction, with their places in it."""
    return tuple(
        replace(step, item=item) for item, call in enumerate(calls) for step in stored(call)
    )


def _groups(calls: Sequence[StepCall]) -> list[list[StepCall]]:
    """Calls that share a transaction, in the order of the first of each group.

    What a batch reports is told by the place in it, so a series is a transaction or no series.
    """
    counts = Counter(call.item.series for call in calls if call.item)
    alone = {
        series
        for series, count in counts.items()
        if count * _SAVED_GAS[series.name] > _INTRINSIC_GAS
    }
    groups: dict[Hashable, list[StepCall]] = {}
    for call in calls:
        series = call.item.series if call.item else None
        groups.setdefault(series if series in alone else call.target, []).append(call)
    return list(groups.values())


def _idle(part: Sequence[StepCall], answer: Simulated) -> dict[int, str]:
    """Claims of which none would take anything back, by their index, and why."""
    skipped = answer.skipped_claims
    wanted = Counter(step.job_id for call in part for step in call.steps if isinstance(step, Claim))
    idle = {job for job, reasons in skipped.items() if len(reasons) == wanted[job]}
    return {
        index: reverts.name_of(skipped[call.steps[0].job_id][0])
        for index, call in enumerate(part)
        if all(isinstance(step, Claim) and step.job_id in idle for step in call.steps)
    }


def _all_gas(calls: Sequence[StepCall], used: int) -> int:
    """What calls that use so much have to be given."""
    return used + sum(call.spare_gas for call in calls)


def _delivers(call: StepCall, answer: Simulated) -> bool:
    """Whether the call is a delivery that would be made, whatever the callback has reported."""
    return any(isinstance(s, Deliver) and s.job_id in answer.deliveries for s in call.steps)


def _name(call: StepCall) -> bytes:
    return call.data[:4]


def _proposes(call: StepCall) -> bool:
    return call.item is not None and call.item.series.name == "proposeMany"
