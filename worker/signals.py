"""Being told to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_STOPPING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def interrupting() -> Iterator[None]:
    """Inside, SIGTERM raises KeyboardInterrupt in the main thread, as SIGINT does."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def answered(stop: Callable[[str], None]) -> Iterator[None]:
    """Inside, SIGTERM and SIGINT call `stop` with their names, in a thread of its own.

    A handler would run between any two instructions of the main thread. Where that holds the lock
    of a log or an event, a handler that wants it too never returns, and nor does the process.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    handlers = {number: signal.signal(number, lambda *_: None) for number in _STOPPING}
    before = signal.set_wakeup_fd(writer)
    thread = threading.Thread(target=_listen, args=(reader, stop), name="signals", daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(writer)
        thread.join()
        os.close(reader)


def _listen(reader: int, stop: Callable[[str], None]) -> None:
    """The interpreter writes the number of each signal into the pipe."""
    while number := os.read(reader, 1):
        if number[0] in _STOPPING:
            with suppress(Exception):  # a thread that ends would leave the next one unanswered
                stop(signal.Signals(number[0]).name)
