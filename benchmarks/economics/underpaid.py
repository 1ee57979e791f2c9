"""What two appellants gain where a captured committee has answered the first with a lie."""

from dataclasses import replace
from typing import Any

from benchmarks.economics.closing import close
from benchmarks.economics.jobs import TRUTH, Appeal, Job, Round, Seats, Status
from benchmarks.economics.rules import BURNED_BPS, Judging, Mode, Terms
from benchmarks.economics.settings import terms
from benchmarks.economics.strategies import LIE

ANOTHER_LIE = -LIE
BURNED = (BURNED_BPS[0], 2_000, 5_000, BURNED_BPS[1])
COMMITTEE = 3


def captured_once(committee: int, burn_bps: int, captured: int) -> Job:
    """A lie is appealed, a quorum of liars says `captured`, a second appeal brings the truth."""
    made = terms(Mode.OPTIMISTIC, committee, 3, burn_bps)
    first, second = made.size(1), made.size(2)
    liars = made.quorum(1, first)
    rounds = (
        Round(1, 0, (Seats("liar", LIE),)),
        Round(
            first,
            1,
            (Seats("liar", captured, liars), Seats("honest", TRUTH, first - liars)),
            Appeal("first appellant", LIE),
        ),
        Round(second, 2, (Seats("honest", TRUTH, second),), Appeal("second appellant", captured)),
    )
    return Job(made, rounds, Status.SETTLED, TRUTH)


def before(now: Terms) -> Terms:
    """The same terms under the rules that there were first."""
    return replace(now, judging=Judging.FINAL_ONLY, costs_first=False)


def underpaid() -> list[dict[str, Any]]:
    """What both appellants gain, in seat fees."""
    rows = []
    for burned in BURNED:
        same = captured_once(COMMITTEE, burned, LIE)
        other = captured_once(COMMITTEE, burned, ANOTHER_LIE)
        jobs = {
            "before": replace(same, terms=before(same.terms)),
            "same lie": same,
            "another lie": other,
        }
        row: dict[str, Any] = {"burned": burned, "bond": round(same.terms.bond / _fee(same), 2)}
        rows.append(row | {name: _gains(job) for name, job in jobs.items()})
    return rows


def _gains(job: Job) -> list[float]:
    balance = close(job)
    return [round(balance[f"{which} appellant"] / _fee(job), 2) for which in ("first", "second")]


def _fee(job: Job) -> int:
    return job.terms.seat_fee
