"""A job that has ended: who sat where, what was said, who appealed, and what was decided."""

from dataclasses import dataclass
from enum import Enum

from benchmarks.economics.rules import Mode, Terms

TRUTH = 0
"""The right answer. Answers are points on a line, `Terms.tolerance` its unit."""
SILENT = None

Answer = int | None


class Status(Enum):
    """How a job ends."""

    SETTLED = "settled"
    UNRESOLVED = "unresolved"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Seats:
    """Seats of one account in one round that said the same, or nothing."""

    account: str
    answer: Answer
    count: int = 1
    step: int = 0
    """Of the price, when they were committed."""


@dataclass(frozen=True)
class Appeal:
    """What one account put against the standing answer, before the round it caused."""

    account: str
    against: int


@dataclass(frozen=True)
class Round:
    """One attempt to decide. `grown` counts the rounds before it that were not void."""

    size: int
    grown: int
    seats: tuple[Seats, ...]
    appeal: Appeal | None = None
    """The appeal that opened it."""
    void: bool = False


@dataclass(frozen=True)
class Job:
    """What closing needs to know."""

    terms: Terms
    rounds: tuple[Round, ...]
    status: Status
    final: Answer = None

    def upheld(self, number: int) -> bool:
        """Whether the answer that the appeal before this round was against came out again next."""
        appeal = self.rounds[number].appeal
        assert appeal is not None
        later = (each.appeal for each in self.rounds[number + 1 :])
        following = next((each.against for each in later if each), self.final)
        return following is not None and is_right(self.terms, appeal.against, following)


def near(first: int, second: int, tolerance: int, factor: int) -> bool:
    """Whether two answers are within some tolerances of one another; for EXACT, the same."""
    return abs(first - second) <= factor * tolerance


def decide(terms: Terms, number: int, round_: Round) -> Answer:
    """The answer of a round, None if it has none.

    An open round is decided by its proposal. In a committee every revealed answer is a reference,
    supported by all seats within one tolerance; reveals come in the order of `seats`, and the
    first reference with a quorum wins, of several at once the earliest.
    """
    if round_.void:
        return None
    if terms.mode is Mode.OPTIMISTIC and round_.grown == 0:
        return round_.seats[0].answer
    quorum = terms.quorum(number, round_.size)
    seen: list[Seats] = []
    for group in round_.seats:
        if group.answer is None:
            continue
        seen.append(group)
        for reference in seen:
            assert reference.answer is not None
            if support(terms, reference.answer, seen) >= quorum:
                return reference.answer
    return None


def support(terms: Terms, reference: int, seats: list[Seats]) -> int:
    """Seats that can stand behind a reference."""
    return sum(
        each.count
        for each in seats
        if each.answer is not None and near(each.answer, reference, terms.tolerance, 1)
    )


def is_right(terms: Terms, answer: Answer, final: int) -> bool:
    """Whether a seat is right: the same answer, or within three tolerances of it."""
    return answer is not None and near(answer, final, terms.tolerance, 3)
