"""How many blocks' logs are asked for at once: as many as the node gives out."""

from __future__ import annotations


class Span:
    """Halved when a node refuses, doubled again as long as it does not."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.blocks = most
        """To ask for."""

    def refused(self, blocks: int) -> None:
        """The node has refused so many."""
        self.blocks = max(1, blocks // 2)

    def answered(self, blocks: int) -> None:
        """The node has told so many."""
        if blocks == self.blocks:
            self.blocks = min(2 * self.blocks, self._most)
