"""A worker's lot in a round, computed off chain."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from eth_typing import ChecksumAddress

from assay import sortition
from assay.jobs import Status
from worker.chain import Header
from worker.plan import Draw
from worker.state import JobState

_REMEMBERED = 1_024
_OPEN_ROUNDS = 8_192
"""Whose tickets are remembered: a job is looked at several times while a round is open."""


@lru_cache(maxsize=_OPEN_ROUNDS)
def _ticket(entropy: bytes, job_id: bytes, round_: int, worker: ChecksumAddress) -> int:
    return sortition.ticket(sortition.seed(entropy, job_id, round_), worker)


class WeightSource(Protocol):
    """The part of `worker.chain.Chain` that drawing needs."""

    def headers(self, numbers: list[int]) -> list[Header]:
        """Blocks by number."""

    def weights(self, worker: ChecksumAddress, opened_at: int, block: int) -> tuple[int, int]:
        """The worker's weight and the total, units."""


class Draws:
    """Lots of one worker. Asks the chain once for each seed block and pair of epochs."""

    def __init__(self, chain: WeightSource, worker: ChecksumAddress, epoch: int) -> None:
        """`epoch` is the length of an epoch in seconds."""
        self._chain = chain
        self._worker = worker
        self._epoch = epoch
        self._hashes: dict[int, bytes] = {}
        self._weights: dict[tuple[int, int], tuple[int, int]] = {}

    def see(self, head: Header) -> None:
        """Remember the hash of a block, of which some round may want to know."""
        self._hashes[head.number] = head.hash
        while len(self._hashes) > _REMEMBERED:
            self._hashes.pop(next(iter(self._hashes)))

    def forget(self) -> None:
        """After a reorganisation: other blocks, other seeds."""
        self._hashes.clear()

    def draw(self, state: JobState, head: Header) -> Draw | None:
        """The lot in the round under way; None while its seed is unknown, or when it is over."""
        if state.status is not Status.COMMITTING or state.seed_block > head.number:
            return None
        if state.seed_block not in self._hashes:
            self.see(self._chain.headers([state.seed_block])[0])
        entropy = self._hashes[state.seed_block]
        weight, total = self._weigh(state.opened_at, head)
        return Draw(_ticket(entropy, state.job_id, state.round, self._worker), weight, total)

    def _weigh(self, opened_at: int, head: Header) -> tuple[int, int]:
        # Within an epoch no weight changes, so all rounds that it opened share one answer.
        epochs = opened_at // self._epoch, head.timestamp // self._epoch
        if epochs not in self._weights:
            current = epochs[1]
            self._weights = {key: w for key, w in self._weights.items() if key[1] == current}
            self._weights[epochs] = self._chain.weights(self._worker, opened_at, head.number)
        return self._weights[epochs]
