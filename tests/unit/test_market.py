"""What jobs were paid lately."""

from __future__ import annotations

from dataclasses import replace

from assay import events, ids
from assay.market import usual
from tests.unit.samples import DEPLOYMENT
from tests.unit.worker_events import JOB, posted, simple

PLACE = DEPLOYMENT.chain_id, DEPLOYMENT.queue


def job(number: int, seat_fee: int, bond: int) -> events.JobPosted:
    terms = replace(JOB.request.terms, seat_fee=seat_fee, seat_fee_cap=seat_fee, bond=bond)
    return replace(posted(), job_id=number.to_bytes(32, "big"), terms=terms)


def decided(event: events.JobPosted) -> events.Decided:
    found = simple(events.Decided, digest=bytes(ids.CUT_BYTES))
    assert isinstance(found, events.Decided)
    return replace(found, job_id=event.job_id)


def test_usual__answered_jobs__their_medians() -> None:
    jobs = [job(1, 10, 700), job(2, 30, 500), job(3, 1_000, 600)]
    found = usual([*jobs, *map(decided, jobs)], *PLACE)
    assert found is not None
    assert (found.seat_fee, found.bond, found.jobs) == (30, 600, 3)


def test_usual__jobs_that_nobody_answered__do_not_count() -> None:
    answered, ignored = job(1, 10, 700), job(2, 99_000, 9)
    found = usual([decided(answered), answered, ignored], *PLACE)
    assert found is not None
    assert (found.seat_fee, found.jobs) == (10, 1)


def test_usual__answers_of_jobs_from_before__nothing_to_learn() -> None:
    assert usual([decided(job(1, 10, 700))], *PLACE) is None
    assert usual([], *PLACE) is None
