"""How often a share of the stake holds enough seats of a committee to decide it."""

from typing import Any

import numpy as np

from benchmarks.economics import draws
from benchmarks.economics.draws import Holder
from benchmarks.economics.settings import Settings
from benchmarks.economics.statistics import rate

SIZES = (3, 5, 7, 15, 31)
SHARES = tuple(round(0.05 * step, 2) for step in range(1, 13))


def captures(settings: Settings) -> list[dict[str, Any]]:
    """A row for each size and share: stake split finely and whole, quorum and majority."""
    rows = []
    for size in SIZES:
        for share in SHARES:
            row: dict[str, Any] = {"size": size, "share": share}
            for name, stake in (("split", Holder.split(share)), ("whole", Holder.whale(share))):
                rng = settings.rng("capture", size, share, name)
                both = [stake, Holder.split(1 - share)]
                seats = draws.committee(rng, both, size, settings.workers_jobs)[:, 0]
                for goal, needed in (("quorum", -(-2 * size // 3)), ("majority", size // 2 + 1)):
                    hits = int(np.count_nonzero(seats >= needed))
                    found = rate(hits, settings.workers_jobs)
                    row[f"{name}_{goal}"] = round(found.mean, 6)
                    row[f"{name}_{goal}_band"] = round(found.band, 6)
            rows.append(row)
    return rows
