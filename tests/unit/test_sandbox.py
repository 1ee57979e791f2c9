"""The sandbox from the inside: a process enters it and tries what a hostile model might."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from worker.executor.sandbox import HELD

ROOT = Path(__file__).parents[2]

ATTEMPTS = """
import json, os, socket, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from worker.executor.sandbox import Limits, enter

secret, parent = sys.argv[2], int(sys.argv[3])
protections = enter(Limits(memory_bytes=512 << 20, open_files=16), Path(sys.argv[1]))


def attempt(action):
    try:
        action()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"


def write():
    with open(secret + ".new", "w") as file:
        file.write("x")


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def fill_descriptors():
    kept = []
    try:
        for _ in range(32):
            kept.append(os.open("/dev/null", os.O_RDONLY))
    finally:
        for descriptor in kept:
            os.close(descriptor)


def connect():
    with socket.socket() as client:
        client.connect(("127.0.0.1", 9))  # refused where there is a network at all


print(json.dumps({
    "protections": protections,
    "read": attempt(lambda: open(secret).read()),
    "list": attempt(lambda: os.listdir(os.path.dirname(secret))),
    "passwords": attempt(lambda: open("/etc/passwd").read()),
    "write": attempt(write),
    "connect": attempt(connect),
    "descriptors": attempt(fill_descriptors),
    "fork": attempt(fork),
    "memory": attempt(lambda: bytearray(1 << 30)),
    "environment": attempt(lambda: open(f"/proc/{parent}/environ").read()),
    "library": attempt(lambda: __import__("sqlite3")),
    "package": attempt(lambda: __import__("worker.executor.frames")),
}))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    secret = tmp_path_factory.mktemp("worker") / "keystore.json"
    secret.write_text("secret")
    command = [sys.executable, "-I", "-B", "-c", ATTEMPTS, str(ROOT), str(secret), str(os.getpid())]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    results: dict[str, Any] = json.loads(finished.stdout)
    return results


def needs(tried: dict[str, Any], protection: str) -> None:
    state = tried["protections"][protection]
    if state != HELD:
        pytest.skip(f"{protection} is {state} on this machine")


@pytest.mark.parametrize("attempt", ["read", "list", "passwords", "environment"])
def test_enter__files_of_the_worker__denied(tried: dict[str, Any], attempt: str) -> None:
    needs(tried, "files")
    assert tried[attempt] == "PermissionError"


def test_enter__a_new_file__denied(tried: dict[str, Any]) -> None:
    needs(tried, "files")
    assert tried["write"] == "PermissionError"


def test_enter__network__out_of_reach(tried: dict[str, Any]) -> None:
    needs(tried, "network")
    assert tried["connect"] in ("OSError", "PermissionError")


def test_enter__more_descriptors_than_allowed__denied(tried: dict[str, Any]) -> None:
    needs(tried, "open_files")
    assert tried["descriptors"] == "OSError"


def test_enter__more_memory_than_allowed__denied(tried: dict[str, Any]) -> None:
    needs(tried, "memory")
    assert tried["memory"] == "MemoryError"


@pytest.mark.parametrize("module", ["library", "package"])
def test_enter__code_of_the_worker__still_importable(tried: dict[str, Any], module: str) -> None:
    assert tried[module] == "done"


def test_enter__limits_of_the_process__always_held(tried: dict[str, Any]) -> None:
    always = ("memory", "core_dumps", "file_writes", "open_files")
    assert {name: tried["protections"][name] for name in always} == dict.fromkeys(always, HELD)


def test_enter__new_process__denied_or_said_that_it_is_not(tried: dict[str, Any]) -> None:
    """The kernel exempts root."""
    state = tried["protections"]["new_processes"]
    assert (tried["fork"] == "done") == (state != HELD)
    if os.getuid() == 0:
        assert state in (HELD, "off: the kernel holds no root to this limit")
