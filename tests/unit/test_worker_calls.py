"""Calldata: alone, and together with that of other steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import decode

from assay.jobs import Job
from tests.unit.samples import DEPLOYMENT
from tests.unit.worker_jobs import ME, PAYLOAD, opened, optimistic
from worker.calls import Calls, MissingPayloadError, StepCall, together
from worker.chain.abi_calls import function
from worker.keys import Salts
from worker.steps import Advance, Propose
from worker.store import Computed

CALLS = Calls(DEPLOYMENT, ME, Salts(bytes(32)), lambda *_: None)


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
