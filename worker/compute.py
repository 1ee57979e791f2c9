"""Running models beside the cycle, so that a slow one holds nothing up."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from assay.errors import AssayError
from assay.versions import Version
from worker.executor.outcomes import Outcome as Answer
from worker.executor.outcomes import Result
from worker.store import Abstained, Computed, Outcome

_RETRY_SECONDS = 5.0


class Inference(Protocol):
    """What answers a job. `worker.inference.ModelInference` is the product's."""

    def infer(self, version: Version, payload: bytes) -> Answer:
        """The answer to an encoded input. Called from several threads.

        Raises AssayError for what may pass: a file that cannot be fetched, a sandbox that does
        not start.
        """

    def close(self) -> None:
        """Let go of processes and connections."""


class Computations:
    """A few threads that answer jobs, the most urgent first."""

    def __init__(
        self,
        inference: Inference,
        threads: int,
        done: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`done` is called, from one of the threads, whenever there is something to collect."""
        self._inference = inference
        self._clock = clock
        self._done = done
        self._numbers = itertools.count()
        self._waiting: queue.PriorityQueue[tuple[int, int, bytes, Version, bytes]] = (
            queue.PriorityQueue()
        )
        self._finished: queue.SimpleQueue[tuple[bytes, Outcome | None]] = queue.SimpleQueue()
        self._running: set[bytes] = set()
        self._retry_at: dict[bytes, float] = {}
        self._log = structlog.get_logger(__name__)
        for number in range(threads):
            # Daemons: the end of the process waits for no model.
            threading.Thread(target=self._work, name=f"compute-{number}", daemon=True).start()

    @property
    def idle(self) -> bool:
        """Whether nothing runs, waits, or is to be collected."""
        return not self._running

    def is_busy_with(self, job_id: bytes) -> bool:
        """Whether the job is being answered, or failed so recently that it has to wait."""
        return job_id in self._running or self._retry_at.get(job_id, 0.0) > self._clock()

    def start(self, job_id: bytes, version: Version, payload: bytes, deadline: int) -> None:
        """Answer a job; of those that wait, the one with the earliest deadline comes first."""
        self._running.add(job_id)
        self._waiting.put((deadline, next(self._numbers), job_id, version, payload))

    def collect(self) -> list[tuple[bytes, Outcome | None]]:
        """What has been finished since; None for a job to be tried again."""
        collected = []
        while not self._finished.empty():
            job_id, outcome = self._finished.get()
            self._running.discard(job_id)
            if outcome is None:
                self._retry_at[job_id] = self._clock() + _RETRY_SECONDS
            else:
                self._retry_at.pop(job_id, None)
            collected.append((job_id, outcome))
        return collected

    def close(self) -> None:
        """Start nothing more."""
        self._inference.close()

    def _work(self) -> None:
        while True:
            _, _, job_id, version, payload = self._waiting.get()
            with structlog.contextvars.bound_contextvars(job=job_id):
                self._finished.put((job_id, self._answer(version, payload)))
            self._done()

    def _answer(self, version: Version, payload: bytes) -> Outcome | None:
        try:
            answer = self._inference.infer(version, payload)
        except AssayError as error:
            self._log.warning("not computed", error=str(error), again_in_seconds=_RETRY_SECONDS)
            return None
        except Exception as error:  # noqa: BLE001 - a thread that dies would leave its job undone
            self._log.exception("not computed", error=str(error))
            return None
        if isinstance(answer, Result):
            self._log.info(
                "computed", bytes=len(answer.payload), wall_seconds=round(answer.wall_seconds, 6)
            )
            return Computed(answer.payload)
        self._log.warning("abstained", reason=str(answer))
        return Abstained(str(answer))
