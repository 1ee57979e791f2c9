"""The cycle: read the chain, decide about each job that asks for it, act, and again."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from eth_typing import ChecksumAddress

from assay.rpc import RpcError
from assay.versions import Version
from worker.board import Board
from worker.calls import Calls, MissingPayloadError, StepCall
from worker.chain import Chain, Header
from worker.claims import Claims
from worker.compute import Computations
from worker.draws import Draws
from worker.errors import NodeBehindError, ReorganisedError
from worker.holds import Holds
from worker.intake import Intake
from worker.knowledge import Budget, Busy, Knowledge
from worker.pace import Pace
from worker.plan import Moment, Plan, Policy, plan
from worker.results import Results
from worker.sender import Failure, Sender
from worker.state import JobState
from worker.steps import Claim, Commit, Step
from worker.store import Computed, Store
from worker.store import Step as SentStep

_KEPT_BLOCKS = 1_024
_BLOCKS_BETWEEN_PRUNINGS = 256
_POISONED_SECONDS = 60
_LONGEST_RETRY_SECONDS = 10.0


@dataclass(frozen=True)
class Parts:
    """What a daemon is made of; `worker.app` puts it together."""

    worker: ChecksumAddress
    policy: Policy
    chain: Chain
    store: Store
    intake: Intake
    board: Board
    results: Results
    draws: Draws
    knowledge: Knowledge
    computations: Computations
    calls: Calls
    sender: Sender
    claims: Claims
    holds: Holds
    pace: Pace
    wake: threading.Event


@dataclass
class _Round:
    """One cycle's plans, as they are carried out."""

    head: Header
    moment: Moment
    budget: Budget
    busy: Busy
    calls: list[StepCall]
    failures: list[Failure]
    done: list[bytes]
    short_of_stake: bool = False
    computing: bool = False


class Daemon:
    """One worker at work. Not thread-safe, but for `stop`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = False
        self._started = False
        self._outage = 0
        self._pruned_at = 0
        self._versions: dict[bytes, Version] = {}
        self._log = structlog.get_logger(__name__)

    # --- the ways to run it ---

    def run(self) -> None:
        """Work until `stop` is called."""
        self._log.info("working", worker=self._parts.worker, jobs=len(self._parts.board.live))
        while not self._stopping:
            pause = self._guarded_cycle()
            self._parts.wake.wait(pause)
            self._parts.wake.clear()
        self._log.info("stopped")

    def run_until_idle(self) -> None:
        """Work until nothing is left to do now. Raises what a cycle raises."""
        while self.cycle(flush=True) or not self._is_idle():
            self._parts.wake.wait(self._parts.pace.pause(math.inf))
            self._parts.wake.clear()

    def stop(self) -> None:
        """Make `run` return after the cycle under way. May be called from a signal handler."""
        self._stopping = True
        self._parts.wake.set()

    def close(self) -> None:
        """Let go of the store and of the model processes."""
        self._parts.computations.close()
        self._parts.store.close()

    def cycle(self, *, flush: bool = False) -> bool:
        """One look at the chain and what follows from it; whether anything was done.

        `flush` takes back votes at once instead of gathering them.
        """
        head, moved = self._read()
        collected = self._collect(head)
        if not (moved or collected or flush or not self._started):
            return False
        failures = self._parts.sender.follow(head) if moved or not self._started else []
        self._started = True
        acted = self._act(head, failures, flush=flush)
        self._prune(head)
        return acted or collected

    # --- reading ---

    def _read(self) -> tuple[Header, bool]:
        parts, moved = self._parts, False
        while True:
            news = parts.intake.read()
            parts.board.follow(news)
            if news.undone:
                parts.draws.forget()
            moved = moved or news.moved
            if not news.more:
                break
        parts.draws.see(news.head)
        parts.pace.see(news.head, time.monotonic())
        return news.head, moved

    def _collect(self, head: Header) -> bool:
        """Keep what has been computed: before anything is committed to."""
        collected = self._parts.computations.collect()
        for job_id, outcome in collected:
            if outcome is None:
                self._parts.board.wake(job_id, head.timestamp + 1)
            else:
                self._parts.store.outcomes.keep(job_id, outcome)
                self._parts.board.touch(job_id)
        return bool(collected)

    # --- acting ---

    def _act(self, head: Header, failures: list[Failure], *, flush: bool) -> bool:
        parts = self._parts
        self._hold(failures, head)
        turn = self._turn(head)
        due = parts.board.due(head.timestamp)
        try:
            for state in due:
                self._decide(state, turn)
            self._claim(turn, flush=flush)
            turn.failures += parts.sender.send(turn.calls, head)
        except BaseException:
            for state in due:  # what was due is due still
                parts.board.touch(state.job_id)
            raise
        self._hold(turn.failures, head)
        self._finish(turn)
        failed = {(f.step.job_id, f.step.kind) for f in turn.failures}
        sent = {(step.job_id, step.kind) for call in turn.calls for step in call.steps} - failed
        return bool(sent) or turn.computing

    def _turn(self, head: Header) -> _Round:
        parts = self._parts
        in_flight = parts.store.outbox.in_flight(head.number)
        committing = sum(step.units for step in in_flight)
        return _Round(
            head=head,
            moment=Moment(
                now=head.timestamp,
                block=head.number,
                block_seconds=math.ceil(parts.pace.block_seconds),
                stagger=parts.pace.stagger,
            ),
            budget=Budget(parts.chain, parts.worker, head, committing),
            busy=parts.holds.busy(in_flight, head.timestamp),
            calls=[],
            failures=[],
            done=[],
        )

    def _decide(self, state: JobState, turn: _Round) -> None:
        parts = self._parts
        try:
            own = parts.knowledge.of(state, turn.budget, turn.busy)
            self._carry_out(plan(state, own, turn.moment, parts.policy), state, turn)
        except (RpcError, ReorganisedError):
            raise  # the chain, not the job
        except Exception:  # noqa: BLE001 - one job must not stop the others
            self._log.exception("no decision", job=state.job_id)
            parts.board.wake(state.job_id, turn.head.timestamp + _POISONED_SECONDS)

    def _carry_out(self, decided: Plan, state: JobState, turn: _Round) -> None:
        parts, job_id = self._parts, state.job_id
        own = parts.results.own(job_id)
        result = own if isinstance(own, Computed) else None
        parts.claims.put(job_id, (step for step in decided.steps if isinstance(step, Claim)))
        for step in decided.steps:
            if isinstance(step, Claim):
                continue
            if isinstance(step, Commit):
                turn.budget.spend(step.units)
            try:
                turn.calls.append(parts.calls.encode(step, state, result))
            except MissingPayloadError as error:
                turn.failures.append(Failure(_sent(step), str(error)))
        if decided.compute:
            self._compute(state)
            turn.computing = True
        if decided.wake is not None:
            parts.board.wake(job_id, decided.wake)
        if decided.done:
            turn.done.append(job_id)
        turn.short_of_stake = turn.short_of_stake or decided.short_of_stake

    def _compute(self, state: JobState) -> None:
        request = state.job.request
        if request.version_id not in self._versions:
            self._versions[request.version_id] = self._parts.chain.version(request.version_id)
        version = self._versions[request.version_id]
        deadline = state.opened_at + request.terms.commit_seconds
        self._log.info("computing", job=state.job_id, round=state.round)
        self._parts.computations.start(state.job_id, version, state.job.input, deadline)

    def _claim(self, turn: _Round, *, flush: bool) -> None:
        parts = self._parts
        at_once = flush or turn.short_of_stake
        for batch in parts.claims.take(turn.head.timestamp, at_once=at_once):
            known = []
            for claim in batch:
                state, own = parts.board.get(claim.job_id), parts.results.own(claim.job_id)
                if state is not None:
                    known.append((claim, state, own if isinstance(own, Computed) else None))
            if known:
                turn.calls.append(parts.calls.claim(known))

    def _hold(self, failures: Iterable[Failure], head: Header) -> None:
        for failure in failures:
            step = failure.step
            until = self._parts.holds.add(step, failure.reason, head.timestamp)
            self._parts.board.wake(step.job_id, until)
            self._log.warning(
                "step not taken",
                job=step.job_id,
                step=step.kind,
                round=step.round,
                reason=failure.reason,
            )

    def _finish(self, turn: _Round) -> None:
        for job_id in turn.done:
            self._parts.holds.forget(job_id)
            self._log.info("job finished", job=job_id)
        if turn.done:
            self._parts.board.finish(turn.done, turn.head.number)

    def _prune(self, head: Header) -> None:
        if head.number >= self._pruned_at + _BLOCKS_BETWEEN_PRUNINGS:
            self._parts.store.history.prune(head.number - _KEPT_BLOCKS)
            self._pruned_at = head.number

    # --- going on whatever happens ---

    def _is_idle(self) -> bool:
        cursor = self._parts.store.history.cursor()
        in_flight = self._parts.store.outbox.in_flight(cursor.number if cursor else 0)
        return self._parts.computations.idle and not in_flight

    def _guarded_cycle(self) -> float:
        """A cycle that survives what goes wrong in it; returns how long to wait for the next."""
        pace = self._parts.pace
        try:
            self.cycle()
        except (ReorganisedError, NodeBehindError) as error:
            self._log.info("reading again", reason=str(error))
        except RpcError as error:
            return self._wait_out(str(error))
        except Exception:  # noqa: BLE001 - a daemon that stops misses reveals, and loses bonds
            self._log.exception("cycle failed")
            return self._wait_out("an unexpected error")
        if self._outage:
            self._log.info("going on", after_attempts=self._outage)
            self._outage = 0
        return pace.pause(time.monotonic())

    def _wait_out(self, reason: str) -> float:
        if not self._outage:
            self._log.warning("waiting", reason=reason)
        self._outage += 1
        return float(min(0.25 * 2 ** min(self._outage, 10), _LONGEST_RETRY_SECONDS))


def _sent(step: Step) -> SentStep:
    return SentStep(step.job_id, step.kind, step.round, getattr(step, "units", 0))
