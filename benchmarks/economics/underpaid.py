"""A right appellant that loses money: the second of two, where much of a lost bond is burned."""

from dataclasses import replace
from typing import Any

from benchmarks.economics.closing import close
from benchmarks.economics.jobs import TRUTH, Appeal, Job, Round, Seats, Status
from benchmarks.economics.rules import Mode
from benchmarks.economics.settings import terms
from benchmarks.economics.strategies import LIE


def captured_once(committee: int, burn_bps: int, *, costs_first: bool) -> Job:
    """A lie is appealed, a bare quorum of liars upholds it, a second appeal brings the truth."""
    made = replace(terms(Mode.OPTIMISTIC, committee, 3, burn_bps), costs_first=costs_first)
    first, second = made.size(1), made.size(2)
    liars = made.quorum(1, first)
    rounds = (
        Round(1, 0, (Seats("liar", LIE),)),
        Round(
            first,
            1,
            (Seats("liar", LIE, liars), Seats("honest", TRUTH, first - liars)),
            Appeal("first appellant", LIE),
        ),
        Round(second, 2, (Seats("honest", TRUTH, second),), Appeal("second appellant", LIE)),
    )
    return Job(made, rounds, Status.SETTLED, TRUTH)


def underpaid() -> list[dict[str, Any]]:
    """What both appellants gain, in seat fees."""
    rows = []
    for burned in (1_000, 5_000, 7_500, 9_000):
        row: dict[str, Any] = {"burned": burned}
        for name, costs_first in (("now", False), ("costs first", True)):
            job = captured_once(3, burned, costs_first=costs_first)
            balance, fee = close(job), job.terms.seat_fee
            row[name] = [
                round(balance[f"{which} appellant"] / fee, 2) for which in ("first", "second")
            ]
        rows.append(row)
    return rows
