"""What this worker knows about a job beyond its events: the `Own` that a plan is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from eth_typing import ChecksumAddress

from assay.jobs import Status
from assay.tolerance import RIGHT, SUPPORT
from worker.chain import Header, WorkerAccount
from worker.draws import Draws
from worker.plan import Draw, Own
from worker.results import Results
from worker.state import JobState
from worker.steps import Kind
from worker.store import Computed, Outcome

Busy = Mapping[bytes, frozenset[tuple[Kind, int]]]
"""Steps that must not be taken now, by job: they are on their way, or failed a moment ago."""

_NONE: frozenset[tuple[Kind, int]] = frozenset()


class AccountSource(Protocol):
    """The part of `worker.chain.Chain` that the budget needs."""

    def worker_account(self, worker: ChecksumAddress, block: int) -> WorkerAccount:
        """The vault's account of a worker."""


@dataclass
class Budget:
    """Stake that can still go into jobs, in one cycle. Asked for only when a job needs it."""

    chain: AccountSource
    worker: ChecksumAddress
    head: Header
    in_flight: int
    """Units in commitments that the head does not show yet."""
    _free: int | None = field(default=None, init=False)

    @property
    def free(self) -> int:
        """Units left."""
        if self._free is None:
            account = self.chain.worker_account(self.worker, self.head.number)
            self._free = max(0, account.free - self.in_flight) if account.active else 0
        return self._free

    def spend(self, units: int) -> None:
        """Put units into a job."""
        self._free = self.free - units


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

    def of(self, state: JobState, budget: Budget, busy: Busy) -> Own:
        """What this worker knows about a job, as of the budget's block."""
        outcome = self._results.own(state.job_id)
        draw = self._draw(state, outcome, budget.head)
        return Own(
            worker=self._worker,
            outcome=outcome,
            computing=self._is_computing(state.job_id),
            draw=draw,
            free_units=budget.free if draw is not None else 0,
            busy=busy.get(state.job_id, _NONE),
            near=self._near(state, outcome),
            right=self._is_right(state, outcome),
        )

    def _draw(self, state: JobState, outcome: Outcome | None, head: Header) -> Draw | None:
        voted = (state.round, self._worker) in state.votes
        could_vote = outcome is None or isinstance(outcome, Computed)
        return None if voted or not could_vote else self._draws.draw(state, head)

    def _near(self, state: JobState, outcome: Outcome | None) -> frozenset[bytes]:
        """References of the round under way that the own result may support."""
        if state.exact or state.status > Status.DECIDED or not isinstance(outcome, Computed):
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
        if state.exact or state.settled is None:
            return False
        if state.closed or not isinstance(outcome, Computed):
            return False
        if not any(worker == self._worker for _, worker in state.votes):
            return False
        return self._results.is_close(state, outcome, state.settled, RIGHT)
