"""The line of jobs: urgency first, and company where one run answers several."""

from __future__ import annotations

from dataclasses import replace

from assay.terms import Numerics
from assay.versions import Version
from worker.line import Line, Waiting

ONE = Version(artefact=bytes(32), manifest=bytes(32), numerics=Numerics.EXACT)
TWO = replace(ONE, artefact=b"\x02" * 32)


def waiting(number: int, deadline: int, version: Version = ONE, size: int = 1) -> Waiting:
    return Waiting(deadline, bytes([number]) * 32, version, bytes(size))


def numbers(taken: list[Waiting]) -> list[int]:
    return [one.job_id[0] for one in taken]


def line(*jobs: Waiting, seconds: float | None = 0.001, batches: bool = True) -> Line:
    made = Line(lambda version: batches and version == ONE)
    for job in jobs:
        made.put(job)
    if seconds is not None:
        made.note(ONE, [seconds])
        made.note(TWO, [seconds])
    return made


def test_take__several_of_a_version__together_the_most_urgent_first() -> None:
    made = line(waiting(1, 30), waiting(2, 10), waiting(3, 20))
    assert numbers(made.take()) == [2, 3, 1]


def test_take__two_versions__that_of_the_most_urgent_job_alone() -> None:
    made = line(waiting(1, 30), waiting(2, 10, TWO), waiting(3, 20), waiting(4, 40, TWO))
    assert [numbers(made.take()) for _ in range(3)] == [[2], [3, 1], [4]]


def test_take__version_that_does_not_batch__one_after_the_other() -> None:
    made = line(waiting(1, 1), waiting(2, 2), batches=False)
    assert [numbers(made.take()) for _ in range(2)] == [[1], [2]]


def test_take__time_of_a_run_not_known_yet__one() -> None:
    made = line(waiting(1, 1), waiting(2, 2), waiting(3, 3), seconds=None)
    assert numbers(made.take()) == [1]
    made.note(ONE, [0.001])
    assert numbers(made.take()) == [2, 3]


def test_take__slow_model__as_many_as_a_second_allows() -> None:
    made = line(*(waiting(n, n) for n in range(9)), seconds=0.3)
    assert [len(made.take()) for _ in range(3)] == [3, 3, 3]


def test_take__slower_than_that__one() -> None:
    made = line(waiting(1, 1), waiting(2, 2), seconds=7.0)
    assert numbers(made.take()) == [1]


def test_take__many__no_more_than_sixty_four() -> None:
    made = line(*(waiting(n, n) for n in range(100)), seconds=0.0)
    assert [len(made.take()) for _ in range(2)] == [64, 36]


def test_take__large_inputs__no_more_than_a_mebibyte() -> None:
    made = line(*(waiting(n, n, size=400_000) for n in range(3)))
    assert [len(made.take()) for _ in range(2)] == [2, 1]
