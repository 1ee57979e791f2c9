"""One sandboxed child process and the pipes to it, seen from the worker."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from worker.executor.errors import BrokenFrameError, ChildDiedError, ChildTimeoutError
from worker.executor.frames import HEADER_BYTES, Frame, parse_header

# `-I` ignores PYTHON* variables, the user's site and the working directory, so the package's own
# folder is named explicitly.
_BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from worker.executor.child import main; main(sys.argv[1], sys.argv[2])"
)
# Nothing of the worker's own environment: it may hold key-store passwords and RPC tokens.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 1 << 16
_STDERR_KEPT = 4_096


@dataclass(frozen=True)
class Death:
    """How a child ended: its signal (0 when none) and the end of what it wrote to stderr."""

    signal: int
    stderr: str


class ChildProcess:
    """A running child. Not thread-safe: one exchange at a time."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        arguments = [str(_PACKAGE_ROOT), json.dumps(configuration)]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _BOOTSTRAP, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        self._stderr = b""
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)

    @property
    def pid(self) -> int:
        """Process id, which is also the id of its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs.

        Looks without reaping: the id must stay ours until `kill` has signalled the group.
        """
        if self._process.returncode is not None:
            return False
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, look) is None

    def exchange(self, request: Frame | None, seconds: float, max_body: int) -> Frame:
        """Send a frame (or none) and wait for the answer.

        Raises ChildTimeoutError, ChildDiedError, or BrokenFrameError when the answer is no frame
        or longer than `max_body` bytes. After any of them the child must be killed.
        """
        answer = _Incoming(max_body)
        outgoing = _parts(request) if request else []
        deadline = time.monotonic() + seconds
        stdin, stdout, stderr = self._pipes()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(stderr, selectors.EVENT_READ)
            if outgoing:
                selector.register(stdin, selectors.EVENT_WRITE)
            while answer.frame is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ChildTimeoutError(f"the child gave no answer within {seconds:g} s")
                for key, _ in selector.select(left):
                    if key.fileobj is stdout:
                        answer.feed(_read(stdout))
                    elif key.fileobj is stderr:
                        if not self._keep_stderr():
                            selector.unregister(stderr)
                    else:
                        outgoing = _rest(outgoing, _write(stdin, outgoing[0]))
                        if not outgoing:
                            selector.unregister(stdin)
        return answer.frame

    def kill(self) -> Death:
        """End the child and everything in its process group; safe to repeat."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
            while self._keep_stderr():
                pass
            for pipe in self._pipes():
                pipe.close()
        tail = self._stderr.decode("utf-8", "replace").strip()
        return Death(signal=max(0, -self._process.returncode), stderr=tail)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None and stdout is not None and stderr is not None  # noqa: S101
        return stdin, stdout, stderr

    def _keep_stderr(self) -> bool:
        chunk = _read(self._pipes()[2])
        self._stderr = (self._stderr + chunk)[-_STDERR_KEPT:]
        return bool(chunk)


class _Incoming:
    """Collects one frame of at most `max_body` bytes."""

    def __init__(self, max_body: int) -> None:
        self.frame: Frame | None = None
        self._max_body = max_body
        self._received = bytearray()

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            raise ChildDiedError("the child closed its pipe before it answered")
        self._received += chunk
        if len(self._received) < HEADER_BYTES:
            return
        kind, length = parse_header(bytes(self._received[:HEADER_BYTES]))
        if length > self._max_body:
            raise BrokenFrameError(
                f"a {kind.name} frame of {length} bytes exceeds {self._max_body}"
            )
        end = HEADER_BYTES + length
        if len(self._received) > end:
            raise BrokenFrameError(f"{len(self._received) - end} bytes follow a {kind.name} frame")
        if len(self._received) == end:
            self.frame = Frame(kind, bytes(self._received[HEADER_BYTES:]))


def _parts(request: Frame) -> list[memoryview]:
    """The frame's bytes; a large body by itself, since joining would copy it."""
    if len(request.body) <= _CHUNK:
        return [memoryview(request.header() + request.body)]
    return [memoryview(request.header()), memoryview(request.body)]


def _rest(parts: list[memoryview], written: int) -> list[memoryview]:
    """What is left once so many bytes of the first are out."""
    first, *others = parts
    return others if written == len(first) else [first[written:], *others]


def _read(pipe: IO[bytes]) -> bytes:
    """What the pipe holds now; empty at its end, or when it holds nothing."""
    try:
        return os.read(pipe.fileno(), _CHUNK)
    except BlockingIOError:
        return b""


def _write(pipe: IO[bytes], data: memoryview) -> int:
    """How many bytes went out; all of them when nobody reads any more (EOF follows on stdout)."""
    try:
        return os.write(pipe.fileno(), data[:_CHUNK])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(data)
