"""Runs this project's own commands under the clock."""

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TAIL = 2_000
_STOP_SECONDS = 60


class CommandFailedError(RuntimeError):
    """A command that was to be measured did not succeed."""


def output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a command of the project's root prints.

    Raises:
        CommandFailedError: it failed; says how its output ends.
    """
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CommandFailedError(
            f"`{' '.join(command)}` failed with code {done.returncode}; its output ends with:\n"
            f"{(done.stdout + done.stderr)[-_TAIL:]}"
        )
    return done.stdout


def seconds(
    command: Sequence[str], folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> float:
    """How long a command takes. If this is interrupted, it is asked to end and waited for.

    Raises:
        CommandFailedError: it failed; says how its output ends.
    """
    with tempfile.TemporaryFile(mode="w+", errors="replace") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait(_STOP_SECONDS)
            raise
        passed = time.perf_counter() - start
        if code != 0:
            output.seek(0)
            raise CommandFailedError(
                f"`{' '.join(command)}` failed with code {code}; its output ends with:\n"
                f"{output.read()[-_TAIL:]}"
            )
    return passed
