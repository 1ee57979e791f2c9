"""The folder through which a publisher and the process that runs the model talk."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

MODEL, REQUEST, SAMPLES, FAILURE = "model.onnx", "request.json", "samples", "failure.json"

_LENGTH = struct.Struct("<Q")


def result_file(number: int) -> str:
    """The results at the setting of that number, one for each sample."""
    return f"results-{number}"


def times_file(number: int) -> str:
    """The seconds they took, JSON."""
    return f"times-{number}.json"


def write_payloads(path: Path, payloads: Iterable[bytes]) -> None:
    """Each after its length; the file appears once it is whole."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        for payload in payloads:
            file.write(_LENGTH.pack(len(payload)))
            file.write(payload)
    part.replace(path)


def read_payloads(path: Path) -> list[bytes]:
    """What `write_payloads` wrote."""
    found = []
    with path.open("rb") as file:
        while header := file.read(_LENGTH.size):
            found.append(file.read(*_LENGTH.unpack(header)))
    return found
