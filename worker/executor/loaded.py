"""A child process with one model in it, and what its answers and its death mean for a vote."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from assay.execution.levels import Level
from assay.inspection.report import Inspection
from worker.executor.errors import (
    BrokenFrameError,
    ChildDiedError,
    ChildStartError,
    ChildTimeoutError,
)
from worker.executor.frames import Frame, Kind
from worker.executor.outcomes import Abstain, ModelError, Outcome, Reason, Result
from worker.executor.process import ChildProcess, Death
from worker.executor.sandbox import HELD
from worker.executor.settings import ExecutorSettings

_REQUESTS = {Level.AS_PUBLISHED: Kind.RUN, Level.REWRITTEN: Kind.PROBE}
_SMALL_FRAME = 1 << 20
_RESULT_OVERHEAD = 64
_DETAIL_CHARACTERS = 1_000
_OUT_OF_MEMORY = ("bad_alloc", "MemoryError", "Cannot allocate memory")


class LoadedModel:
    """A warm child. Not thread-safe. After an outcome that is not `usable` it must be killed."""

    def __init__(self, settings: ExecutorSettings) -> None:
        """Start the child; raises ChildStartError when it does not come up as required."""
        self._settings = settings
        self._child = ChildProcess(settings.for_child())
        self.usable = True
        self.runs = 0
        self.inspection: Inspection | None = None
        self._levels: set[Level] = set()
        try:
            ready = self._child.exchange(None, settings.start_seconds, _SMALL_FRAME)
            self.protections: dict[str, str] = ready.json()
        except (BrokenFrameError, ChildDiedError, ChildTimeoutError) as error:
            raise ChildStartError(
                f"the sandboxed interpreter did not start: {error}; {self.kill().stderr}"
            ) from None
        missing = [n for n in settings.required_protections if self.protections.get(n) != HELD]
        if missing:
            self.kill()
            states = ", ".join(f"{name} is {self.protections.get(name)}" for name in missing)
            raise ChildStartError(
                f"required protections of the sandbox are missing: {states}; run the worker where "
                "the kernel allows them, or require fewer"
            )

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._child.pid

    def load(self, model: bytes) -> Inspection | Abstain | ModelError:
        """Inspect and load the model; a child has room for one."""
        request = Frame(Kind.LOAD, model)
        answer = self._ask(request, Kind.LOADED, self._settings.load_seconds, _SMALL_FRAME)
        if not isinstance(answer, Frame):
            self.kill()
            return answer
        try:
            self.inspection = Inspection.from_json(answer.json())
            self._levels.add(Level.AS_PUBLISHED)
        except (BrokenFrameError, KeyError, TypeError, ValueError) as error:
            return self._broken(error)
        return self.inspection

    def run(self, payload: bytes, level: Level = Level.AS_PUBLISHED) -> Outcome:
        """Run the model on an encoded input; the rewritten graph is loaded when first asked for."""
        self.runs += 1
        seconds = self._settings.run_seconds
        if level not in self._levels:
            seconds += self._settings.load_seconds
        request = Frame(_REQUESTS[level], payload)
        largest = max(_SMALL_FRAME, self._settings.max_result_bytes + _RESULT_OVERHEAD)
        answer = self._ask(request, Kind.RESULT, seconds, largest)
        self._levels.add(level)
        if not isinstance(answer, Frame):
            return answer
        try:
            wall, cpu, result = answer.result()
        except BrokenFrameError as error:
            return self._broken(error)
        return Result(result, wall, cpu)

    def run_many(self, payloads: Sequence[bytes]) -> list[Result] | Abstain | ModelError:
        """Run the model once for several inputs; only where its inspection says `batches`.

        What goes wrong with one of them goes wrong with all.
        """
        self.runs += 1
        request = Frame.of_payloads(Kind.RUN_MANY, payloads)
        each = self._settings.max_result_bytes + _RESULT_OVERHEAD
        largest = max(_SMALL_FRAME, each * len(payloads))
        answer = self._ask(request, Kind.RESULTS, self._settings.run_seconds, largest)
        if not isinstance(answer, Frame):
            return answer
        try:
            wall, cpu, results = answer.results()
            if len(results) != len(payloads):
                raise BrokenFrameError(f"{len(results)} results for {len(payloads)} inputs")
        except BrokenFrameError as error:
            return self._broken(error)
        count = len(payloads)
        return [Result(result, wall / count, cpu / count) for result in results]

    def kill(self) -> Death:
        """End the process; safe to repeat."""
        self.usable = False
        return self._child.kill()

    def _ask(
        self, request: Frame, expected: Kind, seconds: float, max_body: int
    ) -> Frame | Abstain | ModelError:
        try:
            answer = self._child.exchange(request, seconds, max_body)
            if answer.kind is expected:
                return answer
            fields = answer.json()
            if answer.kind is Kind.FAILED:
                return ModelError(_shown(fields["detail"]))
            if answer.kind is not Kind.REFUSED:
                raise BrokenFrameError(f"a {answer.kind.name} frame, expected {expected.name}")
            refusal = Abstain(Reason(fields["reason"]), _shown(fields["detail"]))
        except ChildTimeoutError as error:
            self.kill()
            return Abstain(Reason.WALL_LIMIT, str(error))
        except ChildDiedError:
            return _meaning(self.kill())
        except (BrokenFrameError, KeyError, ValueError) as error:
            return self._broken(error)
        except BaseException:
            self.kill()  # else its answer to this would be taken for the next one's
            raise
        if refusal.reason is Reason.MEMORY_LIMIT:
            self.kill()  # what is left of its memory is not worth a guess
        return refusal

    def _broken(self, error: Exception) -> Abstain:
        self.kill()
        return Abstain(Reason.CRASHED, f"the child does not keep to the protocol: {error!r}")


def _shown(detail: object) -> str:
    """What a child says, fit for a log whoever wrote it."""
    text = "".join(c if c.isprintable() else " " for c in str(detail)[:_DETAIL_CHARACTERS])
    return text.strip()


def _meaning(death: Death) -> Abstain:
    if death.signal == signal.SIGXCPU:
        return Abstain(Reason.CPU_LIMIT, "the model used up its CPU time")
    if any(sign in death.stderr for sign in _OUT_OF_MEMORY):
        return Abstain(Reason.MEMORY_LIMIT, f"the model used up its memory: {_shown(death.stderr)}")
    how = signal.Signals(death.signal).name if death.signal else "an exit of its own"
    return Abstain(Reason.CRASHED, f"the child ended by {how}: {_shown(death.stderr)}")
