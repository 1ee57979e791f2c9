"""Figures with their units, what they should be, and what neighbours reach."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a figure should at most be, or at least, and what it is compared with."""

    target: float | None
    rival: str = ""
    at_least: bool = False


GOALS = {
    "gas.optimistic.single": Goal(180_000, "Boundless 266k, UMA 263k, Infernet 513k"),
    "gas.optimistic.shared_claim": Goal(135_000),
    "gas.optimistic.batch64_per_job": Goal(52_000, "Boundless 72.7k at 128, fulfilment alone"),
    "gas.quorum3.total": Goal(400_000, "Infernet 622k: 3 answers, no agreement"),
    "gas.quorum5.total": Goal(610_000, "plain commit-reveal 502k: no stake, no pay"),
    "gas.quorum5.batch64_per_job": Goal(255_000),
    "gas.post": Goal(85_000, "Infernet 197k"),
    "gas.commit.next": Goal(None, "plain commit-reveal 47k"),
    "gas.reveal.first": Goal(None, "plain commit-reveal 97k"),
    "gas.reveal.next": Goal(None, "plain 43k; Infernet delivery 129k-166k"),
    "gas.growth.workers": Goal(100),
    "gas.growth.jobs": Goal(100),
    "gas.growth.voters": Goal(100),
    "gas.tolerance.reveal256": Goal(130_000),
    "gas.tolerance.reveal256_worst": Goal(190_000),
    "latency.demo.blocks_median": Goal(6),
    "worker.overhead_ms": Goal(10),
    "time.demo.bare_s": Goal(360),
    "time.demo.warm_s": Goal(90),
    "time.test_s": Goal(900),
    "mutation.killed": Goal(0.9, at_least=True),
    "fuzz.invariant_calls": Goal(1_000_000, at_least=True),
    "economics.pays.below_45_percent": Goal(0),
    "worker.jobs_per_s.quorum3": Goal(50, "Infernet 15", at_least=True),
    "worker.jobs_per_s.optimistic": Goal(150, at_least=True),
    "worker.jobs_per_s.quorum3.rpc25ms": Goal(40, "Infernet 3.3", at_least=True),
    "worker.jobs_per_s.optimistic.rpc25ms": Goal(120, at_least=True),
    "worker.jobs_per_s.quorum3.idle300": Goal(40, "Infernet 0.4", at_least=True),
    "worker.jobs_per_s.optimistic.idle300": Goal(120, at_least=True),
    "worker.rpc_calls_per_job.quorum3": Goal(3, "Infernet 25 to 32"),
    "worker.rpc_calls_per_job.optimistic": Goal(3, "Infernet 25 to 32"),
    "worker.rss_mb.idle": Goal(150),
    "worker.rss_growth_mb.10k_jobs": Goal(10),
    "worker.catch_up_s.100k_events": Goal(60),
    "client.lines_to_first_answer": Goal(12),
    "client.latency_overhead_blocks": Goal(0),
    "chaos.jobs_lost": Goal(0),
    "chaos.honest_slashed": Goal(0),
    "chaos.wei_lost": Goal(0),
    "chaos.kills": Goal(50, at_least=True),
    "chaos.reorgs": Goal(10, at_least=True),
    "chaos.rpc_faults": Goal(500, at_least=True),
}


@dataclass(frozen=True)
class Figure:
    """A measured number. Fewer is better, unless its goal is to be reached from below."""

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
        if target is None:
            return None
        return self.value >= target if self.goal.at_least else self.value <= target


def gas(name: str, value: int) -> Figure:
    """`gas.<name>`."""
    return Figure(f"gas.{name}", value, "gas")
