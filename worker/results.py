"""Payloads: the own ones, those that others have published, and how close they are."""

from __future__ import annotations

from assay import events
from assay.errors import TensorError
from assay.tolerance import Tolerance, payloads_close
from worker.state import JobState
from worker.store import Computed, History, Outcome, Outcomes

_REMEMBERED = 4_096


class Results:
    """The results of jobs, from the store."""

    def __init__(self, outcomes: Outcomes, history: History) -> None:
        self._outcomes = outcomes
        self._history = history
        kinds = events.topics(events.ResultPublished, events.Proposed)
        self._topics = {bytes.fromhex(topic[2:]) for topic in kinds}
        self._comparisons: dict[tuple[bytes, bytes, Tolerance, int], bool] = {}

    def own(self, job_id: bytes) -> Outcome | None:
        """What running the job's model led to."""
        return self._outcomes.of(job_id)

    def published(self, job_id: bytes, digest: bytes) -> bytes | None:
        """The payload that a reveal or a proposal has published under this digest."""
        for log in self._history.logs_of(job_id):
            if log.topics[0] in self._topics:
                event = events.decode(log.as_mapping())
                if not isinstance(event, events.ResultPublished | events.Proposed):
                    continue
                if event.digest == digest:
                    return event.result
        return None

    def is_close(self, state: JobState, own: Computed, digest: bytes, factor: int) -> bool:
        """Whether the own result is within so many tolerances of a published one."""
        tolerance = Tolerance(state.job.rules.atol, state.job.rules.rtol)
        key = own.digest, digest, tolerance, factor
        if key not in self._comparisons:
            other = self.published(state.job_id, digest)
            if other is None:
                return False
            self._comparisons[key] = _close(own.payload, other, tolerance, factor)
            if len(self._comparisons) > _REMEMBERED:
                self._comparisons.pop(next(iter(self._comparisons)))
        return self._comparisons[key]


def _close(own: bytes, other: bytes, tolerance: Tolerance, factor: int) -> bool:
    try:
        return payloads_close(own, other, tolerance, factor)
    except TensorError:
        return False  # someone has published bytes that are no payload
