"""Calldata: alone, and together with that of other steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import decode

from assay import ids
from assay.jobs import Job
from assay.terms import Numerics
from tests.unit.samples import DEPLOYMENT
from tests.unit.worker_jobs import (
    ME,
    PAYLOAD,
    RIGHT,
    committed,
    decided,
    opened,
    optimistic,
    revealed,
)
from tests.unit.worker_jobs import job as committee_job
from worker.calls import Calls, MissingPayloadError, StepCall, together
from worker.chain.abi_calls import function
from worker.keys import Salts
from worker.state import JobState
from worker.steps import Advance, Claim, Commit, Propose, Reveal, RevealKnown
from worker.store import Computed

SALTS = Salts(bytes(32))
CALLS = Calls(DEPLOYMENT, ME, SALTS, lambda *_: None)


def numbered(nonce: int, **terms: Any) -> Job:
    """Optimistic jobs that differ in nonce, and in terms where these are given."""
    made = optimistic(**terms)
    request = replace(made.request, nonce=nonce)
    return replace(
        made, request=request, job_id=request.key(made.rules).job_id(31_337, DEPLOYMENT.queue)
    )


def propose(job: Job, result: bytes = PAYLOAD) -> StepCall:
    return CALLS.encode(Propose(job.job_id, 0, units=1_000), opened(job), Computed(result))


def arguments(name: str, data: bytes) -> tuple[Any, ...]:
    called = function("Settlement", name)
    assert data[:4] == called.selector
    return tuple(decode(called.inputs, data[4:]))


def test_together__one_proposal__a_single_call() -> None:
    job = numbered(1)
    assert arguments("propose", together([propose(job)])) == (
        job.key.as_tuple(),
        ME.lower(),
        PAYLOAD,
    )


def test_together__proposals_with_the_same_terms__many_at_once_in_their_order() -> None:
    jobs = [numbered(3), numbered(1)]
    data = together([propose(job, bytes([n])) for n, job in enumerate(jobs)])
    terms, rules, _ = jobs[0].key.as_tuple()
    assert arguments("proposeMany", data) == (
        terms,
        rules,
        ME.lower(),
        ((jobs[0].key.body, b"\x00"), (jobs[1].key.body, b"\x01")),
    )


@pytest.mark.parametrize("other", [{"bond": 2_000}, {"commit_seconds": 31}], ids=str)
def test_together__proposals_under_other_terms__a_batch(other: dict[str, int]) -> None:
    calls = [propose(numbered(1)), propose(numbered(2, **other))]
    assert arguments("batch", together(calls)) == (tuple(call.data for call in calls),)


def test_together__proposals_and_another_step__a_batch() -> None:
    job = numbered(3)
    advance = CALLS.encode(Advance(job.job_id, 0), opened(job), None)
    calls = [propose(numbered(1)), propose(numbered(2)), advance]
    assert arguments("batch", together(calls)) == (tuple(call.data for call in calls),)


def test_encode__proposal_without_a_result__said() -> None:
    job = numbered(1)
    with pytest.raises(MissingPayloadError):
        CALLS.encode(Propose(job.job_id, 0, units=1_000), opened(job), None)


# --- committees ---


def exact(nonce: int, numerics: Numerics = Numerics.EXACT, **terms: Any) -> Job:
    """Jobs of committees that differ in nonce, and in terms where these are given."""
    made = committee_job(numerics, **terms)
    request = replace(made.request, nonce=nonce)
    return replace(
        made, request=request, job_id=request.key(made.rules).job_id(31_337, DEPLOYMENT.queue)
    )


def commit(job: Job, seats: int = 1) -> StepCall:
    return CALLS.encode(Commit(job.job_id, 0, seats, units=5), opened(job), Computed(PAYLOAD))


def reveal(job: Job, kind: Any = Reveal) -> StepCall:
    return CALLS.encode(kind(job.job_id, 0), committed(ME, of=job), Computed(PAYLOAD))


def shared(job: Job) -> tuple[int, int, str]:
    return job.request.terms.pack(), job.rules.pack(), ME.lower()


def test_together__commitments_for_as_many_seats__many_at_once() -> None:
    jobs = [exact(1), exact(2)]
    *first, bids = arguments("commitMany", together([commit(job, 2) for job in jobs]))
    assert tuple(first) == (*shared(jobs[0]), 2)
    place = 31_337, DEPLOYMENT.settlement
    expected = [
        ids.commitment(*place, job.job_id, 0, ME, RIGHT, SALTS.of(job.job_id, 0)) for job in jobs
    ]
    assert bids == tuple((job.key.body, it) for job, it in zip(jobs, expected, strict=True))


def test_together__commitments_for_more_seats_in_one__a_batch() -> None:
    calls = [commit(exact(1)), commit(exact(2), 2)]
    assert arguments("batch", together(calls)) == (tuple(call.data for call in calls),)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [(Reveal, "revealMany", PAYLOAD), (RevealKnown, "revealKnownMany", RIGHT)],
)
def test_together__reveals__many_at_once(kind: Any, name: str, said: bytes) -> None:
    jobs = [exact(1), exact(2)]
    *first, openings = arguments(name, together([reveal(job, kind) for job in jobs]))
    assert tuple(first) == shared(jobs[0])
    assert openings == tuple((job.key.body, 5, SALTS.of(job.job_id, 0), said) for job in jobs)


def test_together__reveals_of_both_kinds__a_batch() -> None:
    calls = [reveal(exact(1)), reveal(exact(2), RevealKnown)]
    assert arguments("batch", together(calls)) == (tuple(call.data for call in calls),)


@pytest.mark.parametrize("kind", [Reveal, RevealKnown])
def test_together__reveals_of_tolerance_jobs__a_batch(kind: Any) -> None:
    calls = [reveal(exact(nonce, Numerics.TOLERANCE), kind) for nonce in (1, 2)]
    assert arguments("batch", together(calls)) == (tuple(call.data for call in calls),)


# --- claims ---


def vote_in(job: Job) -> tuple[Claim, JobState, Computed]:
    state = decided(revealed(committed(ME, of=job), me=RIGHT))
    return Claim(job.job_id, 0, since=1), state, Computed(PAYLOAD)


def test_claim__votes_under_the_same_terms__taken_back_by_one_call() -> None:
    jobs = [exact(1), exact(2)]
    (call,) = CALLS.claim([vote_in(job) for job in jobs])
    *first, returned = arguments("claimMany", call.data)
    assert tuple(first) == shared(jobs[0])
    assert returned == tuple((job.key.body, (5, RIGHT, bytes(32))) for job in jobs)
    assert [step.job_id for step in call.steps] == [job.job_id for job in jobs]


def test_claim__votes_under_several_terms__one_call_for_those_alike_and_one_for_the_rest() -> None:
    alike, other, third = [exact(1), exact(2)], exact(3, bond=7_000), exact(4, bond=8_000)
    many, rest = CALLS.claim([vote_in(job) for job in (alike[0], other, alike[1], third)])
    assert [step.job_id for step in many.steps] == [job.job_id for job in alike]
    assert [step.job_id for step in rest.steps] == [other.job_id, third.job_id]
    worker, claims = arguments("claim", rest.data)
    assert worker == ME.lower()
    assert [key for key, _ in claims] == [other.key.as_tuple(), third.key.as_tuple()]


def test_claim__one_vote__a_single_claim() -> None:
    (call,) = CALLS.claim([vote_in(exact(1))])
    assert arguments("claim", call.data)[0] == ME.lower()
