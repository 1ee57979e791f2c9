"""Running models beside the cycle, so that a slow one holds nothing up."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Protocol

import structlog
from eth_typing import ChecksumAddress

from assay import remote_inputs
from assay.artefacts.errors import ArtefactEvictedError
from assay.errors import AssayError
from assay.remote_inputs import RemoteInput
from assay.versions import Version
from worker.executor.outcomes import Abstain, BatchFailedError, Reason, Result
from worker.executor.outcomes import Outcome as Answer
from worker.fetching import Fetching
from worker.inputs import Inputs, pauses
from worker.line import Line, Waiting
from worker.store import Abstained, Computed, Outcome

_RETRY_SECONDS = 5.0
_INPUT_THREADS = 16
_INPUTS_EACH = 4
"""For one requester at once: anybody can post a job whose host takes its time."""


class Inference(Protocol):
    """What answers jobs. `worker.inference.ModelInference` is the product's."""

    def batches(self, version: Version) -> bool:
        """Whether several inputs of a version are answered in one run."""

    def has(self, version: Version) -> bool:
        """Whether the version's files are there."""

    def fetch(self, version: Version) -> None:
        """Get the version's files. Raises AssayError when no URI serves them."""

    def infer(self, version: Version, payloads: Sequence[bytes]) -> list[Answer]:
        """The answer to each encoded input. Called from several threads.

        Raises AssayError for what may pass: a file that cannot be fetched, a sandbox that does
        not start. Raises BatchFailedError when several have to be answered one by one.
        """

    def close(self) -> None:
        """Let go of processes and connections."""


class Computations:
    """A few threads that answer jobs, the most urgent first."""

    def __init__(
        self,
        inference: Inference,
        inputs: Inputs,
        threads: int,
        done: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`done` is called, from one of the threads, whenever there is something to collect."""
        self._inference = inference
        self._inputs = inputs
        self._clock = clock
        self._done = done
        self._line = Line(inference.batches)
        self._fetching = Fetching(inference.fetch, self._model_fetched, clock)
        self._fetching_inputs = Fetching(
            inputs.fetch,
            self._input_fetched,
            clock,
            threads=_INPUT_THREADS,
            each=_INPUTS_EACH,
            pauses=pauses,
        )
        self._ahead: set[bytes] = set()
        """Jobs whose inputs are there ahead of time, or are being fetched so."""
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

    def start(
        self,
        job_id: bytes,
        version: Version,
        payload: bytes,
        deadline: int,
        requester: ChecksumAddress | None = None,
    ) -> None:
        """Answer a job; of those that wait, the one with the earliest deadline comes first.

        `payload` may be a reference, whose payload is fetched first. `deadline` is a time of the
        chain; 0 for a job that is never too late.
        """
        self._running.add(job_id)
        remote = self._remote(payload)
        if isinstance(remote, Abstain):
            self._abstain(job_id, remote)
            return
        if remote is not None:
            self._inputs.keep(job_id, remote, requester)
        self._line.put(Waiting(deadline, job_id, version, payload, remote, requester))

    def fetch_ahead(
        self,
        job_id: bytes,
        version: Version,
        payload: bytes,
        deadline: int,
        requester: ChecksumAddress | None = None,
    ) -> None:
        """Have an input by reference there for a job that may be run later, and keep it.

        One that cannot be had is asked for again when this is called again.
        """
        remote = self._remote(payload)
        if job_id in self._ahead or not isinstance(remote, RemoteInput):
            return
        self._ahead.add(job_id)
        self._inputs.keep(job_id, remote, requester)
        job = Waiting(deadline, job_id, version, payload, remote, requester, ahead=True)
        self._fetching_inputs.add(remote, [job])

    def forget(self, job_id: bytes) -> None:
        """The job's input is needed no more."""
        self._ahead.discard(job_id)
        self._inputs.release(job_id)

    def drop_late(self, now: int) -> None:
        """Let go of jobs that wait and whose deadline is over, in the chain's time."""
        waiting = self._line.drop(now), self._fetching.drop(now), self._fetching_inputs.drop(now)
        for late in chain(*waiting):
            if late.ahead:
                self._ahead.discard(late.job_id)
            else:
                self._finished.put((late.job_id, None))

    def rested(self) -> list[bytes]:
        """Jobs that failed and have waited long enough since the last time this was asked."""
        now = self._clock()
        over = [job_id for job_id, until in self._retry_at.items() if until <= now]
        for job_id in over:
            del self._retry_at[job_id]
        return over

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
                self.forget(job_id)
            collected.append((job_id, outcome))
        return collected

    def close(self) -> None:
        """Start nothing more."""
        self._inference.close()
        self._inputs.close()

    def _work(self) -> None:
        while True:
            waiting = self._line.take()
            jobs = {"job": waiting[0].job_id} if len(waiting) == 1 else {"jobs": len(waiting)}
            with structlog.contextvars.bound_contextvars(**jobs):
                self._see_to(waiting)

    def _see_to(self, waiting: Sequence[Waiting]) -> None:
        """Answers jobs of one version, or has its files or their inputs fetched for them."""
        version = waiting[0].version
        try:
            if not self._inference.has(version):
                self._fetching.add(version, waiting)
                return
            waiting, payloads = self._with_inputs(waiting)
            if not waiting:
                return
            answers = self._inference.infer(version, payloads)
        except BatchFailedError:
            self._put_back(waiting)  # one by one, the most urgent of all versions first
        except AssayError as error:
            self._log.warning("not computed", error=str(error), again_in_seconds=_RETRY_SECONDS)
            self._finish(waiting, [None] * len(waiting))
        except Exception as error:  # noqa: BLE001 - a thread that dies would leave jobs undone
            self._log.exception("not computed", error=str(error))
            self._finish(waiting, [None] * len(waiting))
        else:
            self._line.note(version, [a.wall_seconds for a in answers if isinstance(a, Result)])
            outcomes = map(self._outcome, (one.job_id for one in waiting), answers)
            self._finish(waiting, list(outcomes))

    def _with_inputs(self, waiting: Sequence[Waiting]) -> tuple[list[Waiting], list[bytes]]:
        """The jobs whose inputs are here, and those; the others' are fetched."""
        ready, payloads = [], []
        for one in waiting:
            found = one.payload if one.remote is None else self._inputs.read(one.remote)
            if found is not None:
                ready.append(one)
                payloads.append(found)
            elif one.remote is not None and one.fetched:
                self._give_up(one, one.remote)
            elif one.remote is not None:
                self._fetching_inputs.add(one.remote, [one])
        return ready, payloads

    def _give_up(self, one: Waiting, remote: RemoteInput) -> None:
        """Fetching again at once what left the cache at once would go on for ever."""
        lost = ArtefactEvictedError(
            f"input {remote.sha256.hex()} left the cache before it was run: raise input_cache_mb"
        )
        self._fetching_inputs.fail(remote, lost)
        self._finish([one], [None])

    def _model_fetched(self, jobs: Sequence[Waiting], there: bool) -> None:
        if there:
            self._put_back(jobs)
        else:
            self._finish(jobs, [None] * len(jobs))

    def _input_fetched(self, jobs: Sequence[Waiting], there: bool) -> None:
        asked = [replace(one, fetched=there) for one in jobs if not one.ahead]
        if there:
            self._put_back(asked)
        else:
            self._ahead.difference_update(one.job_id for one in jobs if one.ahead)
            self._finish(asked, [None] * len(asked))

    def _put_back(self, jobs: Sequence[Waiting]) -> None:
        for one in jobs:
            self._line.put(one)

    def _remote(self, payload: bytes) -> RemoteInput | Abstain | None:
        """The reference that an input is, or why this worker does not fetch it."""
        try:
            remote = remote_inputs.find(payload)
        except remote_inputs.RemoteInputUnknownVersionError as error:
            return Abstain(Reason.UNKNOWN_REFERENCE, str(error))
        most = self._inputs.max_bytes
        if remote is not None and remote.size > most:
            detail = f"an input of {remote.size} bytes: at most {most} are taken"
            return Abstain(Reason.INPUT_TOO_LARGE, detail)
        return remote

    def _finish(self, jobs: Sequence[Waiting], outcomes: Sequence[Outcome | None]) -> None:
        for one, outcome in zip(jobs, outcomes, strict=True):
            self._finished.put((one.job_id, outcome))
        self._done()

    def _abstain(self, job_id: bytes, answer: Abstain) -> None:
        self._finished.put((job_id, self._outcome(job_id, answer)))
        self._done()

    def _outcome(self, job_id: bytes, answer: Answer) -> Outcome:
        if isinstance(answer, Result):
            seconds = round(answer.wall_seconds, 6)
            self._log.info("computed", job=job_id, bytes=len(answer.payload), wall_seconds=seconds)
            return Computed(answer.payload)
        self._log.warning("abstained", job=job_id, reason=str(answer))
        return Abstained(str(answer))
