"""What this worker knows about a job beyond its events: the `Own` that a plan is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from eth_typing import ChecksumAddress

from assay.jobs import Status
from assay.tolerance import NEAR, RIGHT, SUPPORT
from worker.chain import Header, WorkerAccount
from worker.draws import Draws
from worker.plan import Draw, Own
from worker.results import Results
from worker.state import JobState
from worker.steps import Kind
from worker.store import Computed, Outcome

Busy = Mapping[bytes, frozenset[tuple[Kind, int]]]
"""Steps that must not be taken now, by job: they are on their way, or failed a moment ago."""

_REVEALABLE = (Status.COMMITTING, Status.REVEALING, Status.DECIDED)

_NONE: frozenset[tuple[Kind, int]] = frozenset()


class AccountSource(Protocol):
    """The part of `worker.chain.Chain` that the budget needs."""

    def worker_account(self, worker: ChecksumAddress, block: int) -> WorkerAccount:
        """The vault's account of a worker."""

    def credit(self, account: ChecksumAddress, block: int) -> int:
        """Units of credit of an account."""


@dataclass
class Budget:
    """Stake and credit that can still go into jobs, in one cycle, in units.

    Asked for only when a job needs it.
    """

    chain: AccountSource
    worker: ChecksumAddress
    signer: ChecksumAddress
    head: Header
    in_flight: int
    """Bonds of seats that the head does not show yet."""
    deposits_in_flight: int = 0
    """Deposits of appeals that the head does not show yet."""
    _free: int | None = field(default=None, init=False)
    _credit: int | None = field(default=None, init=False)

    @property
    def free(self) -> int:
        """Stake left."""
        if self._free is None:
            account = self.chain.worker_account(self.worker, self.head.number)
            self._free = max(0, account.free - self.in_flight) if account.active else 0
        return self._free

    def spend(self, units: int) -> None:
        """Put stake into a job."""
        self._free = self.free - units

    @property
    def credit(self) -> int:
        """Credit of the signer left."""
        if self._credit is None:
            credit = self.chain.credit(self.signer, self.head.number)
            self._credit = max(0, credit - self.deposits_in_flight)
        return self._credit

    def deposit(self, units: int) -> None:
        """Put credit into a job."""
        self._credit = self.credit - units


class Knowledge:
    """Puts together what is known about one job after the other."""

    def __init__(
        self,
        worker: ChecksumAddress,
        results: Results,
        draws: Draws,
        is_computing: Callable[[bytes], bool],
    ) -> None:
        self._worker = worker
        self._results = results
        self._draws = draws
        self._is_computing = is_computing

    def of(
        self,
        state: JobState,
        budget: Budget,
        busy: Busy,
        without_vote: frozenset[tuple[Kind, int]] = _NONE,
    ) -> Own:
        """What this worker knows about a job, as of the budget's block."""
        outcome = self._results.own(state.job_id)
        draw = self._draw(state, outcome, budget.head)
        differs = self._differs(state, outcome, budget.head.timestamp)
        return Own(
            worker=self._worker,
            signer=budget.signer,
            outcome=outcome,
            computing=self._is_computing(state.job_id),
            draw=draw,
            free_units=budget.free if draw is not None else 0,
            credit=budget.credit if differs else 0,
            busy=busy.get(state.job_id, _NONE),
            without_vote=without_vote,
            near=self._near(state, outcome),
            right=self._is_right(state, outcome),
            differs=differs,
        )

    def _draw(self, state: JobState, outcome: Outcome | None, head: Header) -> Draw | None:
        voted = (state.round, self._worker) in state.votes
        could_vote = outcome is None or isinstance(outcome, Computed)
        return None if voted or not could_vote else self._draws.draw(state, head)

    def _near(self, state: JobState, outcome: Outcome | None) -> frozenset[bytes]:
        """References of the round under way that the own result may support."""
        if state.exact or state.status not in _REVEALABLE or not isinstance(outcome, Computed):
            return frozenset()
        if (state.round, self._worker) not in state.votes:
            return frozenset()
        return frozenset(
            reference
            for reference in state.references
            if self._results.is_close(state, outcome, reference, SUPPORT)
        )

    def _is_right(self, state: JobState, outcome: Outcome | None) -> bool:
        """Whether a vote for the own result can be shown to be right."""
        if state.exact or state.answer is None:
            return False
        if state.closed or not isinstance(outcome, Computed):
            return False
        if not any(worker == self._worker for _, worker in state.votes):
            return False
        return self._results.is_close(state, outcome, state.answer, RIGHT)

    def _differs(self, state: JobState, outcome: Outcome | None, now: int) -> bool:
        """Whether the answer can be appealed still, and is too far away to be upheld."""
        if state.answer is None or state.is_final(now) or not isinstance(outcome, Computed):
            return False
        if state.exact or outcome.digest == state.answer:
            return outcome.digest != state.answer
        return not self._results.is_close(state, outcome, state.answer, NEAR)
