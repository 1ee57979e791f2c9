"""How fast the chain is, and when to look at it again."""

from __future__ import annotations

import math
from collections import deque

from worker.chain import Header

_BLOCKS = 20
_LOOK_EARLY = 0.9
_LONGEST_PAUSE = 15.0
_POLL_WHILE_LISTENING = 2.0


class Pace:
    """Learns the time between blocks from the blocks themselves."""

    def __init__(self, poll_seconds: float, stagger_seconds: int) -> None:
        self._poll_seconds = poll_seconds
        self._stagger_seconds = stagger_seconds
        self._seen: deque[tuple[int, int]] = deque(maxlen=_BLOCKS)
        self._seen_at = -math.inf

    def see(self, head: Header, clock: float) -> None:
        """A look has found this head; `clock` is a monotonic time in seconds."""
        if self._seen and self._seen[-1] == (head.number, head.timestamp):
            return
        if self._seen and head.number <= self._seen[-1][0]:
            self._seen.clear()  # a reorganisation
        self._seen.append((head.number, head.timestamp))
        self._seen_at = clock

    @property
    def block_seconds(self) -> float:
        """Between two blocks, on average; 1 until that is known."""
        if len(self._seen) < 2:
            return 1.0
        (first, began), (last, ended) = self._seen[0], self._seen[-1]
        return (ended - began) / (last - first)

    @property
    def stagger(self) -> int:
        """How long a worker leaves a step to one before it: seconds, and two blocks at least."""
        return max(self._stagger_seconds, 2 * math.ceil(self.block_seconds))

    def pause(self, clock: float, *, listening: bool = False) -> float:
        """Seconds until the next look: shortly before a block is due, then at every poll.

        While heads are listened for they end the pause, and polls need not be so frequent.
        """
        expected = self._seen_at + _LOOK_EARLY * self.block_seconds
        poll = max(self._poll_seconds, _POLL_WHILE_LISTENING) if listening else self._poll_seconds
        return min(max(poll, expected - clock), _LONGEST_PAUSE)
