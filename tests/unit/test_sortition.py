"""Draws and seats against the shared vectors and the definition."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import sortition
from tests.unit.protocol_vectors import Case, cases, data, integer

ONE = 1 << 128


@pytest.mark.parametrize("case", cases("draws"))
def test_draw__every_vector__same_seed_ticket_and_slot(case: Case) -> None:
    job_id = data(cases("jobs")[case["job"]]["jobId"])
    seed = sortition.seed(data(case["entropy"]), job_id, 0)
    assert seed == integer(case["seed"])
    ticket = sortition.ticket(seed, case["worker"])
    assert ticket == integer(case["ticket"])
    assert sortition.slot(ticket) == case["slot"]


def test_seats__every_vector__same() -> None:
    for case in cases("seats"):
        numbers = (case["committee"], case["elapsed"], case["length"])
        stakes = (integer(case["weight"]), integer(case["total"]))
        got = sortition.seats(integer(case["ticket"]), *numbers, *stakes)
        assert got == case["seats"], case["name"]


def test_may_propose__every_vector__same() -> None:
    for case in cases("openSeats"):
        stakes = (integer(case["weight"]), integer(case["total"]))
        numbers = (case["elapsed"], case["length"])
        got = sortition.may_propose(integer(case["ticket"]), *numbers, *stakes)
        assert got is case["drawn"], case["name"]


def test_steps__every_vector__same() -> None:
    for case in cases("steps"):
        at = (case["elapsed"], case["length"])
        assert (sortition.step(*at), sortition.open_step(*at)) == (case["committee"], case["open"])


stakes = st.integers(0, 2**64 - 1)
draws = st.tuples(
    st.integers(0, 2**256 - 1),  # ticket
    st.integers(3, 63),  # committee
    st.integers(4, 2**24 - 1),  # length
    stakes,
    stakes,
).map(lambda d: (*d[:3], min(d[3:]), max(d[3:])))


@given(draws, st.data())
def test_seats__any_draw__is_the_definition(
    draw: tuple[int, int, int, int, int], choose: st.DataObject
) -> None:
    ticket, committee, length, weight, total = draw
    elapsed = choose.draw(st.integers(0, length))
    got = sortition.seats(ticket, committee, elapsed, length, weight, total)
    if total == 0:
        assert got == 0
        return
    growth = max(Fraction(0), Fraction(2 * elapsed, length) - 1)
    x = committee * (1 + growth) * Fraction(weight, total)
    whole = x.numerator // x.denominator
    assert got == whole + (Fraction(ticket >> 128, ONE) < x - whole)


@given(draws, st.integers(1, 130))
def test_seconds_until__any_draw__first_second_with_the_seats(
    draw: tuple[int, int, int, int, int], wanted: int
) -> None:
    ticket, committee, length, weight, total = draw

    def seats_at(elapsed: int) -> int:
        return sortition.seats(ticket, committee, elapsed, length, weight, total)

    first = sortition.seconds_until(ticket, committee, length, weight, total, wanted)
    if first is None:
        assert seats_at(length - 1) < wanted
    else:
        assert 0 <= first < length
        assert seats_at(first) >= wanted
        assert first == 0 or seats_at(first - 1) < wanted


def test_seconds_until__short_phase__agrees_with_trying_each_second() -> None:
    source = random.Random(3)  # noqa: S311
    for _ in range(2_000):
        ticket, total = source.getrandbits(256), source.randrange(1, 50)
        draw = (source.randrange(3, 32), source.randrange(4, 20), source.randrange(total + 1))
        committee, length, weight = draw
        wanted = source.randrange(1, 6)
        tried = [
            second
            for second in range(length)
            if sortition.seats(ticket, committee, second, length, weight, total) >= wanted
        ]
        got = sortition.seconds_until(ticket, committee, length, weight, total, wanted)
        assert got == (tried[0] if tried else None)


def test_seats__stake_split_in_two__same_expectation() -> None:
    """Over all tickets on a grid, one worker of 30 draws as many seats as two of 15."""
    grid = [(2 * step + 1) << (256 - 11) for step in range(1 << 10)]
    whole = sum(sortition.seats(ticket, 5, 0, 60, 30, 128) for ticket in grid)
    halves = 2 * sum(sortition.seats(ticket, 5, 0, 60, 15, 128) for ticket in grid)
    assert whole == halves == (1 << 10) * 5 * 30 // 128


@given(draws)
def test_seconds_until_open__any_draw__first_second_of_the_seat(
    draw: tuple[int, int, int, int, int],
) -> None:
    ticket, _, length, weight, total = draw
    first = sortition.seconds_until_open(ticket, length, weight, total)
    if first is None:
        assert not sortition.may_propose(ticket, length - 1, length, weight, total)
        return
    assert 0 <= first < length
    assert sortition.may_propose(ticket, first, length, weight, total)
    assert first == 0 or not sortition.may_propose(ticket, first - 1, length, weight, total)


def test_open_seat__drawn_at_the_start__once_in_expectation() -> None:
    """Over all tickets on a grid, workers of 30 and 98 of 128 are drawn once together."""
    grid = [step << (256 - 7) for step in range(1 << 7)]
    counts = [
        sum(sortition.may_propose(ticket, 0, 60, weight, 128) for ticket in grid)
        for weight in (30, 98)
    ]
    assert counts == [30, 98]


@given(st.integers(0, 255), st.integers(4, 2**24 - 1))
def test_seconds_until_step__any_step__first_second_of_it(wanted: int, length: int) -> None:
    for until, step in (
        (sortition.seconds_until_step, sortition.step),
        (sortition.seconds_until_open_step, sortition.open_step),
    ):
        first = until(wanted, length)
        assert step(first, length) >= wanted
        assert first == 0 or step(first - 1, length) < wanted
