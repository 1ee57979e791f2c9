"""The child's side of the conversation: load one model, then run it for input after input."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import BinaryIO

from assay.errors import MalformedPayloadError, SignatureMismatchError
from assay.execution.levels import Level
from assay.execution.session import Arrays, ResultTooLargeError, Session
from assay.inspection import graph, runtime
from assay.inspection.errors import InspectionError
from assay.inspection.report import Inspection
from assay.tensors import EMPTY_PAYLOAD, check_signature, decode, encode
from worker.executor.frames import HEADER_BYTES, Frame, Kind, parse_header
from worker.executor.outcomes import Reason
from worker.executor.sandbox import allow_cpu
from worker.executor.together import run_together

_DETAIL_CHARACTERS = 1_000


_LEVELS = {Kind.RUN: Level.AS_PUBLISHED, Kind.PROBE: Level.REWRITTEN}


@dataclass(frozen=True)
class Settings:
    """What the worker tells its child at the start."""

    max_model_bytes: int
    max_result_bytes: int
    load_cpu_seconds: int
    run_cpu_seconds: int


class Service:
    """Answers each request frame with one frame."""

    def __init__(self, settings: Settings, protections: dict[str, str]) -> None:
        self._settings = settings
        self._protections = protections
        self._model: _Model | None = None

    def serve(self, requests: BinaryIO, answers: BinaryIO) -> None:
        """Announce the protections in force, then answer until the requests end."""
        _send(answers, Frame.of_json(Kind.READY, self._protections))
        while (request := _receive(requests)) is not None:
            _send(answers, self._answer(request))

    def _answer(self, request: Frame) -> Frame:
        try:
            if request.kind is Kind.LOAD:
                return self._load(request.body)
            if request.kind is Kind.RUN_MANY:
                return self._run_many(request.payloads())
            return self._run(request.body, _LEVELS[request.kind])
        except InspectionError as error:
            return _refused(Reason.REFUSED_MODEL, error)
        except ResultTooLargeError as error:
            return _refused(Reason.RESULT_TOO_LARGE, error)
        except MemoryError:
            return _refused(Reason.MEMORY_LIMIT, MemoryError("the address space is used up"))
        except Exception as error:  # noqa: BLE001 - onnxruntime's errors share no other base class
            if _out_of_memory(error):
                return _refused(Reason.MEMORY_LIMIT, error)
            return Frame.of_json(Kind.FAILED, {"detail": _detail(error)})

    def _load(self, model: bytes) -> Frame:
        allow_cpu(self._settings.load_cpu_seconds)
        proto = graph.parse(model, self._settings.max_model_bytes)
        inspection = graph.inspect(proto)
        runtime.check_opset(proto, inspection.opset)
        del proto  # as large as the model
        self._model = _Model(model, inspection)
        self._model.session(Level.AS_PUBLISHED)
        return Frame.of_json(Kind.LOADED, inspection.to_json())

    def _run(self, payload: bytes, level: Level) -> Frame:
        if self._model is None:
            raise RuntimeError("asked to run before a model was loaded")
        allow_cpu(self._settings.load_cpu_seconds)
        session = self._model.session(level)
        allow_cpu(self._settings.run_cpu_seconds)
        arrays = _inputs(payload, self._model.inspection)
        if arrays is None:
            return Frame.of_result(0.0, 0.0, EMPTY_PAYLOAD)
        wall, cpu = time.perf_counter(), time.process_time()
        outputs = session.run(arrays, self._settings.max_result_bytes)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Frame.of_result(wall, cpu, self._encoded(outputs))

    def _run_many(self, payloads: list[bytes]) -> Frame:
        if self._model is None:
            raise RuntimeError("asked to run before a model was loaded")
        allow_cpu(self._settings.run_cpu_seconds)
        session = self._model.session(Level.AS_PUBLISHED)
        fitting = [_inputs(payload, self._model.inspection) for payload in payloads]
        most = self._settings.max_result_bytes * len(payloads)
        wall, cpu = time.perf_counter(), time.process_time()
        outputs = iter(
            run_together([a for a in fitting if a is not None], lambda a: session.run(a, most))
        )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        results = [
            EMPTY_PAYLOAD if arrays is None else self._encoded(next(outputs)) for arrays in fitting
        ]
        return Frame.of_results(wall, cpu, results)

    def _encoded(self, outputs: Arrays) -> bytes:
        result = encode(outputs)
        if len(result) > self._settings.max_result_bytes:
            raise ResultTooLargeError(
                f"the result takes {len(result)} bytes: "
                f"expected at most {self._settings.max_result_bytes}"
            )
        return result


class _Model:
    """The model of this child, and a session for each level that was asked for."""

    def __init__(self, content: bytes, inspection: Inspection) -> None:
        self.inspection = inspection
        self._content = content
        self._sessions: dict[Level, Session] = {}

    def session(self, level: Level) -> Session:
        if level is Level.AS_PUBLISHED and self.inspection.exact:
            level = Level.INTEGERS
        if level not in self._sessions:
            self._sessions[level] = Session(self._content, self.inspection.inputs, level)
        return self._sessions[level]


def _inputs(payload: bytes, inspection: Inspection) -> Arrays | None:
    """The input's arrays, or None when its right answer is the empty payload."""
    try:
        arrays = decode(payload)
        check_signature(arrays, inspection.inputs)
    except (MalformedPayloadError, SignatureMismatchError):
        return None
    return arrays


def _refused(reason: Reason, error: Exception) -> Frame:
    return Frame.of_json(Kind.REFUSED, {"reason": reason, "detail": _detail(error)})


def _detail(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS]


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return "bad_alloc" in text or "bad allocation" in text or "failed to allocate memory" in text


def _receive(pipe: BinaryIO) -> Frame | None:
    header = pipe.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES:
        return None
    kind, length = parse_header(header)
    body = pipe.read(length)
    return Frame(kind, body) if len(body) == length else None


def _send(pipe: BinaryIO, frame: Frame) -> None:
    pipe.write(frame.header())
    pipe.write(frame.body)
    pipe.flush()
