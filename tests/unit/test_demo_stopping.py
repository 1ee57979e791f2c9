"""However the demo ends, its processes end with it."""

import os
import signal
import subprocess
import sys

import pytest

FORGETFUL = """
import os, signal, subprocess, time
from scripts.demo.errors import StoppedError
from scripts.demo.stopping import nothing_left_behind
try:
    with nothing_left_behind():
        child = subprocess.Popen(["sleep", "600"]).pid
        {body}
except StoppedError as error:
    print(error)
"""
"""Starts a process and forgets its handle."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's own")


def forgetful(body: str) -> tuple[subprocess.Popen[str], int]:
    """A process that starts another and goes on with `body`, which prints the other's id."""
    process = subprocess.Popen(
        [sys.executable, "-c", FORGETFUL.format(body=body)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_left_behind__signal__tidies_up_and_says_which(number):
    process, child = forgetful("print(child, flush=True); time.sleep(600)")
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert (output, errors, process.returncode) == (f"stopped by {number.name}\n", "", 0)
    assert gone(child)


def test_nothing_left_behind__failing_assertion__passes_on_and_tidies_up():
    process, child = forgetful("print(child, flush=True); assert False, 'made up'")
    _, errors = process.communicate(timeout=60)
    assert "AssertionError: made up" in errors
    assert process.returncode == 1
    assert gone(child)


def test_nothing_left_behind__second_signal__does_not_disturb_the_tidying():
    body = """
        try:
            print(child, flush=True)
            time.sleep(600)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            print("tidied")
    """
    process, child = forgetful(body.strip())
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (output, errors) == ("tidied\nstopped by SIGINT\n", "")
    assert gone(child)
