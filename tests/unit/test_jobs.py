"""Job words, votes and quorums against the shared vectors and the rules."""

import pytest

from assay.jobs import JobView, Stage, Status, Vote, final_at, grown_before, quorum
from assay.terms import Terms
from tests.unit.protocol_vectors import Case, cases, data, integer

COUNTS = ("round", "voids", "appeals", "committed", "revealed", "leading", "steps")


@pytest.mark.parametrize("case", cases("jobWords"))
def test_view__every_vector__same_from_word_and_tuple(case: Case) -> None:
    view = JobView.from_word(integer(case["word"]))
    counts = [case[name] for name in COUNTS]
    draw = [integer(case[name]) for name in ("seedBlock", "seed", "totalWeight")]
    flags = [case[name] for name in ("closed", "delivered", "claimed")]
    tail = (*counts, 0, case["time"], *draw, data(case["mark"]))
    assert view == JobView.from_tuple((case["status"], *flags, *tail))
    assert view.grown == case["grown"]


@pytest.mark.parametrize("case", cases("votes"))
def test_vote__every_vector__same_fields(case: Case) -> None:
    vote = Vote.unpack(integer(case["word"]))
    assert (vote.stage, vote.vindicated, vote.seats, vote.step, vote.is_busy) == (
        Stage(case["stage"]),
        case["vindicated"],
        case["seats"],
        case["step"],
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
    assert quorum(terms, round_, grown_before(round_, voids)) == expected


@pytest.mark.parametrize(
    ("rounds", "round_", "grown", "expected"),
    [(3, 0, 0, 1), (3, 1, 1, 4), (2, 1, 1, 3), (3, 1, 0, 1), (3, 2, 1, 3), (4, 2, 2, 8)],
)
def test_quorum__optimistic__the_open_round_first(
    rounds: int, round_: int, grown: int, expected: int
) -> None:
    terms = Terms.optimistic(5, seat_fee=1, bond=1, appeal_window=9, rounds=rounds)
    assert quorum(terms, round_, grown) == expected


def test_status__answered_and_failed__apart() -> None:
    assert {status for status in Status if status.answered} == {Status.DECIDED, Status.PROPOSED}
    assert {status for status in Status if status.failed} == {Status.UNRESOLVED, Status.REFUNDED}


OPEN_TO_APPEAL = Terms.optimistic(3, seat_fee=1, bond=9, appeal_window=50, reveal_seconds=20)
AT_ONCE = Terms.for_committee(3, seat_fee=1, bond=9)


@pytest.mark.parametrize(
    ("terms", "status", "round_", "expected"),
    [
        (OPEN_TO_APPEAL, Status.PROPOSED, 0, 1_050),
        (OPEN_TO_APPEAL, Status.DECIDED, 1, 1_070),
        (OPEN_TO_APPEAL, Status.DECIDED, 2, 0),
        (AT_ONCE, Status.DECIDED, 0, 0),
    ],
)
def test_final_at__answer__after_reveals_and_window(
    terms: Terms, status: Status, round_: int, expected: int
) -> None:
    assert final_at(terms, status, round_, 1_000) == expected
