"""What a strategy earns beyond what honesty would have earned with the same stake and lots."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.economics.closing import close
from benchmarks.economics.jobs import TRUTH, Job, Status
from benchmarks.economics.play import Lot, Player, play
from benchmarks.economics.rules import Terms
from benchmarks.economics.statistics import Estimate, estimate, rate
from benchmarks.economics.strategies import Honest, Strategy

ATTACKER = "attacker"
Outcomes = Counter[tuple[Job, Job]]
"""How often a job ended so with the strategy and, with the same lots, so with honesty."""


@dataclass(frozen=True)
class Payoff:
    """Per job. Money in seat fees."""

    gain: Estimate
    """Beyond honesty."""
    wrong: Estimate
    """Share of jobs whose final answer is false."""
    undecided: Estimate
    """Share of jobs that end without an answer."""

    @property
    def break_even(self) -> float | None:
        """What a false answer must be worth to pay for the attempts, in seat fees."""
        return max(0.0, -self.gain.mean / self.wrong.mean) if self.wrong.mean else None


def outcomes(
    terms: Terms, players: Sequence[Player], strategy: Strategy, lots: Counter[Lot]
) -> Outcomes:
    """Plays every lot twice: the first player once with the strategy, once honest."""
    lying = [replace(players[0], strategy=strategy), *players[1:]]
    honest = [replace(players[0], strategy=Honest()), *players[1:]]
    found: Outcomes = Counter()
    for lot, count in lots.items():
        found[play(terms, lying, lot), play(terms, honest, lot)] += count
    return found


def payoff(
    terms: Terms,
    found: Outcomes,
    *,
    compute: int,
    lazy: bool = False,
    coalition: Sequence[str] = (ATTACKER,),
    against_honesty: bool = True,
) -> Payoff:
    """Closes the jobs under these terms. `compute` is the wei one inference costs.

    Not against honesty means: against not taking part, which is what a requester can do.
    """
    gains: Counter[int] = Counter()
    usual: dict[Job, int] = {}  # honest jobs end alike
    for (done, honest), count in found.items():
        gain = _money(terms, done, coalition, compute, guessed=lazy)
        if against_honesty:
            if honest not in usual:
                usual[honest] = _money(terms, honest, coalition, compute)
            gain -= usual[honest]
        gains[gain] += count
    count = found.total()
    wrong = sum(
        times
        for (job, _), times in found.items()
        if job.status is Status.SETTLED and job.final != TRUTH
    )
    ended = sum(times for (job, _), times in found.items() if job.status is not Status.SETTLED)
    fees = ((gain / terms.seat_fee_cap, times) for gain, times in gains.items())
    return Payoff(estimate(fees), rate(wrong, count), rate(ended, count))


def _money(
    terms: Terms, job: Job, coalition: Sequence[str], compute: int, *, guessed: bool = False
) -> int:
    balance = close(replace(job, terms=terms))
    computed = not guessed and any(
        seats.account == ATTACKER and seats.answer == TRUTH
        for round_ in job.rounds
        for seats in round_.seats
    )
    return sum(balance.get(each, 0) for each in coalition) - compute * computed
