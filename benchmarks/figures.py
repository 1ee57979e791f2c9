"""Figures with their units, what they should be, and what neighbours reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a figure should at most be, and what it is compared with."""

    target: float | None
    rival: str = ""


GOALS = {
    "gas.quorum3.total": Goal(440_000, "Infernet 622k: 3 answers, no agreement"),
    "gas.quorum5.total": Goal(670_000, "plain commit-reveal 502k: no stake, no pay"),
    "gas.post": Goal(85_000, "Infernet 197k"),
    "gas.commit.next": Goal(None, "plain commit-reveal 47k"),
    "gas.reveal.first": Goal(None, "plain commit-reveal 97k"),
    "gas.reveal.next": Goal(None, "plain 43k; Infernet delivery 129k-166k"),
    "gas.growth.workers": Goal(100),
    "gas.tolerance.reveal256": Goal(130_000),
    "gas.tolerance.reveal256_worst": Goal(190_000),
    "latency.demo.blocks_median": Goal(6),
    "worker.overhead_ms": Goal(10),
    "time.demo.bare_s": Goal(360),
    "time.demo.warm_s": Goal(90),
    "time.test_s": Goal(900),
    "economics.pays.below_45_percent": Goal(0),
}


@dataclass(frozen=True)
class Figure:
    """A measured number. Fewer is better for all of them."""

    name: str
    value: float
    unit: str

    @property
    def goal(self) -> Goal:
        return GOALS.get(self.name, Goal(None))

    @property
    def met(self) -> bool | None:
        """Whether it is within its target; None when it has none."""
        target = self.goal.target
        return None if target is None else self.value <= target


def gas(name: str, value: int) -> Figure:
    """`gas.<name>`."""
    return Figure(f"gas.{name}", value, "gas")
