"""The process in which a model is measured; also on an emulated processor, so it loads little."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from assay.execution.levels import Level
from assay.execution.session import ResultTooLargeError, Session
from assay.publish.files import (
    FAILURE,
    MODEL,
    REQUEST,
    SAMPLES,
    read_payloads,
    result_file,
    times_file,
    write_payloads,
)
from assay.tensors import DataType, TensorSpec, decode, encode

_DETAIL_CHARACTERS = 1_000


def main(folder: str) -> None:
    """Run what a folder asks for; what the model does wrong is written there, too."""
    place = Path(folder)
    request = json.loads((place / REQUEST).read_text(encoding="utf-8"))
    with suppress(OSError, ValueError):  # a lower bound holds already, or the emulator has none
        resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"],) * 2)
    try:
        _measure(place, request)
    except MemoryError:
        _fail(place, "memory", "the address space is used up")
    except ResultTooLargeError as error:
        _fail(place, "result", str(error))
    except Exception as error:  # noqa: BLE001 - onnxruntime's errors share no other base class
        text = str(error)
        short = "bad_alloc" in text or "bad allocation" in text or "allocate memory" in text
        _fail(place, "memory" if short else "model", f"{type(error).__name__}: {text}")


def _measure(place: Path, request: dict[str, Any]) -> None:
    content = (place / MODEL).read_bytes()
    inputs = [
        TensorSpec(name, DataType(dtype), tuple(shape)) for name, dtype, shape in request["inputs"]
    ]
    samples = read_payloads(place / SAMPLES)
    for number, (level, threads) in enumerate(request["settings"]):
        session = Session(content, inputs, Level(level), threads)
        times: list[float] = []
        results = list(_results(session, samples, request["max_bytes"], times))
        write_payloads(place / result_file(number), results)
        (place / times_file(number)).write_text(json.dumps(times), encoding="utf-8")


def _results(
    session: Session, samples: Sequence[bytes], max_bytes: int, times: list[float]
) -> Iterator[bytes]:
    for sample in samples:
        arrays = decode(sample)
        start = time.perf_counter()
        outputs = session.run(arrays, max_bytes)
        times.append(time.perf_counter() - start)
        yield encode(outputs)


def _fail(place: Path, kind: str, detail: str) -> None:
    failure = {"kind": kind, "detail": detail[:_DETAIL_CHARACTERS]}
    (place / FAILURE).write_text(json.dumps(failure), encoding="utf-8")
    sys.exit(1)
