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

    def act(self, now: float) -> bool:
        """What is due; whether the chain was reorganised."""
        if now >= self._next_kill:
            self._next_kill += self._pace.kills * self._random.uniform(0.5, 1.5)
            self._kill(self._random.randrange(len(self.crewmen)))
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

    def _kill(self, place: int) -> None:
        crewman = self.crewmen[place]
        crewman.require_alive()
        crewman.process.send_signal(signal.SIGKILL)
        crewman.process.wait()
        self.kills += 1
        operator = crewman.operator
        self.crewmen[place] = crew.Crewman(operator, crew.start(operator))
