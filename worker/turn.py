"""One look at the jobs that ask for it, and what is done about them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import structlog

from assay.rpc import RpcError
from worker.calls import Claiming, MissingPayloadError, StepCall
from worker.chain import Header
from worker.errors import ReorganisedError
from worker.knowledge import Budget
from worker.parts import Parts
from worker.plan import Moment, Plan, bystander, phases, plan
from worker.simulation import Failure
from worker.state import JobState
from worker.steps import BONDS, Appeal, Claim, Commit, Kind, Propose
from worker.store import Computed
from worker.store import Step as SentStep

_POISONED_SECONDS = 60
_WITHOUT_VOTE = "NoSuchVote"
"""Why the contracts refuse to open a vote that is not there, or not as it is said to be."""


class Turn:
    """What is decided and done at one block. For one use."""

    def __init__(self, parts: Parts, head: Header) -> None:
        self._parts = parts
        self._head = head
        in_flight = parts.store.outbox.in_flight(head.number)
        self._busy = parts.holds.busy(in_flight, head.timestamp)
        self._budget = Budget(
            parts.chain,
            parts.worker,
            parts.sender.address,
            head,
            sum(step.units for step in in_flight if step.kind in BONDS),
            sum(step.units for step in in_flight if step.kind == Kind.APPEAL),
        )
        self._moment = Moment(
            now=head.timestamp,
            block=head.number,
            block_seconds=math.ceil(parts.pace.block_seconds),
            stagger=parts.pace.stagger,
            gas_price=head.base_fee + parts.sender.tip,
        )
        self._calls: list[StepCall] = []
        self._unencodable: list[Failure] = []
        self._done: list[bytes] = []
        self._asleep: list[bytes] = []
        self._short_of_stake = False
        self._computing = False
        self._log = structlog.get_logger(__name__)

    def take(self, *, flush: bool) -> bool:
        """Decide about every job that is due and act; whether anything was done.

        `flush` takes back votes at once instead of gathering them.
        """
        due = self._parts.board.due(self._head.timestamp)
        try:
            for state in due:
                self._decide(state)
            self._claim(flush=flush)
            failures = self._parts.sender.send(self._calls, self._head)
        except BaseException:
            self._touch_again(due)
            raise
        hold(self._parts, [*failures, *self._unencodable], self._head)
        self._finish()
        steps = sum(len(call.steps) for call in self._calls)
        return self._computing or steps > len(failures)

    def _touch_again(self, due: Sequence[JobState]) -> None:
        """What was due is due still, and so are the votes that were to be taken back."""
        for state in due:
            self._parts.board.touch(state.job_id)
        for call in self._calls:
            for step in call.steps:
                self._parts.board.touch(step.job_id)

    def _decide(self, state: JobState) -> None:
        parts = self._parts
        try:
            decided = self._as_bystander(state)
            if decided is not None:
                self._carry_out(decided, state, None)
                return
            refused = parts.holds.without_vote(state.job_id)
            own = parts.knowledge.of(state, self._budget, self._busy, refused)
            result = own.outcome if isinstance(own.outcome, Computed) else None
            self._carry_out(plan(state, own, self._moment, parts.policy), state, result)
        except (RpcError, ReorganisedError):
            raise  # the chain, not the job
        except Exception:  # noqa: BLE001 - one job must not stop the others
            self._log.exception("no decision", job=state.job_id)
            parts.board.wake(state.job_id, self._head.timestamp + _POISONED_SECONDS)

    def _as_bystander(self, state: JobState) -> Plan | None:
        parts = self._parts
        if parts.results.own(state.job_id) is not None:
            return None
        return bystander(
            state, parts.worker, parts.sender.address, parts.policy, self._head.timestamp
        )

    def _carry_out(self, decided: Plan, state: JobState, result: Computed | None) -> None:
        parts, job_id = self._parts, state.job_id
        claims = [step for step in decided.steps if isinstance(step, Claim)]
        parts.claims.put(job_id, claims)
        for step in decided.steps:
            if isinstance(step, Claim):
                continue
            if isinstance(step, Propose | Commit):
                self._budget.spend(step.units)
            elif isinstance(step, Appeal):
                self._budget.deposit(step.units)
            try:
                self._calls.append(parts.calls.encode(step, state, result))
            except MissingPayloadError as error:
                sent = SentStep(job_id, step.kind, step.round)
                self._unencodable.append(Failure(sent, str(error)))
        self._compute(decided, state)
        if decided.wake is not None:
            parts.board.wake(job_id, decided.wake)
        if decided.done:
            self._done.append(job_id)
        elif decided.asleep:
            self._asleep.append(job_id)
        self._short_of_stake = self._short_of_stake or decided.short_of_stake
        if decided.left:
            parts.seats_left.tell(job_id, state.round, decided.left)

    def _compute(self, decided: Plan, state: JobState) -> None:
        if not (decided.compute or decided.fetch):
            return
        computations, request = self._parts.computations, state.job.request
        begin = computations.start if decided.compute else computations.fetch_ahead
        version = self._parts.chain.version(request.version_id)
        begin(state.job_id, version, state.job.input, self._deadline(state), request.requester)
        if decided.compute:
            self._log.debug("computing", job=state.job_id, round=state.round)
            self._computing = True

    def _deadline(self, state: JobState) -> int:
        """Until when a result is of use: 0 where a bond waits for it, else to appeal, or to take a
        seat, in the next round if this one has run out of time.
        """
        if any(worker == self._parts.worker for _, worker in state.votes):
            return 0
        if state.final_at:
            return state.final_at
        now, end = self._head.timestamp, phases.commit_end(state)
        return end if now < end else now + state.job.request.terms.commit_seconds

    def _claim(self, *, flush: bool) -> None:
        parts = self._parts
        at_once = flush or self._short_of_stake
        for batch in parts.claims.take(self._head.timestamp, at_once=at_once):
            states = [(claim, parts.board.get(claim.job_id)) for claim in batch]
            known = [(claim, state, self._result(claim.job_id)) for claim, state in states if state]
            self._calls += self._claiming(known)

    def _claiming(self, known: Sequence[Claiming]) -> list[StepCall]:
        """The calls for these claims; one that cannot be made is left out by itself."""
        try:
            return self._parts.calls.claim(known)
        except Exception:  # noqa: BLE001 - one claim must not stop the others
            if len(known) > 1:
                return [call for one in known for call in self._claiming([one])]
            job_id = known[0][0].job_id
            self._log.exception("no claim", job=job_id)
            self._parts.board.wake(job_id, self._head.timestamp + _POISONED_SECONDS)
            return []

    def _result(self, job_id: bytes) -> Computed | None:
        outcome = self._parts.results.own(job_id)
        return outcome if isinstance(outcome, Computed) else None

    def _finish(self) -> None:
        for job_id in (*self._done, *self._asleep):
            self._parts.computations.forget(job_id)
            self._parts.seats_left.forget(job_id)
        for job_id in self._done:
            self._parts.holds.forget(job_id)
            self._log.debug("job finished", job=job_id)
        if self._done:
            self._parts.board.finish(self._done, self._head.number)
        self._parts.board.put_to_sleep(self._asleep)


def hold(parts: Parts, failures: Sequence[Failure], head: Header) -> None:
    """Let steps that failed wait a while, and say why."""
    for failure in failures:
        step = failure.step
        without_vote = failure.reason.startswith(_WITHOUT_VOTE)
        until = parts.holds.add(step, head.timestamp, without_vote=without_vote)
        parts.board.wake(step.job_id, until)
        structlog.get_logger(__name__).info(
            "step not taken",
            job=step.job_id,
            step=step.kind,
            round=step.round,
            reason=failure.reason,
        )
