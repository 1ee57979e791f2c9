"""However the demo ends, nothing that it started goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from scripts.demo.errors import StoppedError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Inside, the first signal raises StoppedError; later ones do not disturb the tidying up.

    A signal can arrive between the start of a process and the moment its handle is kept. So at the
    end every child that is left is killed, whoever started it.
    """
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        _ignore_signals()
        for child in children():
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def children() -> list[int]:
    """Processes that this one started and has not waited for; only Linux tells."""
    lists = Path("/proc/self/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def _stop(number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise StoppedError(f"stopped by {signal.Signals(number).name}")


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
