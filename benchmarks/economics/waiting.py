"""Waiting for a higher price where terms give a range, in open rounds and in committees.

One worker with a small stake is drawn at the beginning; all others take the first price they can.
Their lots, as the draws at which they come in, are the points of a Poisson process.
"""

from typing import Any

import numpy as np

from benchmarks.economics.draws import Floats
from benchmarks.economics.settings import Settings
from benchmarks.economics.statistics import estimate

CAPS = (2, 4, 16)
"""The cap as a multiple of the least fee."""
WAITS = (0.1, 0.25, 0.5, 0.9)
"""Share of the way from the least fee to the cap that a worker waits for without looking."""
COMMITTEE = 5


def waiting(settings: Settings) -> list[dict[str, Any]]:
    """What waiting gains over taking the first price, in least fees, once drawn."""
    rows = []
    for kind, until in (
        ("open", _open(settings)),
        ("committee", _committee(settings)),
    ):
        for cap in CAPS:
            for name, fees in _ways(until, cap):
                got = estimate(_counted(fees - 1))
                rows.append(
                    {
                        "kind": kind,
                        "cap": cap,
                        "way": name,
                        "gain": round(got.mean, 4),
                        "gain_band": round(got.band, 4),
                    }
                )
    return rows


def _open(settings: Settings) -> Floats:
    """How far the price has risen when the first other worker comes in."""
    lot = settings.rng("wait open").exponential(size=settings.workers_jobs)
    return np.asarray(1 - 1 / np.maximum(lot, 1))


def _committee(settings: Settings) -> Floats:
    """How far the price has risen when the others have filled the committee."""
    lots = settings.rng("wait committee").gamma(COMMITTEE, size=settings.workers_jobs)
    return np.clip(lots / COMMITTEE - 1, 0, 1)


def _ways(until: Floats, cap: int) -> list[tuple[str, Floats]]:
    """Fees earned, in least fees, by a worker that could have had one of them at once."""
    ways = [(f"blindly, {wait:.0%}", (wait < until) * _price(wait, cap)) for wait in WAITS]
    return [*ways, ("knowing all lots", _price(until, cap))]


def _price(risen: Floats | float, cap: int) -> Floats:
    return np.asarray(1 + np.floor(255 * np.asarray(risen)) / 255 * (cap - 1))


def _counted(values: Floats) -> list[tuple[float, int]]:
    found, counts = np.unique(values, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))
