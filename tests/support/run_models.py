"""Runs models as the worker's sandboxed process does, on whatever processor interprets this.

    python -m tests.support.run_models < REQUEST > ANSWER

Both are JSON, from file name to a list: of float32 rows in, of encoded results in hex out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from assay.execution.levels import Level
from assay.execution.session import Session
from assay.inspection import graph
from assay.tensors import encode

_MOST_BYTES = 1 << 20


def results(path: Path, rows: list[list[float]]) -> list[str]:
    """The encoded result of each row, in hex."""
    content = path.read_bytes()
    inspection = graph.inspect(graph.parse(content, _MOST_BYTES))
    session = Session(content, inspection.inputs, Level.AS_PUBLISHED)
    inputs = (np.array([row], dtype=np.float32) for row in rows)
    return [encode(session.run([array], _MOST_BYTES)).hex() for array in inputs]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump({name: results(Path(name), rows) for name, rows in request.items()}, sys.stdout)
