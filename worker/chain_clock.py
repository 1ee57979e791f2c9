"""Notices a chain that stands still, and a clock of this machine that is wrong.

Decisions go by the chain's own time; an operator wants to know all the same.
"""

from __future__ import annotations

import structlog

from assay.development import CHAINS_FOR_DEVELOPMENT
from worker.chain import Header

_LEAST_STILL_SECONDS = 60.0
_STILL_BLOCKS = 10
_SKEW_SECONDS = 30.0


class ChainClock:
    """Warns once of each, and says when it is over."""

    def __init__(self, chain_id: int) -> None:
        """The time of a chain for development may be any, which is no reason to warn."""
        self._for_development = chain_id in CHAINS_FOR_DEVELOPMENT
        self._head: Header | None = None
        self._moved_at = 0.0
        self._still = False
        self._skewed = False
        self._log = structlog.get_logger(__name__)

    def see(self, head: Header, block_seconds: float, clock: float, wall_clock: float) -> None:
        """A look at the chain has shown this head.

        `clock` is a monotonic time in seconds, `wall_clock` is UNIX time.
        """
        if self._head is None or head.hash != self._head.hash:
            if self._still:
                self._log.info("the chain goes on", block=head.number)
            if self._head is not None:  # the first one may be of any age
                self._compare(head, block_seconds, wall_clock)
            self._head, self._moved_at, self._still = head, clock, False
            return
        still = clock - self._moved_at
        if not self._still and still >= max(_LEAST_STILL_SECONDS, _STILL_BLOCKS * block_seconds):
            self._still = True
            self._log.warning("the chain stands still", block=head.number, seconds=round(still))

    def _compare(self, head: Header, block_seconds: float, wall_clock: float) -> None:
        """A block that has just come is of now, or of the time it takes to make one ago."""
        early, late = head.timestamp - wall_clock, wall_clock - head.timestamp - block_seconds
        skewed = max(early, late) > _SKEW_SECONDS
        if skewed and not self._skewed:
            self._tell_skew(round(wall_clock - head.timestamp))
        self._skewed = skewed

    def _tell_skew(self, behind: int) -> None:
        """`behind` is by how many seconds the chain is."""
        seconds, ahead = abs(behind), "this machine" if behind > 0 else "the chain"
        if self._for_development:
            self._log.info("a local chain has a clock of its own", seconds=seconds, ahead=ahead)
            return
        self._log.warning(
            "this machine's clock and the chain's differ",
            seconds=seconds,
            ahead=ahead,
            advice="see to this machine's time service; or the node is behind",
        )
