"""What there is to say about answers, earnings and the vault's books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Judged:
    """A settled answer beside what a local run of the model says and what is true."""

    model: str
    answer: npt.NDArray[Any]
    truth: float
    """What the data set says: a label, or a number."""
    agrees: bool
    """Within three tolerances of onnxruntime in this process."""


@dataclass(frozen=True)
class Earnings:
    """What the demo brought one worker, wei."""

    worker: str
    lies: bool
    seats: int
    right: int
    fees: int
    bonds_lost: int
    appeals: int = 0
    rewards: int = 0
    """What its appeals brought beyond their deposits; below zero if they were in vain."""

    @property
    def net(self) -> int:
        return self.fees + self.rewards - self.bonds_lost


@dataclass(frozen=True)
class Guarded:
    """What became of the answers that one worker gave in the clear: counts of jobs."""

    proposed: int
    lies: int
    appealed: int
    """Of the lies."""
    overturned: int
    """Of the lies."""
    doubted: int
    """True answers that were appealed."""


@dataclass(frozen=True)
class Balance:
    """Where the vault's tokens are, wei."""

    held: int
    credit: int
    stake: int
    burned: int

    @property
    def difference(self) -> int:
        """Zero with every job closed and every vote claimed: then no pot holds anything."""
        return self.held - self.credit - self.stake - self.burned


def closeness(judged: Sequence[Judged]) -> tuple[float, float]:
    """Share of right labels among the digits, and the diabetes answers' mean absolute error."""
    labels = [item for item in judged if item.answer.size > 1]
    numbers = [item for item in judged if item.answer.size == 1]
    accuracy = np.mean([np.argmax(item.answer) == item.truth for item in labels])
    error = np.mean([abs(item.answer.item() - item.truth) for item in numbers])
    return float(accuracy), float(error)
