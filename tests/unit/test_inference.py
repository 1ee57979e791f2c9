"""Named outputs, and who stands behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assay import events, ids
from assay.answers import Answer
from assay.assurance import Assurance
from assay.credit import Quote
from assay.inference import (
    Inference,
    InputRefusedError,
    OutputMismatchError,
    Stage,
    named,
    progress,
    provenance,
)
from assay.jobs import JobView, Status
from assay.tensors import EMPTY_PAYLOAD, DataType, TensorSpec, encode
from assay.terms import Numerics
from assay.versions import PublishedVersion, Version
from tests.unit.worker_events import JOB, posted, revealed, simple, support_added, supported
from tests.unit.worker_jobs import ANN, BOB, CID, ME, WRONG

PAYLOAD = encode([np.array([0.25, 0.75], np.float32), np.array(1)])
SIGNATURE = [
    TensorSpec("probabilities", DataType.FLOAT, (2,)),
    TensorSpec("label", DataType.INT64, ()),
]
ANSWER = Answer(job_id=JOB.job_id, payload=PAYLOAD, final=True, final_at=0)
VERSION = PublishedVersion(
    version_id=bytes(32),
    model_id=bytes(32),
    deprecated=False,
    version=Version(artefact=b"\x07" * 32, manifest=bytes(32), numerics=Numerics.EXACT),
)


def view(status: Status, *, committed: int = 0, revealed: int = 0, voids: int = 0) -> JobView:
    return JobView(
        status=status,
        closed=False,
        delivered=False,
        claimed=False,
        round=1 if voids else 0,
        voids=voids,
        appeals=0,
        committed=committed,
        revealed=revealed,
        leading=0,
        steps=0,
        vindicated=0,
        time=0,
        seed_block=0,
        seed=0,
        total_weight=0,
        mark=bytes(20),
    )


# --- outputs ---


def test_named__answer__by_the_names_of_the_manifest() -> None:
    outputs = named(ANSWER, SIGNATURE)
    assert list(outputs) == ["probabilities", "label"]
    assert outputs["probabilities"].tolist() == [0.25, 0.75]
    given = Inference(
        job_id=JOB.job_id,
        outputs=outputs,
        answer=ANSWER,
        provenance=provenance(JOB, ANSWER, [posted()], VERSION),
        quote=Quote.of(JOB.request.terms, JOB.request.callback, 1),
        assurance=Assurance.of(JOB.request.terms, 0, 1, 0.3),
    )
    assert (len(given), list(given), given["label"].item()) == (2, list(outputs), 1)


def test_named__empty_answer__the_input_was_refused() -> None:
    empty = replace(ANSWER, payload=EMPTY_PAYLOAD)
    with pytest.raises(InputRefusedError, match="does not fit the model's graph"):
        named(empty, SIGNATURE)
    assert named(empty, []) == {}


@pytest.mark.parametrize("payload", [encode([np.array([1.0])]), b"\x01\x02"])
def test_named__outputs_that_nobody_promised__refused(payload: bytes) -> None:
    with pytest.raises(OutputMismatchError, match="does not promise"):
        named(replace(ANSWER, payload=payload), SIGNATURE)


# --- progress ---


@pytest.mark.parametrize(
    ("status", "committed", "stage"),
    [
        (Status.COMMITTING, 0, Stage.POSTED),
        (Status.COMMITTING, 2, Stage.COMMITTED),
        (Status.REVEALING, 3, Stage.REVEALING),
        (Status.DECIDED, 3, Stage.ANSWERED),
        (Status.PROPOSED, 0, Stage.ANSWERED),
    ],
)
def test_progress__status__stage(status: Status, committed: int, stage: Stage) -> None:
    found = progress(JOB, view(status, committed=committed))
    assert (found.stage, found.committed, found.seats) == (stage, committed, 3)


def test_progress__round_after_a_void_one__same_committee() -> None:
    found = progress(JOB, view(Status.COMMITTING, voids=1))
    assert (found.round, found.seats) == (1, 3)


# --- provenance ---


def test_provenance__committee__who_agreed_and_who_did_not() -> None:
    right = ANSWER.digest
    happened = [
        posted(),
        revealed(ME, right),
        revealed(ANN, WRONG),
        revealed(BOB, WRONG),
        supported(BOB, right),
        simple(events.Decided, block=14, digest=ids.cut(right)),
        revealed(CID, WRONG),
        support_added(CID, right),
    ]
    found = provenance(JOB, ANSWER, happened, VERSION)
    assert found.agreed == (ME, BOB, CID)
    assert found.differed == (ANN,)
    assert (found.proposer, found.answered_in, found.appeals) == (None, 14, 0)
    assert found.artefact == b"\x07" * 32


def test_provenance__proposal_that_stood__its_proposer() -> None:
    seat = int(ME, 16)
    happened = [posted(), simple(events.Proposed, block=13, seat=seat, result=PAYLOAD)]
    found = provenance(JOB, ANSWER, happened, VERSION)
    assert (found.proposer, found.agreed, found.answered_in) == (ME, (ME,), 13)


def test_provenance__proposal_overturned__the_committee_counts() -> None:
    seat, right = int(ME, 16), ANSWER.digest
    happened = [
        posted(),
        simple(events.Proposed, block=13, seat=seat, result=b"a lie"),
        simple(events.Appealed, block=14, appellant=ANN, round=0, deposit=1),
        simple(events.RoundOpened, block=14, round=1, seed_block=15),
        revealed(ANN, right),
        revealed(BOB, right),
        simple(events.Decided, block=16, digest=ids.cut(right)),
    ]
    found = provenance(JOB, ANSWER, happened, VERSION)
    assert (found.proposer, found.agreed, found.differed) == (None, (ANN, BOB), ())
    assert (found.appeals, found.answered_in) == (1, 16)


def test_provenance__events_of_one_transaction__named_once() -> None:
    happened = [posted(), revealed(ME, ANSWER.digest)]
    assert provenance(JOB, ANSWER, happened, VERSION).transactions == (bytes(32),)
