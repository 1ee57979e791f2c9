"""Job words, votes and quorums against the shared vectors and the rules."""

from dataclasses import replace

import pytest

from assay.jobs import JobView, Stage, Status, Vote, quorum
from assay.terms import Terms
from tests.unit.protocol_vectors import Case, cases, data, integer

COUNTS = ("round", "voids", "committed", "revealed", "leading", "vindicated", "time")


@pytest.mark.parametrize("case", cases("jobWords"))
def test_view__every_vector__same_from_word_and_tuple(case: Case) -> None:
    view = JobView.from_word(integer(case["word"]))
    counts = [case[name] for name in COUNTS]
    draw = [integer(case[name]) for name in ("seedBlock", "seed", "totalWeight")]
    tail = (*counts, *draw, data(case["digest"]))
    assert view == JobView.from_tuple((case["status"], case["closed"], case["delivered"], *tail))
    assert view.grown == case["grown"]


@pytest.mark.parametrize("case", cases("votes"))
def test_vote__every_vector__same_fields(case: Case) -> None:
    vote = Vote.unpack(integer(case["word"]))
    assert (vote.stage, vote.vindicated, vote.seats, vote.is_busy) == (
        Stage(case["stage"]),
        case["vindicated"],
        case["seats"],
        case["busy"],
    )
    opening = data(case["jobId"]), case["round"], data(case["first"]), data(case["second"])
    assert vote.opens(*opening) == case["opens"]
    assert not vote.opens(opening[0], case["round"] + 1, *opening[2:])


def test_vote__never_used__not_busy() -> None:
    vote = Vote.unpack(0)
    assert vote.stage is Stage.UNUSED
    assert not vote.is_busy


@pytest.mark.parametrize(
    ("committee", "rounds", "round_", "voids", "expected"),
    [
        (3, 3, 0, 0b000, 2),
        (4, 3, 0, 0b000, 3),
        (5, 3, 0, 0b000, 4),
        (31, 3, 0, 0b000, 21),
        (3, 3, 1, 0b000, 5),  # 7 seats
        (3, 3, 1, 0b001, 2),  # redrawn: 3 seats again
        (3, 3, 2, 0b000, 8),  # the last of 15: a majority
        (5, 3, 2, 0b001, 6),  # the last, 11 seats
        (4, 1, 0, 0b000, 3),  # the only one is the last: 4 // 2 + 1
        (3, 3, 1, 0b010, 5),  # a void of this very round does not count
        (31, 5, 3, 0b000, 42),  # 63 seats at most
    ],
)
def test_quorum__by_the_rules(
    committee: int, rounds: int, round_: int, voids: int, expected: int
) -> None:
    terms = Terms.for_committee(committee, seat_fee=1, bond=1, rounds=rounds)
    view = replace(JobView.from_word(0), round=round_, voids=voids)
    assert quorum(terms, view) == expected


def test_ended__each_status__last_three_are_ends() -> None:
    blank = JobView.from_word(0)
    ended = {status for status in Status if replace(blank, status=status).ended}
    assert ended == {Status.DECIDED, Status.UNRESOLVED, Status.REFUNDED}
