"""What a party does. Strategies know nothing of money; rules know nothing of strategies."""

from dataclasses import dataclass

from benchmarks.economics.jobs import TRUTH, Answer, near

LIE = 1_000_000
"""What those that lie agree on: far from the truth."""


@dataclass(frozen=True)
class View:
    """What a party sees when it acts."""

    round: int
    size: int
    quorum: int
    seats: int
    """Its own seats in the round."""
    more: bool = False
    """Whether another round could follow."""
    standing: Answer = None
    """The answer under appeal, or that could be appealed."""
    own: bool = False
    """Whether it has a seat behind that answer itself."""
    awake: bool = True
    """Whether it looks at this job at all, where it does not look at all of them."""
    guess: Answer = None
    """What a party that does not compute would say."""


@dataclass(frozen=True)
class Honest:
    """Computes, and says what it has computed."""

    answer: int = TRUTH
    """Honest results differ within the tolerance of a version."""

    def proposes(self, view: View) -> Answer:
        return self.answer

    def takes(self, view: View) -> bool:
        """Whether it commits to its seats at all, which is its right and no duty."""
        return True

    def votes(self, view: View) -> Answer:
        return self.answer

    def appeals(self, view: View) -> bool:
        return False


@dataclass(frozen=True)
class Watcher(Honest):
    """Has no stake. Appeals answers that are further than some distance from its own."""

    beyond: int = 0
    once: bool = False
    """Whether it trusts the first committee."""

    def proposes(self, view: View) -> Answer:
        return None

    def appeals(self, view: View) -> bool:
        if view.standing is None or (self.once and view.round > 0):
            return False
        return view.awake and not near(view.standing, self.answer, self.beyond, 1)


class Liar(Honest):
    """Lies always."""

    def proposes(self, view: View) -> Answer:
        return LIE

    def votes(self, view: View) -> Answer:
        return LIE


class QuorumLiar(Honest):
    """Lies only where that decides the round. It sees its seats before it votes."""

    def votes(self, view: View) -> Answer:
        return LIE if view.seats >= view.quorum else TRUTH


class LyingProposer(QuorumLiar):
    """Proposes lies, and defends them where it holds a quorum."""

    def proposes(self, view: View) -> Answer:
        return LIE


class Blocker(Honest):
    """Lies where that keeps the honest from a quorum, to get to the majority of a last round."""

    def votes(self, view: View) -> Answer:
        return LIE if view.seats > view.size - view.quorum else TRUTH


class Silent(Honest):
    """Takes seats and says nothing."""

    def proposes(self, view: View) -> Answer:
        return None

    def votes(self, view: View) -> Answer:
        return None


class SelfAppellant(QuorumLiar):
    """Proposes a lie and appeals it from another account, to have most of its bond back."""

    def proposes(self, view: View) -> Answer:
        return LIE

    def votes(self, view: View) -> Answer:
        return TRUTH

    def appeals(self, view: View) -> bool:
        return view.standing == LIE


@dataclass(frozen=True)
class Capturer(QuorumLiar):
    """Appeals true answers of others, hoping to hold a quorum of the committee that this brings.

    It puts no bond on an answer that it means to overturn: it neither proposes, nor takes seats
    without a quorum while it can still appeal.
    """

    attempts: int = 1
    """How many rounds it would cause, if each before has failed."""

    def proposes(self, view: View) -> Answer:
        return None

    def takes(self, view: View) -> bool:
        return view.seats >= view.quorum or not self._goes_on(view)

    def appeals(self, view: View) -> bool:
        return view.standing == TRUTH and not view.own and view.round < self.attempts

    def _goes_on(self, view: View) -> bool:
        return view.more and view.round < self.attempts


class Frivolous(Honest):
    """Appeals whatever stands, and votes honestly."""

    def appeals(self, view: View) -> bool:
        return view.standing == TRUTH and view.round == 0


class Lazy(Honest):
    """Says what it guesses, without computing."""

    def proposes(self, view: View) -> Answer:
        return view.guess

    def votes(self, view: View) -> Answer:
        return view.guess


@dataclass(frozen=True)
class Fixed(Honest):
    """Says the same number always: a reference at a place of its choice."""

    proposal: int = TRUTH

    def proposes(self, view: View) -> Answer:
        return self.proposal


Strategy = Honest
"""Every strategy is honest but for what it overrides."""
