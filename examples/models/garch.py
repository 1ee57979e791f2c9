"""Simulated returns whose volatility comes in clusters: GARCH(1,1), Bollerslev (1986)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_BURN_IN = 200
_CALMEST, _WILDEST = 0.1, 2.0


@dataclass(frozen=True)
class Paths:
    """Independent paths of equally spaced log returns, each with parameters of its own.

    `returns` [paths, steps] are plain numbers (0.01 is 1 %), `volatility` [paths] is the standard
    deviation of the return that comes next, in percent.
    """

    returns: npt.NDArray[np.float64]
    volatility: npt.NDArray[np.float64]


def simulate(paths: int, steps: int, seed: int) -> Paths:
    """The variance of each return is `omega + alpha * (last return)**2 + beta * (last variance)`.

    The long-run standard deviation lies between 0.1 % and 2 %, evenly in its logarithm.
    """
    random = np.random.default_rng(seed)
    long_run = np.exp(random.uniform(np.log(_CALMEST), np.log(_WILDEST), paths)) ** 2
    alpha = random.uniform(0.05, 0.2, paths)
    beta = random.uniform(0.7, 0.98 - alpha)
    omega = long_run * (1 - alpha - beta)
    variance = long_run
    seen = []
    for _ in range(_BURN_IN + steps):
        returns = np.sqrt(variance) * random.standard_normal(paths)
        variance = omega + alpha * returns**2 + beta * variance
        seen.append(returns)
    return Paths(np.stack(seen[-steps:], axis=1) / 100, np.sqrt(variance))
