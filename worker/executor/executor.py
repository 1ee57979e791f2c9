"""Runs models in the sandbox and decides which results a worker can vouch for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import structlog
from structlog.typing import FilteringBoundLogger

from assay.artefacts.model import ModelArtefact
from assay.errors import MalformedPayloadError
from assay.execution.levels import Level
from assay.inspection.report import Inspection, manifest_faults
from assay.tensors import EMPTY_PAYLOAD
from assay.tolerance import SUPPORT, Tolerance, payloads_close
from worker.executor.loaded import LoadedModel
from worker.executor.outcomes import (
    Abstain,
    BatchFailedError,
    ModelError,
    Outcome,
    Reason,
    Result,
)
from worker.executor.pool import ChildPool
from worker.executor.sandbox import HELD
from worker.executor.settings import ExecutorSettings

_Key = tuple[bytes, bytes]
_Refusal = Abstain | ModelError

# Not the model's character but this moment's or this worker's bounds: worth another try.
_PASSING = frozenset({Reason.CRASHED, Reason.CPU_LIMIT, Reason.MEMORY_LIMIT, Reason.WALL_LIMIT})
_MAY_BE_THE_CHILDS_FAULT = frozenset({Reason.CRASHED, Reason.MEMORY_LIMIT})
_REMEMBERED_REFUSALS = 1_024
_PASSING_SECONDS = 300.0
"""That a model which could not be loaded is not tried again for, although it may go by then."""
_ALONE_AFTER_A_FAULT = 256
"""Inputs that run one by one after a batch that failed: one of them spoils it for all."""


class Executor:
    """Runs models, each in a warm child process of its own. Thread-safe.

    Every method that runs something raises ChildStartError when this machine cannot start the
    sandbox; whatever a model does comes back as an outcome. Close it to end the children.
    """

    def __init__(
        self,
        settings: ExecutorSettings,
        log: FilteringBoundLogger | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pool = ChildPool(settings.max_children)
        self._refusals: dict[_Key, tuple[_Refusal, float]] = {}
        """With the time until which each counts."""
        self._batches: dict[_Key, bool] = {}
        self._alone: dict[_Key, int] = {}
        """How many inputs are still to be run one by one."""
        self._reported_protections = False
        self._log: FilteringBoundLogger = log or structlog.get_logger(__name__)

    def inspect(self, model: ModelArtefact) -> Inspection | Abstain | ModelError:
        """What the model is, once it is loaded and agrees with its manifest."""
        key = _key(model)
        child = self._borrow(key, model)
        if not isinstance(child, LoadedModel):
            return child
        self._pool.give_back(key, child)
        assert child.inspection is not None  # noqa: S101 - borrowed children are loaded
        return child.inspection

    def run(
        self, model: ModelArtefact, payload: bytes, level: Level = Level.AS_PUBLISHED
    ) -> Outcome:
        """The result for an encoded input; one that does not fit the signature gives EMPTY_PAYLOAD.

        A warm child that crashes or runs out of memory may suffer from what it ran before, so the
        input gets a second, fresh one.
        """
        key = _key(model)
        while True:
            child = self._borrow(key, model)
            if not isinstance(child, LoadedModel):
                return child
            fresh = child.runs == 0
            try:
                outcome = child.run(payload, level)
            finally:
                self._pool.give_back(key, child)
            if isinstance(outcome, Result):
                return outcome
            self._log.warning("no result", artefact=model.sha256.hex(), outcome=str(outcome))
            if fresh or not _may_be_the_childs_fault(outcome):
                return outcome

    def vouch(self, model: ModelArtefact, payload: bytes, tolerance: Tolerance | None) -> Outcome:
        """A result the worker can put a bond on; `tolerance` is None for an EXACT version.

        Abstains from a float graph declared EXACT, and from an input whose result leaves the
        tolerance when the graph is optimised differently: elsewhere it may round as much.
        """
        inspection = self.inspect(model)
        if not isinstance(inspection, Inspection):
            return inspection
        if tolerance is None and not inspection.exact:
            return Abstain(
                Reason.FLOAT_DECLARED_EXACT,
                f"{inspection.float_node} computes in floating point, which rounds differently on "
                "other machines: publish the version as TOLERANCE",
            )
        outcome = self.run(model, payload)
        if tolerance is None or not isinstance(outcome, Result) or outcome.payload == EMPTY_PAYLOAD:
            return outcome
        probe = self.run(model, payload, Level.REWRITTEN)
        if not isinstance(probe, Result):
            return Abstain(Reason.UNSTABLE, f"the result could not be checked: {probe}")
        try:
            close = payloads_close(outcome.payload, probe.payload, tolerance, SUPPORT)
        except MalformedPayloadError as error:
            return Abstain(Reason.CRASHED, f"the child's result is no payload: {error}")
        if not close:
            return Abstain(
                Reason.UNSTABLE,
                "the result moves more than the tolerance between optimisation levels: publish the "
                "version with a wider one, and cast outputs other than float32, which must be "
                "equal, to float32 or drop them",
            )
        return outcome

    def batches(self, artefact: bytes, manifest: bytes) -> bool:
        """Whether `vouch_many` runs the model of these digests once for several inputs.

        Not known before it was asked to.
        """
        key = artefact, manifest
        return self._batches.get(key, False) and not self._alone.get(key)

    def vouch_many(
        self, model: ModelArtefact, payloads: Sequence[bytes], tolerance: Tolerance | None
    ) -> list[Outcome]:
        """What `vouch` gives for each input; in one run where that cannot change a bit.

        Raises BatchFailedError when that run went wrong, or another has a moment ago: one by one
        the inputs may take long, and others wait.
        """
        inspection = self.inspect(model)
        may = isinstance(inspection, Inspection) and inspection.batches and tolerance is None
        key = _key(model)
        self._batches[key] = may
        if len(payloads) > 1 and may:
            return self._run_many(key, model, payloads)
        if key in self._alone:
            self._alone[key] = max(0, self._alone[key] - len(payloads))
        return [self.vouch(model, payload, tolerance) for payload in payloads]

    def _run_many(
        self, key: _Key, model: ModelArtefact, payloads: Sequence[bytes]
    ) -> list[Outcome]:
        """Raises BatchFailedError."""
        child = self._borrow(key, model) if self.batches(*key) else None
        if not isinstance(child, LoadedModel):
            raise BatchFailedError("the inputs have to run one by one")
        try:
            outcome = child.run_many(payloads)
        finally:
            self._pool.give_back(key, child)
        if isinstance(outcome, list):
            return list(outcome)
        self._log.warning("no batch", artefact=model.sha256.hex(), outcome=str(outcome))
        self._alone[key] = _ALONE_AFTER_A_FAULT
        raise BatchFailedError(f"no result for {len(payloads)} inputs together: {outcome}")

    def close(self) -> None:
        """End every child; those at work end when their run does."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _borrow(self, key: _Key, model: ModelArtefact) -> LoadedModel | _Refusal:
        remembered, until = self._refusals.get(key, (None, 0.0))
        if remembered is not None and self._clock() < until:
            return remembered
        child = self._pool.borrow(key, lambda: LoadedModel(self._settings))
        refusal: _Refusal | None = None
        try:
            self._report_protections(child)
            if child.inspection is None:
                refusal = self._load(child, model)
        except BaseException:
            child.kill()
            self._pool.give_back(key, child)
            raise
        if refusal is None:
            return child
        child.kill()
        self._pool.give_back(key, child)
        self._remember(key, refusal)
        return refusal

    def _load(self, child: LoadedModel, model: ModelArtefact) -> _Refusal | None:
        inspection = child.load(model.read())
        if not isinstance(inspection, Inspection):
            return inspection
        faults = manifest_faults(inspection, model.manifest)
        return Abstain(Reason.MANIFEST_DIFFERS, "; ".join(faults)) if faults else None

    def _remember(self, key: _Key, refusal: _Refusal) -> None:
        self._log.warning("model refused", artefact=key[0].hex(), outcome=str(refusal))
        passes = isinstance(refusal, Abstain) and refusal.reason in _PASSING
        self._refusals.pop(key, None)
        while len(self._refusals) >= _REMEMBERED_REFUSALS:
            self._refusals.pop(next(iter(self._refusals)))
        self._refusals[key] = refusal, self._clock() + _PASSING_SECONDS if passes else math.inf

    def _report_protections(self, child: LoadedModel) -> None:
        if self._reported_protections:
            return
        self._reported_protections = True
        for name, state in child.protections.items():
            if state != HELD:
                self._log.warning("the sandbox lacks a protection", protection=name, state=state)


def _key(model: ModelArtefact) -> _Key:
    return model.sha256, model.manifest.digest


def _may_be_the_childs_fault(outcome: Outcome) -> bool:
    return isinstance(outcome, Abstain) and outcome.reason in _MAY_BE_THE_CHILDS_FAULT
