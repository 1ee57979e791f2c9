"""The weather on the way to a node."""

from __future__ import annotations

from collections import Counter

from scripts.chaos.faults import Fault, Weather


def drawn(seed: int, share: float = 0.5, count: int = 1_000, *, calm: bool = False) -> list[object]:
    weather = Weather(seed, share, calm)
    return [weather.next() for _ in range(count)]


def test_next__same_seed__same_weather() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_next__half_of_the_requests__about_half_go_wrong_in_every_way() -> None:
    counts = Counter(drawn(1))
    assert 400 < counts[None] < 600
    assert set(counts) == {None, *Fault}


def test_next__calm__nothing_goes_wrong() -> None:
    assert set(drawn(1, share=1.0, calm=True)) == {None}
