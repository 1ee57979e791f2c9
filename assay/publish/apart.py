"""Runs a model in a process of its own, within bounds; also on emulated processors."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from assay.publish.errors import MeasuringError, MeasuringLimitError, SampleFailedError
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
from assay.publish.settings import MOST_OUTPUT_BYTES, Measuring, Setting
from assay.tensors import TensorSpec

EMULATOR = "qemu-x86_64"

_MACHINES = ("x86_64", "AMD64")
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_BOOTSTRAP = (
    "import sys; sys.path[:0] = sys.argv[2:]; from assay.publish.child import main; "
    "main(sys.argv[1])"
)
# Nothing of the publisher's environment: it may hold keys of the store.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_STDERR_SHOWN = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """The results at one setting: a payload for each sample, and the seconds each took."""

    setting: Setting
    payloads: Sequence[bytes]
    seconds: Sequence[float]


class Apart:
    """One model and its samples. A context manager: its folder goes with it."""

    def __init__(
        self,
        content: bytes,
        inputs: Sequence[TensorSpec],
        samples: Sequence[bytes],
        measuring: Measuring,
    ) -> None:
        self._inputs = inputs
        self._measuring = measuring
        self._folder = tempfile.TemporaryDirectory(prefix="assay-")
        place = Path(self._folder.name)
        (place / MODEL).write_bytes(content)
        write_payloads(place / SAMPLES, samples)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def run(self, settings: Sequence[Setting]) -> Iterator[Run]:
        """The results at each setting, all of one processor, when all are there.

        Raises SampleFailedError or MeasuringLimitError.
        """
        place = Path(self._folder.name)
        request = {
            "inputs": [[spec.name, int(spec.dtype), list(spec.shape)] for spec in self._inputs],
            "settings": [[str(setting.level), setting.threads] for setting in settings],
            "memory_bytes": self._measuring.memory_bytes,
            "max_bytes": MOST_OUTPUT_BYTES,
        }
        (place / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        (place / FAILURE).unlink(missing_ok=True)
        self._execute(place, settings[0].processor)
        for number, setting in enumerate(settings):
            times = (place / times_file(number)).read_text(encoding="utf-8")
            yield Run(
                setting=setting,
                payloads=read_payloads(place / result_file(number)),
                seconds=json.loads(times),
            )

    def _execute(self, place: Path, processor: str | None) -> None:
        process = subprocess.Popen(
            [*_interpreter(processor), "-I", "-c", _BOOTSTRAP, str(place), *_packages()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        try:
            _, said = process.communicate(timeout=self._measuring.seconds)
        except subprocess.TimeoutExpired:
            raise MeasuringLimitError(
                f"running the samples took longer than {self._measuring.seconds:g} s: give fewer "
                "or smaller ones, or raise Measuring(seconds=…)"
            ) from None
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        if process.returncode:
            raise self._why(place, process.returncode, said)

    def _why(self, place: Path, code: int, said: bytes) -> MeasuringError:
        if (place / FAILURE).exists():
            failure = json.loads((place / FAILURE).read_text(encoding="utf-8"))
            kind, detail = failure["kind"], failure["detail"]
        elif code == -signal.SIGKILL or b"bad_alloc" in said or b"MemoryError" in said:
            kind, detail = "memory", "its process was ended"
        else:
            kind, detail = "process", said.decode("utf-8", "replace").strip()[-_STDERR_SHOWN:]
        if kind == "memory":
            return MeasuringLimitError(
                f"the model takes more than {self._measuring.memory_bytes >> 20} MiB of memory "
                f"({detail}): publish a smaller one, or raise Measuring(memory_bytes=…); a worker "
                "has 2 GiB for it unless its operator says otherwise"
            )
        if kind == "result":
            return MeasuringLimitError(
                f"{detail}; a worker reveals 48 KiB: leave outputs out, or give smaller samples"
            )
        if kind == "model":
            return SampleFailedError(
                f"onnxruntime does not run the model on its samples ({detail}): give samples that "
                "it takes, or correct the export"
            )
        return MeasuringError(f"the process that runs the model ended by {code}: {detail}")


def emulators(measuring: Measuring) -> tuple[str, ...]:
    """The processors that can be emulated here."""
    there = shutil.which(EMULATOR) and platform.machine() in _MACHINES
    return measuring.processors if there else ()


def _interpreter(processor: str | None) -> list[str]:
    if processor is None:
        return [sys.executable]
    program = shutil.which(EMULATOR)
    assert program is not None  # noqa: S101 - only what `emulators` names is run
    # The emulator wants the interpreter itself, which knows nothing of a virtual environment.
    return [program, "-cpu", processor, os.path.realpath(sys.executable)]


def _packages() -> list[str]:
    paths = sysconfig.get_paths()
    return [str(_PACKAGE_ROOT), *dict.fromkeys([paths["purelib"], paths["platlib"]])]
