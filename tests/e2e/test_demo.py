"""The demo for real, only smaller: a chain, worker processes, one of them lying, and the books."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.demo.network import network
from scripts.demo.run import Counts, Plan, demo
from scripts.demo.stopping import children
from scripts.deployment.artefacts import compile_contracts

# With three workers everybody has a seat in each committee of three, the liar too.
PLAN = Plan(jobs=6, optimistic=6, workers=3)


class Diary:
    """An audience that keeps what it saw."""

    def __init__(self) -> None:
        self.jobs = 0
        self.counts: list[Counts] = []

    def hear(self, text: str) -> None:
        pass

    @contextmanager
    def watch(self, jobs: int) -> Iterator[Callable[[Counts], None]]:
        self.jobs = jobs
        yield self.counts.append


def test_demo__six_jobs_and_a_liar__settled_paid_and_balanced(tmp_path: Path) -> None:
    compile_contracts()
    diary = Diary()
    before = children()
    with network(tmp_path) as net, demo(net, tmp_path, PLAN, diary) as report:
        assert len(set(children()) - set(before)) == PLAN.workers + 1  # and the chain
    assert children() == before
    assert report.faults == []
    assert [item.agrees for item in report.judged] == [True] * PLAN.all_jobs
    assert {item.model for item in report.judged} == {"digits", "diabetes"}
    assert [(entry.worker, entry.lies) for entry in report.earned] == [
        ("worker 1", False),
        ("worker 2", False),
        ("liar", True),
    ]
    assert all(entry.fees > 0 for entry in report.earned if not entry.lies)
    assert report.guarded.proposed == PLAN.optimistic
    assert report.guarded.lies == report.guarded.overturned == sum(e.appeals for e in report.earned)
    used = {use.operation for use in report.uses}
    assert {"post", "propose", "commit", "reveal", "close", "claim"} <= used
    assert diary.jobs == PLAN.all_jobs
    assert diary.counts[0].over == 0
    assert diary.counts[-1] == Counts(*[PLAN.all_jobs] * 3)
