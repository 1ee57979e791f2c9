"""What can go wrong on the way to a node, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One thing that goes wrong with one request."""

    LATENCY = "latency"
    """The answer comes late."""
    TOO_MANY = "429"
    """The node asks for patience."""
    ERROR = "500"
    """The node is ill."""
    TRUNCATED = "truncated"
    """The answer breaks off in the middle."""
    STALE = "stale"
    """The newest block is told as it was some blocks ago."""
    DISCONNECT = "disconnect"
    """The connection ends without an answer, after the node has got the request."""


WEIGHTS = {
    Fault.LATENCY: 6,
    Fault.TOO_MANY: 2,
    Fault.ERROR: 2,
    Fault.TRUNCATED: 2,
    Fault.STALE: 3,
    Fault.DISCONNECT: 3,
}
"""How often each comes, among the others."""


@dataclass
class Weather:
    """Which requests go wrong, and how. The same seed brings the same weather."""

    seed: int
    share: float
    """Of the requests that go wrong, 0 to 1."""
    calm: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret

    def next(self) -> Fault | None:
        """What goes wrong with the next request; None if nothing does."""
        if self._random.random() >= self.share:
            return None
        fault = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return None if self.calm else fault
