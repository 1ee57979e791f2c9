"""Means with the band in which they lie with 95 % confidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964


@dataclass(frozen=True)
class Estimate:
    """A mean, and half the width of its 95 % band."""

    mean: float
    band: float

    @property
    def low(self) -> float:
        return self.mean - self.band

    @property
    def high(self) -> float:
        return self.mean + self.band


def estimate(values: Iterable[tuple[float, int]]) -> Estimate:
    """Of values with how often each came up."""
    pairs = list(values)
    count = sum(times for _, times in pairs)
    mean = sum(value * times for value, times in pairs) / count
    squares = sum((value - mean) ** 2 * times for value, times in pairs)
    return Estimate(mean, Z95 * sqrt(squares / max(1, count - 1) / count))


def rate(hits: int, count: int) -> Estimate:
    """Of a yes or no; the band is Wilson's, so it is not empty where nothing was hit."""
    z2 = Z95**2
    share = hits / count
    spread = sqrt(share * (1 - share) / count + z2 / (4 * count**2)) * Z95
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    reach = spread / (1 + z2 / count)
    return Estimate(share, max(middle + reach - share, share - middle + reach))
