"""What is simulated: terms, shares of the stake, how many jobs, and the seed."""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.economics.draws import Holder
from benchmarks.economics.payoffs import ATTACKER
from benchmarks.economics.play import Player
from benchmarks.economics.rules import Mode, Terms
from benchmarks.economics.strategies import Honest, Watcher

FEE = 255 * 10**12
"""Wei of a seat fee where it does not matter how much that is; whole in every step of a range."""
COMPUTE = FEE // 5
"""Wei one inference costs."""
HONEST_DELAY = 0.2
"""Share of a commit phase that an honest worker computes. A liar needs none of it."""
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True)
class Settings:
    """How much to simulate. The defaults are those of docs/economics.md."""

    seed: int = 20_261_126
    jobs: int = 10_000
    """For each payoff."""
    searched_jobs: int = 1_000
    """For each point of the search."""
    workers_jobs: int = 100_000
    """For what needs no rounds: captures, prices, copies."""

    def rng(self, *names: object) -> np.random.Generator:
        """A source for one experiment, the same however many others run."""
        words = " ".join(map(str, names)).encode()
        return np.random.default_rng([self.seed, *words])


def terms(
    mode: Mode, committee: int, rounds: int, burn_bps: int, *, times: int = 1, appeals: bool = True
) -> Terms:
    """Terms of one fixed fee whose bond is the least they allow, or a multiple of it."""
    made = Terms(
        mode=mode,
        committee=committee,
        rounds=rounds,
        seat_fee=FEE,
        seat_fee_cap=FEE,
        bond=FEE,
        burn_bps=burn_bps,
        appeals=appeals,
    )
    return replace(made, bond=made.least_bond() * times)


KINDS = {
    "open": terms(Mode.OPTIMISTIC, 5, 3, 5_000),
    "committee": terms(Mode.QUORUM, 5, 3, 5_000, appeals=False),
    "committee with appeals": terms(Mode.QUORUM, 5, 3, 5_000),
}
"""Jobs as docs/economics.md shows them: first committee of 5, three rounds, half is burned."""


def players(share: float, *, whale: bool = False, watched: bool = True) -> list[Player]:
    """One party to try strategies with, the honest rest, and whoever watches without stake."""
    stake = Holder.whale(share) if whale else Holder.split(share)
    made = [
        Player(ATTACKER, Honest(), stake, HONEST_DELAY),
        Player("honest", Honest(), Holder.split(1 - share), HONEST_DELAY),
    ]
    return [*made, Player("watcher", Watcher())] if watched else made
