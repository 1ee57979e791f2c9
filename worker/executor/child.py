"""Where the sandboxed child starts: fences first, the model runtime after."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from worker.executor import sandbox


def main(package_root: str, configuration: str) -> None:
    """Serve frames on the pipes that were standard input and output until the parent hangs up."""
    settings = json.loads(configuration)
    # Whatever native code prints must not get between the frames.
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    protections = sandbox.enter(sandbox.Limits(**settings.pop("limits")), Path(package_root))

    from worker.executor.service import Service, Settings  # not before the sandbox stands

    with os.fdopen(incoming, "rb") as requests, os.fdopen(outgoing, "wb") as answers:
        try:
            Service(Settings(**settings), protections).serve(requests, answers)
        except BrokenPipeError:
            sys.exit(0)  # the worker is gone
