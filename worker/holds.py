"""Steps that failed wait a while before they are tried again, longer each time."""

from __future__ import annotations

from dataclasses import dataclass

from worker.knowledge import Busy
from worker.steps import Kind
from worker.store import Step as SentStep

_FIRST_SECONDS = 1
_LONGEST_SECONDS = 60
_FOR_GOOD = 1 << 32
# A vote that is no longer there has been taken back; no event tells which of several it was.
_GONE = "NoSuchVote"

_Name = tuple[bytes, Kind, int]


@dataclass(frozen=True, slots=True)
class _Hold:
    until: int
    seconds: int


class Holds:
    """Which steps wait, in the chain's time. Forgotten at the end of the process."""

    def __init__(self) -> None:
        self._holds: dict[_Name, _Hold] = {}

    def add(self, step: SentStep, reason: str, now: int) -> int:
        """Let a step that failed wait; returns until when."""
        name = step.job_id, Kind(step.kind), step.round
        before = self._holds.get(name)
        seconds = _FIRST_SECONDS if before is None else min(2 * before.seconds, _LONGEST_SECONDS)
        if step.kind == Kind.CLAIM and reason.startswith(_GONE):
            seconds = _FOR_GOOD
        self._holds[name] = _Hold(now + seconds, seconds)
        return now + seconds

    def forget(self, job_id: bytes) -> None:
        """The job has come to its end."""
        self._holds = {name: hold for name, hold in self._holds.items() if name[0] != job_id}

    def busy(self, in_flight: list[SentStep], now: int) -> Busy:
        """All steps not to be taken now: those that wait, and those on their way."""
        names = {(step.job_id, Kind(step.kind), step.round) for step in in_flight}
        names |= {name for name, hold in self._holds.items() if hold.until > now}
        found: dict[bytes, set[tuple[Kind, int]]] = {}
        for job_id, kind, round_ in names:
            found.setdefault(job_id, set()).add((kind, round_))
        return {job_id: frozenset(steps) for job_id, steps in found.items()}
