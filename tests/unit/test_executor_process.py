"""The pipes to a child that does not do what was agreed."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from worker.executor import process
from worker.executor.errors import BrokenFrameError, ChildDiedError, ChildTimeoutError
from worker.executor.frames import HEADER_BYTES, Frame, Kind, parse_header
from worker.executor.process import ChildProcess

Start = Callable[[str], ChildProcess]

ECHO = """
import os
def read(size):
    data = b""
    while len(data) < size:
        data += os.read(0, size - len(data))
    return data
while True:
    header = read(5)
    body = read(int.from_bytes(header[1:], "little"))
    data = bytes([18]) + header[1:] + body
    while data:
        data = data[os.write(1, data):]
"""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a child that runs the given code instead of the executor's own."""
    children = []

    def start_child(code: str) -> ChildProcess:
        monkeypatch.setattr(process, "_BOOTSTRAP", code)
        children.append(ChildProcess({}))
        return children[-1]

    yield start_child
    for child in children:
        child.kill()


def test_exchange__bodies_of_any_size__come_back_whole(start: Start) -> None:
    child = start(ECHO)
    for size in (0, 1, 65_536, 3 << 20):
        body = os.urandom(size)
        assert child.exchange(Frame(Kind.RUN, body), 30, size) == Frame(Kind.RESULT, body)


def test_exchange__no_answer__times_out(start: Start) -> None:
    with pytest.raises(ChildTimeoutError, match=r"within 0\.2 s"):
        start("import signal; signal.pause()").exchange(None, 0.2, 10)


def test_exchange__request_that_is_never_read__times_out(start: Start) -> None:
    child = start("import signal; signal.pause()")
    with pytest.raises(ChildTimeoutError):
        child.exchange(Frame(Kind.LOAD, bytes(1 << 20)), 0.2, 10)


def test_exchange__child_exits__says_how_with_the_end_of_stderr(start: Start) -> None:
    child = start("import sys; sys.stderr.write('x' * 300_000 + ' the end'); sys.exit(3)")
    with pytest.raises(ChildDiedError):
        child.exchange(Frame(Kind.LOAD, bytes(1 << 20)), 30, 10)
    death = child.kill()
    assert death.signal == 0
    assert death.stderr.endswith(" the end")
    assert len(death.stderr) <= 4_096


def test_exchange__child_dies_by_a_signal__names_it(start: Start) -> None:
    child = start("import os, signal; os.kill(os.getpid(), signal.SIGABRT)")
    with pytest.raises(ChildDiedError):
        child.exchange(None, 30, 10)
    assert child.kill().signal == signal.SIGABRT


def test_exchange__stderr_without_end__kept_short_while_it_waits(start: Start) -> None:
    child = start("import os\nwhile True: os.write(2, b'noise' * 1000)")
    with pytest.raises(ChildTimeoutError):
        child.exchange(None, 0.3, 10)
    assert len(child.kill().stderr) <= 4_096


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import os; os.write(1, b'hello world')", "unknown kind 104"),
        (r"import os; os.write(1, b'\x12\xff\xff\xff\xff')", "4294967295 bytes exceeds 10"),
        (r"import os; os.write(1, b'\x12\x01\x00\x00\x00abc')", "2 bytes follow"),
    ],
)
def test_exchange__bytes_that_are_no_frame__refused(start: Start, code: str, fault: str) -> None:
    with pytest.raises(BrokenFrameError, match=fault):
        start(code).exchange(None, 30, 10)


def test_exchange__frame_cut_short__child_died(start: Start) -> None:
    with pytest.raises(ChildDiedError):
        start(r"import os; os.write(1, b'\x12\x05\x00\x00\x00ab')").exchange(None, 30, 10)


def test_kill__child_with_children__all_of_them_end(start: Start) -> None:
    child = start(
        "import os, signal\n"
        "number = os.fork()\n"
        "if number: os.write(1, b'\\x12\\x04\\x00\\x00\\x00' + number.to_bytes(4, 'little'))\n"
        "signal.pause()"
    )
    grandchild = int.from_bytes(child.exchange(None, 30, 4).body, "little")
    handle = os.pidfd_open(grandchild)
    try:
        alive_before = child.alive
        child.kill()
        assert (alive_before, child.alive) == (True, False)
        ended, _, _ = select.select([handle], [], [], 30)
        assert ended
    finally:
        os.close(handle)


def test_kill__twice__the_same_answer(start: Start) -> None:
    child = start("import signal; signal.pause()")
    assert child.kill() == child.kill()


def test_frame__header__kind_and_length() -> None:
    header = Frame(Kind.RESULT, b"abc").header()
    assert len(header) == HEADER_BYTES
    assert parse_header(header) == (Kind.RESULT, 3)


def test_frame__result__times_and_payload() -> None:
    assert Frame.of_result(0.5, 0.25, b"payload").result() == (0.5, 0.25, b"payload")
    with pytest.raises(BrokenFrameError, match="no room for its times"):
        Frame(Kind.RESULT, b"short").result()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_frame__json_that_is_no_object__refused(body: bytes) -> None:
    with pytest.raises(BrokenFrameError, match="a READY frame"):
        Frame(Kind.READY, body).json()


def test_frame__nested_json_where_python_s_limit_was_raised__refused() -> None:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(BrokenFrameError, match="100000 brackets"):
            Frame(Kind.READY, b"[" * 100_000).json()
    finally:
        sys.setrecursionlimit(usual)
