"""A small form of `make chaos`: processes killed, the chain reorganised, the node unreliable."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.chaos.mischief import Pace
from scripts.chaos.run import Plan, chaos
from scripts.demo.network import network
from scripts.demo.stopping import nothing_left_behind

SEED = 1
PLAN = Plan(SEED, jobs=40, posting_seconds=30, pace=Pace(kills=4, reorgs=9))


@pytest.mark.timeout(600)
def test_chaos__forty_jobs__none_lost_nobody_slashed_and_the_books_balance(tmp_path: Path) -> None:
    with nothing_left_behind(), network(tmp_path) as net:
        outcome = chaos(net, tmp_path, PLAN, print)
    assert (outcome.jobs_lost, outcome.honest_slashed, outcome.wei_lost) == (0, 0, 0)
    assert sum(outcome.statuses.values()) == PLAN.jobs
    assert outcome.statuses["DECIDED"] + outcome.statuses["PROPOSED"] > PLAN.jobs // 2
    assert outcome.kills >= 4
    assert outcome.reorgs >= 2
    assert outcome.rpc_faults > 0
