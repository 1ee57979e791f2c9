"""The frames a worker and its sandboxed child exchange over pipes.

A frame is `u8 kind | u32 length, little-endian | body`. The child is not trusted: whoever reads
its frames bounds their length before reading a body.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from worker.executor.errors import BrokenFrameError

_HEADER = struct.Struct("<BI")
_TIMES = struct.Struct("<dd")
_LENGTH = struct.Struct("<I")
HEADER_BYTES = _HEADER.size

_MOST_BRACKETS = 5_000
"""Far more than any signature has. Python's own bound on nesting is of no use where a library has
raised it: the parser then overruns the stack, and the process dies."""


class Kind(IntEnum):
    """What a frame carries."""

    LOAD = 1  # to the child: the ONNX bytes
    RUN = 2  # to the child: an input payload, for the graph as published
    PROBE = 3  # to the child: an input payload, for the graph as onnxruntime rewrites it
    RUN_MANY = 4  # to the child: several input payloads, for the graph as published
    READY = 16  # from the child: JSON, the protections in force
    LOADED = 17  # from the child: JSON, the inspection of the model
    RESULT = 18  # from the child: two f64 (wall and CPU seconds), then the result payload
    REFUSED = 19  # from the child: JSON, the model or this run is outside the worker's bounds
    FAILED = 20  # from the child: JSON, onnxruntime raised
    RESULTS = 21  # from the child: two f64 (wall and CPU seconds), then a payload for each input


@dataclass(frozen=True)
class Frame:
    """One message: its kind and its body."""

    kind: Kind
    body: bytes

    @classmethod
    def of_json(cls, kind: Kind, value: dict[str, Any]) -> Frame:
        """A frame whose body is a JSON object."""
        return cls(kind, json.dumps(value, separators=(",", ":")).encode())

    @classmethod
    def of_result(cls, wall_seconds: float, cpu_seconds: float, payload: bytes) -> Frame:
        """A RESULT frame."""
        return cls(Kind.RESULT, _TIMES.pack(wall_seconds, cpu_seconds) + payload)

    @classmethod
    def of_payloads(cls, kind: Kind, payloads: Sequence[bytes], prefix: bytes = b"") -> Frame:
        """A frame that carries several payloads, each after its length."""
        return cls(kind, prefix + b"".join(_LENGTH.pack(len(p)) + p for p in payloads))

    @classmethod
    def of_results(cls, wall: float, cpu: float, payloads: Sequence[bytes]) -> Frame:
        """A RESULTS frame; wall and CPU seconds."""
        return cls.of_payloads(Kind.RESULTS, payloads, _TIMES.pack(wall, cpu))

    def payloads(self, start: int = 0) -> list[bytes]:
        """The payloads from that byte on; raises BrokenFrameError when they do not fill it."""
        found, place = [], start
        while place < len(self.body):
            begin = place + _LENGTH.size
            if begin > len(self.body):
                raise BrokenFrameError(f"a {self.kind.name} frame ends within a length")
            place = begin + _LENGTH.unpack_from(self.body, place)[0]
            if place > len(self.body):
                raise BrokenFrameError(f"a {self.kind.name} frame ends within a payload")
            found.append(self.body[begin:place])
        return found

    def results(self) -> tuple[float, float, list[bytes]]:
        """Wall seconds, CPU seconds and payloads of a RESULTS frame."""
        wall, cpu, _ = self.result()
        return wall, cpu, self.payloads(_TIMES.size)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises BrokenFrameError when it is none."""
        brackets = self.body.count(b"[") + self.body.count(b"{")
        if brackets > _MOST_BRACKETS:
            raise BrokenFrameError(
                f"the body of a {self.kind.name} frame has {brackets} brackets, expected at most "
                f"{_MOST_BRACKETS}"
            )
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BrokenFrameError(
                f"the body of a {self.kind.name} frame is not JSON: {error}"
            ) from None
        if not isinstance(value, dict):
            raise BrokenFrameError(f"the body of a {self.kind.name} frame is not a JSON object")
        return value

    def result(self) -> tuple[float, float, bytes]:
        """Wall seconds, CPU seconds and payload of a RESULT frame."""
        if len(self.body) < _TIMES.size:
            raise BrokenFrameError(
                f"a {self.kind.name} frame of {len(self.body)} bytes has no room for its times"
            )
        wall, cpu = _TIMES.unpack_from(self.body)
        return wall, cpu, self.body[_TIMES.size :]

    def header(self) -> bytes:
        """The bytes that precede the body on the pipe."""
        return _HEADER.pack(self.kind, len(self.body))


def parse_header(header: bytes) -> tuple[Kind, int]:
    """Kind and body length of a frame; raises BrokenFrameError for an unknown kind."""
    number, length = _HEADER.unpack(header)
    try:
        return Kind(number), length
    except ValueError:
        raise BrokenFrameError(f"a frame has the unknown kind {number}") from None
