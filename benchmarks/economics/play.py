"""Plays jobs: lots and strategies in, ended jobs out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.economics import draws
from benchmarks.economics.draws import Holder
from benchmarks.economics.jobs import (
    Answer,
    Appeal,
    Job,
    Round,
    Seats,
    Status,
    decide,
)
from benchmarks.economics.rules import Mode, Terms
from benchmarks.economics.strategies import Strategy, View


@dataclass(frozen=True)
class Player:
    """A party with an account, and stake unless it only watches."""

    account: str
    strategy: Strategy
    stake: Holder | None = None
    delay: float = 0.0
    """Share of an open phase it needs before it can propose."""


@dataclass(frozen=True)
class Luck:
    """What chance decides beside the seats."""

    awake: float = 1.0
    """How often those that watch look."""
    guess: float = 0.0
    """How often a guess is right."""
    wrong_guess: int = 2_000_000


@dataclass(frozen=True)
class Lot:
    """All that chance has decided about one job."""

    first: tuple[int, ...]
    """Players in the order in which they may propose."""
    seats: tuple[tuple[int, ...], ...]
    """For each pair of round and size, in the order of `needed`, seats by player."""
    without: tuple[tuple[int, ...], ...]
    """The same where the first player takes none of its seats."""
    awake: bool
    guess: int


@lru_cache(maxsize=64)
def needed(terms: Terms) -> tuple[tuple[int, int], ...]:
    """The committees a job may need: (round, size). Void rounds repeat a size."""
    last = range(terms.rounds)
    pairs = {(number, terms.size(grown)) for number in last for grown in range(number + 1)}
    return tuple(sorted(pair for pair in pairs if pair[1] > 1))


def lots(
    rng: np.random.Generator, terms: Terms, players: Sequence[Player], jobs: int, luck: Luck
) -> Counter[Lot]:
    """Draws the lots of many jobs, and counts equal ones."""
    staked = [i for i, player in enumerate(players) if player.stake]
    holders = [player.stake for player in players if player.stake]
    times = draws.first_proposals(rng, holders, jobs, [players[i].delay for i in staked])
    order = np.argsort(times, axis=1, kind="stable")
    columns = [draws.committee(rng, holders, size, jobs) for _, size in needed(terms)]
    absent = [Holder(0, 1), *holders[1:]]
    columns += [draws.committee(rng, absent, size, jobs) for _, size in needed(terms)]
    awake = rng.random(jobs) < luck.awake
    right = rng.random(jobs) < luck.guess
    rows = np.concatenate([order, *columns, awake[:, None], right[:, None]], axis=1)
    found, counts = np.unique(rows, axis=0, return_counts=True)
    made: Counter[Lot] = Counter()
    for row, count in zip(found.tolist(), counts.tolist(), strict=True):
        width = len(staked)
        seats = tuple(
            _by_player(row[start : start + width], staked, len(players))
            for start in range(width, len(row) - 2, width)
        )
        first = tuple(staked[i] for i in row[:width])
        guess = 0 if row[-1] else luck.wrong_guess
        half = len(seats) // 2
        made[Lot(first, seats[:half], seats[half:], bool(row[-2]), guess)] += count
    return made


def _by_player(seats: list[int], staked: list[int], players: int) -> tuple[int, ...]:
    found = [0] * players
    for i, count in zip(staked, seats, strict=True):
        found[i] = count
    return tuple(found)


class _Game:
    """One job on its way."""

    def __init__(self, terms: Terms, players: Sequence[Player], lot: Lot) -> None:
        self.terms = terms
        self.players = players
        self.lot = lot
        self.committees = needed(terms)
        self.rounds: list[Round] = []
        self.grown = 0

    def play(self) -> Job:
        appeal: Appeal | None = None
        while True:
            number = len(self.rounds)
            round_ = self._open(appeal) if self._is_open() else self._committee(number, appeal)
            self.rounds.append(round_)
            self.grown += not round_.void
            answer = decide(self.terms, number, round_)
            appeal = None
            if answer is not None:
                appeal = self._appeal(number, answer)
                if appeal is None:
                    return self._end(Status.SETTLED, answer)
            elif self._over(number):
                return self._end(Status.UNRESOLVED if self.grown else Status.REFUNDED, None)

    def _is_open(self) -> bool:
        return self.terms.mode is Mode.OPTIMISTIC and self.grown == 0

    def _over(self, number: int) -> bool:
        """The last round is kept for an appeal while nothing is proposed."""
        return number + (2 if self._is_open() else 1) >= self.terms.rounds

    def _open(self, appeal: Appeal | None) -> Round:
        for i in self.lot.first:
            answer = self.players[i].strategy.proposes(self._view(i, 0, 1, 1, None))
            if answer is not None:
                return Round(1, 0, (Seats(self.players[i].account, answer),), appeal)
        return Round(1, 0, (), appeal, void=True)

    def _committee(self, number: int, appeal: Appeal | None) -> Round:
        size = self.terms.size(self.grown)
        drawn = self.committees.index((number, size))
        quorum = self.terms.quorum(number, size)
        standing = appeal.against if appeal else None
        takes = self.players[0].strategy.takes(self._view(0, number, size, quorum, standing))
        taken = (self.lot.seats if takes else self.lot.without)[drawn]
        said = tuple(
            Seats(
                player.account,
                player.strategy.votes(self._view(i, number, size, quorum, standing)),
                taken[i],
            )
            for i, player in enumerate(self.players)
            if taken[i]
        )
        return Round(size, self.grown, said, appeal, void=sum(taken) < quorum)

    def _appeal(self, number: int, answer: int) -> Appeal | None:
        if not self.terms.appeals or self.terms.is_last(number):
            return None
        for i, player in enumerate(self.players):
            if player.strategy.appeals(self._view(i, number, 0, 0, answer)):
                return Appeal(player.account, answer)
        return None

    def _view(self, i: int, number: int, size: int, quorum: int, standing: Answer) -> View:
        seats = size
        if size > 1:
            seats = self.lot.seats[self.committees.index((number, size))][i]
        mine = self.rounds[-1].seats if self.rounds else ()
        return View(
            round=number,
            size=size,
            quorum=quorum,
            seats=seats,
            more=not self.terms.is_last(number),
            standing=standing,
            own=Seats(self.players[i].account, standing) in mine,
            awake=self.lot.awake,
            guess=self.lot.guess,
        )

    def _end(self, status: Status, answer: Answer) -> Job:
        return Job(self.terms, tuple(self.rounds), status, answer)


def play(terms: Terms, players: Sequence[Player], lot: Lot) -> Job:
    """One job, from the first round to its end."""
    return _Game(terms, players, lot).play()
