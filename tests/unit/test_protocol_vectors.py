"""The shared vectors are what their script writes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_vectors__written_again__the_committed_file() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/vectors/protocol.py", "--check"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
