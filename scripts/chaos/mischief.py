"""What is done to workers and chain, by a plan that a seed makes."""

from __future__ import annotations

import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from assay import rpc
from scripts.demo import crew
from scripts.demo.network import Network

DEEPEST_REORG = 8


@dataclass(frozen=True)
class Pace:
    """Seconds between two of a kind."""

    kills: float
    reorgs: float


class Mischief:
    """Kills workers and reorganises the chain, now and then; starts again what was killed."""

    def __init__(
        self, net: Network, crewmen: Sequence[crew.Crewman], pace: Pace, seed: int, now: float
    ) -> None:
        self.kills = 0
        self.reorgs = 0
        self.crewmen = list(crewmen)
        self.net = net
        self._pace = pace
        self._random = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self._next_kill = now + pace.kills
        self._next_reorg = now + pace.reorgs
        self._spared: set[int] = set()
        """Workers that were killed before they had come up: not again, until they have."""

    def act(self, now: float) -> bool:
        """What is due; whether the chain was reorganised."""
        if now >= self._next_kill:
            self._next_kill += self._pace.kills * self._random.uniform(0.5, 1.5)
            self._kill(self._victim())
        if now < self._next_reorg:
            return False
        self._next_reorg += self._pace.reorgs * self._random.uniform(0.5, 1.5)
        depth = self._random.randint(1, DEEPEST_REORG)
        rpc.request(self.net.connect(), "anvil_reorg", depth, [])
        self.reorgs += 1
        return True

    def require_alive(self) -> None:
        """Nobody else may end a worker. Raises WorkerDiedError."""
        for crewman in self.crewmen:
            crewman.require_alive()

    def _victim(self) -> int:
        """Anyone, at any moment; but nobody can answer who is never let start."""
        first = self._random.randrange(len(self.crewmen))
        places = [(first + n) % len(self.crewmen) for n in range(len(self.crewmen))]
        self._spared -= {place for place in self._spared if self.crewmen[place].working}
        return next((place for place in places if place not in self._spared), first)

    def _kill(self, place: int) -> None:
        crewman = self.crewmen[place]
        if not crewman.working:
            self._spared.add(place)
        crewman.require_alive()
        crewman.process.send_signal(signal.SIGKILL)
        crewman.process.wait()
        self.kills += 1
        operator = crewman.operator
        log_start = operator.log.stat().st_size
        self.crewmen[place] = crew.Crewman(operator, crew.start(operator), log_start)
