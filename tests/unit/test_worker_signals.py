"""A worker that is told to stop while it holds a lock."""

import os
import queue
import signal
import threading

import pytest

from worker import signals

SECONDS = 30


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_answered__signal_while_a_lock_is_held_that_stop_takes__stop_is_called(
    number: signal.Signals,
) -> None:
    lock, said = threading.Lock(), queue.SimpleQueue[str]()

    def stop(name: str) -> None:
        with lock:
            said.put(name)

    with signals.answered(stop):
        with lock:
            os.kill(os.getpid(), number)
        assert said.get(timeout=SECONDS) == number.name


def test_answered__after_the_end__handlers_and_wakeup_are_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with signals.answered(lambda _: None):
        assert signal.getsignal(signal.SIGTERM) not in before
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_interrupting__signal__as_ctrl_c(number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), signals.interrupting():
        signal.raise_signal(number)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_answered__another_signal__passed_over() -> None:
    said = queue.SimpleQueue[str]()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with signals.answered(said.put):
            os.kill(os.getpid(), signal.SIGUSR1)
            os.kill(os.getpid(), signal.SIGTERM)
            assert said.get(timeout=SECONDS) == "SIGTERM"
        assert said.empty()
    finally:
        signal.signal(signal.SIGUSR1, before)
