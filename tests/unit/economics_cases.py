"""Terms and jobs that the tests of the economics share. One seat fee is 1,000 wei."""

from dataclasses import replace
from typing import Any

from benchmarks.economics.jobs import TRUTH, Appeal, Job, Round, Seats, Status
from benchmarks.economics.rules import Mode, Terms
from benchmarks.economics.strategies import LIE


def terms(mode: Mode = Mode.OPTIMISTIC, **changed: Any) -> Terms:
    """A first committee of three, three rounds, a bond of 30 fees, half of what is lost burned."""
    made = Terms(
        mode=mode,
        committee=3,
        rounds=3,
        seat_fee=1_000,
        seat_fee_cap=1_000,
        bond=30_000,
        burn_bps=5_000,
        appeals=True,
    )
    return replace(made, **changed)


def appealed(made: Terms, proposal: int, committee: tuple[Seats, ...], final: int | None) -> Job:
    """A proposal, an appeal against it, and one committee."""
    rounds = (
        Round(1, 0, (Seats("proposer", proposal),)),
        Round(made.size(1), 1, committee, Appeal("appellant", proposal)),
    )
    return Job(made, rounds, Status.UNRESOLVED if final is None else Status.SETTLED, final)


def captured_then_mended(made: Terms) -> Job:
    """The truth is appealed, a bare quorum of liars carries it, a counter-appeal mends it."""
    first, second = made.size(1), made.size(2)
    rounds = (
        Round(1, 0, (Seats("proposer", TRUTH),)),
        Round(first, 1, (Seats("liar", LIE, 2), Seats("honest", TRUTH)), Appeal("liar", TRUTH)),
        Round(second, 2, (Seats("honest", TRUTH, second),), Appeal("counter", LIE)),
    )
    return Job(made, rounds, Status.SETTLED, TRUTH)
