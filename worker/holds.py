"""Steps that failed wait a while before they are tried again, longer each time."""

from __future__ import annotations

from dataclasses import dataclass

from worker.knowledge import Busy
from worker.steps import Kind
from worker.store import Step as SentStep

_FIRST_SECONDS = 1
_LONGEST_SECONDS = 60
_LONGEST_SECONDS_OF_A_REVEAL = 4
"""A bond hangs on it, and whoever says that it fails may be wrong."""
_TIMES_TO_BE_SURE = 5

_Name = tuple[Kind, int]


@dataclass(frozen=True, slots=True)
class _Hold:
    until: int
    seconds: int
    without_vote: int = 0
    """How often the contracts knew of no such vote."""


class Holds:
    """Which steps wait, in the chain's time. Forgotten at the end of the process."""

    def __init__(self) -> None:
        self._holds: dict[bytes, dict[_Name, _Hold]] = {}

    def add(self, step: SentStep, now: int, *, without_vote: bool = False) -> int:
        """Let a step that failed wait; returns until when.

        `without_vote`: because the contracts know of no vote that it opens.
        """
        name, holds = (Kind(step.kind), step.round), self._holds.setdefault(step.job_id, {})
        before = holds.get(name)
        most = _LONGEST_SECONDS_OF_A_REVEAL if step.kind == Kind.REVEAL else _LONGEST_SECONDS
        seconds = _FIRST_SECONDS if before is None else min(2 * before.seconds, most)
        times = 0 if before is None else before.without_vote
        holds[name] = _Hold(now + seconds, seconds, times + without_vote)
        return now + seconds

    def without_vote(self, job_id: bytes) -> frozenset[_Name]:
        """Steps about a job that open no vote, as far as trying has shown."""
        holds = self._holds.get(job_id, {}).items()
        return frozenset(name for name, hold in holds if hold.without_vote >= _TIMES_TO_BE_SURE)

    def forget(self, job_id: bytes) -> None:
        """The job has come to its end, or what was refused was refused on another fork."""
        self._holds.pop(job_id, None)

    def busy(self, in_flight: list[SentStep], now: int) -> Busy:
        """All steps not to be taken now: those that wait, and those on their way."""
        found: dict[bytes, set[_Name]] = {}
        for step in in_flight:
            found.setdefault(step.job_id, set()).add((Kind(step.kind), step.round))
        for job_id, holds in self._holds.items():
            if waiting := {name for name, hold in holds.items() if hold.until > now}:
                found.setdefault(job_id, set()).update(waiting)
        return {job_id: frozenset(steps) for job_id, steps in found.items()}
