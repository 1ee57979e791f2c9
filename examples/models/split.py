"""Rows to train on, and rows that are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Part:
    """`rows` [n, columns] float32 and their true answers `targets` [n]."""

    rows: npt.NDArray[np.float32]
    targets: Array


def held_out(
    rows: Array, targets: Array, seed: int, *, stratify: bool = False
) -> tuple[Part, Part]:
    """Three quarters to train on, one quarter to test on."""
    train_rows, test_rows, train_targets, test_targets = train_test_split(
        rows.astype(np.float32),
        targets,
        test_size=0.25,
        random_state=seed,
        stratify=targets if stratify else None,
    )
    return Part(train_rows, train_targets), Part(test_rows, test_targets)
