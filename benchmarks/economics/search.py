"""Looks for terms and shares of the stake under which cheating pays, as far as terms allow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.economics.cheating import strategies
from benchmarks.economics.payoffs import Outcomes, outcomes, payoff
from benchmarks.economics.play import Luck, lots
from benchmarks.economics.rules import Judging, Mode, Terms
from benchmarks.economics.settings import Settings, players, terms
from benchmarks.economics.statistics import Estimate
from benchmarks.economics.strategies import Capturer, Strategy

COMMITTEES = (3, 5, 7, 15)
ROUNDS = (2, 3, 5)
BURNED = (1_000, 9_000)
TIMES = (1, 100)
"""Bonds: the least the terms allow, and so much that fees do not matter."""
KINDS = ((Mode.OPTIMISTIC, True), (Mode.QUORUM, True), (Mode.QUORUM, False))
"""Modes, and whether there is a window to appeal in."""
COMMITTEE_ROUNDS = 3
COARSE = (0.1, 0.3, 0.4, 0.45, 0.48, 0.5, 0.6)
FINE = (0.36, 0.38, 0.4, 0.42, 0.44, 0.46, 0.48, 0.5, 0.52, 0.55)
FINE_COMMITTEES = (3, 5, 7)
_NOW = (Judging.REPEATS_LOSE,)
ALMOST_NOTHING = 0.02
"""Of a bond, per job: less is not told from chance by the number of jobs of the search."""


@dataclass(frozen=True)
class Point:
    """Terms, a strategy and a share, and the most that it gained, in bonds per job."""

    mode: Mode
    window: bool
    """Whether answers can be appealed at all."""
    committee: int
    rounds: int
    share: float
    watched: bool
    """Whether somebody appeals every false answer."""
    judging: Judging
    strategy: str
    burn_bps: int
    times: int
    gain: Estimate

    @property
    def pays(self) -> bool:
        """Whether the whole band is above what the search can tell from nothing."""
        return self.gain.low > ALMOST_NOTHING

    def row(self) -> dict[str, Any]:
        return {
            "mode": self.mode.name,
            "window": self.window,
            "committee": self.committee,
            "rounds": self.rounds,
            "share": self.share,
            "watched": self.watched,
            "judging": self.judging.name,
            "strategy": self.strategy,
            "burned": self.burn_bps,
            "bond_times_least": self.times,
            "gain_in_bonds": round(self.gain.mean, 4),
            "band": round(self.gain.band, 4),
        }


def search(settings: Settings) -> dict[str, Any]:
    """How many points were looked at, and those where cheating pays."""
    looked_at = list(points(settings))
    return {
        "points": len(looked_at),
        "paying": [point.row() for point in looked_at if point.pays],
    }


def points(settings: Settings) -> Iterator[Point]:
    """Every point that is looked at, by the protocol's own rule."""
    for committee in COMMITTEES:
        for rounds in ROUNDS:
            for mode, window in KINDS:
                made = terms(mode, committee, rounds, BURNED[0], appeals=window)
                for share in COARSE:
                    for watched in (True, False):
                        if covers(mode, rounds, window=window, watched=watched):
                            tried = _some(made, rounds)
                            yield from _at(made, share, watched, tried, settings, _NOW)


def covers(mode: Mode, rounds: int, *, window: bool, watched: bool) -> bool:
    """Whether the search looks at such jobs: committees of three rounds only."""
    return (mode is Mode.OPTIMISTIC or rounds == COMMITTEE_ROUNDS) and (window or not watched)


def thresholds(settings: Settings) -> list[dict[str, Any]]:
    """The least share at which appealing true answers pays, by how appellants are judged.

    Nobody counter-appeals, and a tenth is burned: what suits the attacker best.
    """
    rows = []
    for committee in FINE_COMMITTEES:
        for rounds in ROUNDS:
            made = terms(Mode.OPTIMISTIC, committee, rounds, BURNED[0])
            least: dict[Judging, float | None] = dict.fromkeys(Judging)
            for share in FINE:
                tried, judged = _appealing(rounds), tuple(Judging)
                for point in _at(made, share, False, tried, settings, judged, BURNED[:1]):
                    if point.pays and least[point.judging] is None:
                        least[point.judging] = share
            named = {judging.name: share for judging, share in least.items()}
            rows.append({"committee": committee, "rounds": rounds} | named)
    return rows


def _some(made: Terms, rounds: int) -> dict[str, Strategy]:
    if rounds == 5:
        return _appealing(rounds)
    found = {name: each for name, each in strategies(made).items() if "the truth" not in name}
    return found | (_appealing(rounds) if made.appeals else {})


def _appealing(rounds: int) -> dict[str, Strategy]:
    tried = sorted({1, rounds - 1})
    return {f"appeals the truth, {times} at most": Capturer(attempts=times) for times in tried}


def _at(
    made: Terms,
    share: float,
    watched: bool,
    tried: dict[str, Strategy],
    settings: Settings,
    judged: tuple[Judging, ...],
    burned: tuple[int, ...] = BURNED,
) -> Iterator[Point]:
    """The most that each strategy gains there, over what is burned and how high the bond is."""
    parties = players(share, watched=watched)
    source = settings.rng("search", made.mode, made.committee, made.rounds, share, watched)
    drawn = lots(source, made, parties, settings.searched_jobs, Luck())
    for name, strategy in tried.items():
        found = outcomes(made, parties, strategy, drawn)
        for judging in judged:
            each = _priced(made, share, watched, name, found, judging, burned)
            yield max(each, key=lambda point: point.gain.low)


def _priced(
    made: Terms,
    share: float,
    watched: bool,
    name: str,
    found: Outcomes,
    judging: Judging,
    shares_burned: tuple[int, ...],
) -> Iterator[Point]:
    mode, committee, rounds, appeals = made.mode, made.committee, made.rounds, made.appeals
    for burned in shares_burned:
        for times in TIMES:
            least = terms(mode, committee, rounds, burned, times=times, appeals=appeals)
            priced = replace(least, judging=judging)
            gain = payoff(priced, found, compute=0).gain
            bonds = priced.bond / priced.seat_fee_cap
            scaled = Estimate(gain.mean / bonds, gain.band / bonds)
            yield Point(
                mode=mode,
                window=appeals,
                committee=committee,
                rounds=rounds,
                share=share,
                watched=watched,
                judging=judging,
                strategy=name,
                burn_bps=burned,
                times=times,
                gain=scaled,
            )
