"""The jobs that are still going on, and when to look at each of them again."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import structlog

from assay import events
from worker import transitions
from worker.intake import News
from worker.state import JobState
from worker.store import History, StoredLog

_POSTED = bytes.fromhex(events.topics(events.JobPosted)[0][2:])


class Board:
    """Live jobs in memory. The store has their logs, so the board can be rebuilt at any time."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._jobs: dict[bytes, JobState] = {}
        self._asleep = set(history.asleep_jobs())
        self._touched: dict[bytes, None] = {}  # a set that keeps the order
        self._alarms: list[tuple[int, bytes]] = []
        self._log = structlog.get_logger(__name__)
        for job_id in history.live_jobs():
            self._reload(job_id)

    @property
    def live(self) -> list[JobState]:
        """All jobs about which something may be left to do now or later."""
        return list(self._jobs.values())

    @property
    def is_touched(self) -> bool:
        """Whether a job is to be looked at in the next cycle, whatever the time."""
        return bool(self._touched)

    def get(self, job_id: bytes) -> JobState | None:
        """A live job."""
        return self._jobs.get(job_id)

    def follow(self, news: News) -> None:
        """Bring the jobs up to the newest block."""
        for job_id in news.undone:
            self._reload(job_id)
        current = set(news.undone)
        for log in news.logs:
            if log.job_id in self._asleep:
                self._reload(log.job_id)
                current.add(log.job_id)
            elif log.job_id not in current:  # or else it is up to date: the store has all logs
                self._apply(log)

    def touch(self, job_id: bytes) -> None:
        """Have the job looked at in this cycle."""
        self._touched[job_id] = None

    def wake(self, job_id: bytes, at: int) -> None:
        """Have the job looked at when the chain's time is `at`."""
        heapq.heappush(self._alarms, (at, job_id))

    def due(self, now: int) -> list[JobState]:
        """The jobs to look at now; each is named once."""
        while self._alarms and self._alarms[0][0] <= now:
            self._touched[heapq.heappop(self._alarms)[1]] = None
        due = [self._jobs[job_id] for job_id in self._touched if job_id in self._jobs]
        self._touched.clear()
        return due

    def finish(self, jobs: Iterable[bytes], block: int) -> None:
        """Nothing is left to do about these jobs."""
        done = list(jobs)
        self._history.finish(done, block)
        for job_id in done:
            del self._jobs[job_id]

    def put_to_sleep(self, jobs: Iterable[bytes]) -> None:
        """Nothing is left to do about these jobs until something happens to them.

        Anybody can post jobs that nobody wants; they take up room in the store alone.
        """
        tired = [job_id for job_id in jobs if self._jobs.pop(job_id, None)]
        if tired:
            self._history.set_asleep(tired, asleep=True)
            self._asleep.update(tired)

    def _reload(self, job_id: bytes) -> None:
        if job_id in self._asleep:
            self._history.set_asleep([job_id], asleep=False)
            self._asleep.remove(job_id)
        self._jobs.pop(job_id, None)
        for log in self._history.logs_of(job_id):
            self._apply(log)

    def _apply(self, log: StoredLog) -> None:
        if log.job_id not in self._jobs and log.topics[0] != _POSTED:
            return
        try:
            event = log.event or events.decode(log.as_mapping())
            if isinstance(event, events.JobPosted):
                self._jobs[log.job_id] = transitions.opened(event, log.timestamp)
            elif event is not None:
                current = self._jobs[log.job_id]
                self._jobs[log.job_id] = transitions.apply(current, event, log.timestamp)
        except Exception as error:  # noqa: BLE001 - one job must not stop the others
            # Only a job this version does not understand can lead here.
            self._log.exception("job dropped", job=log.job_id, error=str(error))
            self._jobs.pop(log.job_id, None)
        self._touched[log.job_id] = None
