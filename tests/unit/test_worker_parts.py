"""The small parts: claims, holds, pace, draws, results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from eth_abi.abi import encode as abi_encode
from structlog.testing import capture_logs

from assay import events, ids, sortition
from assay.jobs import Status
from assay.tensors import encode
from assay.terms import Numerics
from assay.tolerance import RIGHT, SUPPORT
from tests.unit.worker_jobs import ME, OPENED, SEED_BLOCK, job, opened
from worker.chain import Header
from worker.claims import Claims
from worker.draws import Draws
from worker.holds import Holds
from worker.pace import Pace
from worker.results import Results
from worker.seats_left import SeatsLeft
from worker.steps import Claim, Kind
from worker.store import Block, Computed, Step, Store, StoredLog

EPOCH = 60
JOBS = [bytes([n]) * 32 for n in range(10)]


def head(number: int, timestamp: int = OPENED) -> Header:
    return Header(number, bytes([number]) * 32, bytes(32), timestamp, 0)


# --- claims ---


def claims(*since: int, batch: int = 3, age: int = 100) -> Claims:
    found = Claims(batch, age)
    for number, when in enumerate(since):
        found.put(JOBS[number], [Claim(JOBS[number], 0, since=when)])
    return found


def taken(batches: list[list[Claim]]) -> list[list[int]]:
    return [[claim.since for claim in batch] for batch in batches]


def test_claims__too_few_and_young__wait() -> None:
    assert claims(1, 2).take(50, at_once=False) == []


def test_claims__full_batch__taken_at_once_the_oldest_first() -> None:
    assert taken(claims(4, 3, 2, 1).take(50, at_once=False)) == [[1, 2, 3]]


def test_claims__old_one__taken_with_what_there_is() -> None:
    assert taken(claims(1, 99).take(101, at_once=False)) == [[1, 99]]


def test_claims__at_once__all_in_batches() -> None:
    assert taken(claims(1, 2, 3, 4).take(5, at_once=True)) == [[1, 2, 3], [4]]


def test_claims__taken__not_again() -> None:
    some = claims(1, 2, 3)
    some.take(5, at_once=False)
    assert some.take(5, at_once=True) == []


def test_claims__job_planned_again__replaced() -> None:
    some = claims(1)
    some.put(JOBS[0], [])
    assert some.take(1_000, at_once=True) == []


def test_claims__two_votes_of_one_job__both() -> None:
    some = Claims(5, 100)
    some.put(JOBS[0], [Claim(JOBS[0], 0, since=1), Claim(JOBS[0], 1, since=1)])
    assert taken(some.take(1, at_once=True)) == [[1, 1]]


# --- holds ---

COMMIT = Step(JOBS[0], "commit", 0)


def test_holds__failed__waits_longer_each_time() -> None:
    holds = Holds()
    assert [holds.add(COMMIT, now=100) - 100 for _ in range(8)] == [
        1, 2, 4, 8, 16, 32, 60, 60,
    ]  # fmt: skip


def test_holds__reveal_failed__tried_again_soon_however_often() -> None:
    holds, reveal = Holds(), Step(JOBS[0], "reveal", 0)
    assert [holds.add(reveal, now=100) - 100 for _ in range(5)] == [1, 2, 4, 4, 4]


def test_holds__until_then__busy() -> None:
    holds = Holds()
    holds.add(COMMIT, now=100)
    assert holds.busy([], now=100) == {JOBS[0]: frozenset({(Kind.COMMIT, 0)})}
    assert holds.busy([], now=101) == {}


def test_holds__in_flight__busy_too() -> None:
    found = Holds().busy([COMMIT, Step(JOBS[0], "claim", 1)], now=1)
    assert found == {JOBS[0]: frozenset({(Kind.COMMIT, 0), (Kind.CLAIM, 1)})}


def test_holds__no_vote_there__believed_the_fifth_time() -> None:
    holds, claim = Holds(), Step(JOBS[0], "claim", 1)
    holds.add(claim, now=100)  # for another reason
    seen = []
    for now in range(100, 600, 100):
        seen.append(bool(holds.without_vote(JOBS[0])))
        holds.add(claim, now, without_vote=True)
    assert seen == [False] * 5
    assert holds.without_vote(JOBS[0]) == {(Kind.CLAIM, 1)}


def test_holds__job_finished__forgotten() -> None:
    holds = Holds()
    holds.add(COMMIT, now=100)
    holds.forget(JOBS[0])
    assert holds.busy([], now=100) == {}


# --- seats left ---


def test_seats_left__told_again__said_once_for_each_round_of_a_job() -> None:
    left = SeatsLeft()
    with capture_logs() as said:
        for job_id, round_ in ((JOBS[0], 0), (JOBS[0], 0), (JOBS[1], 0), (JOBS[0], 1)):
            left.tell(job_id, round_, "bond too high")
    assert [(one["event"], one["job"], one["round"]) for one in said] == [
        ("seat left", JOBS[0], 0),
        ("seat left", JOBS[1], 0),
        ("seat left", JOBS[0], 1),
    ]


def test_seats_left__forgotten__said_again() -> None:
    left = SeatsLeft()
    with capture_logs() as said:
        left.tell(JOBS[0], 0, "bond too high")
        left.forget(JOBS[0])
        left.tell(JOBS[0], 0, "bond too high")
    assert len(said) == 2


# --- pace ---


def test_pace__learns_the_time_between_blocks() -> None:
    pace = Pace(poll_seconds=0.25, stagger_seconds=0)
    assert pace.block_seconds == 1.0
    for number, timestamp in ((1, 100), (2, 112), (4, 136)):
        pace.see(head(number, timestamp), clock=0.0)
    assert pace.block_seconds == 12.0
    assert pace.stagger == 24


def test_pace__fast_blocks__stagger_as_set() -> None:
    pace = Pace(poll_seconds=0.25, stagger_seconds=3)
    for number in range(5):
        pace.see(head(number, 100), clock=0.0)
    assert pace.stagger == 3


def test_pace__block_expected_later__sleeps_until_shortly_before() -> None:
    pace = Pace(poll_seconds=0.25, stagger_seconds=0)
    for number in (1, 2):
        pace.see(head(number, 12 * number), clock=1_000.0)
    assert pace.pause(clock=1_000.0) == pytest.approx(10.8)
    assert pace.pause(clock=1_011.0) == 0.25


def test_pace__same_block_seen_again__no_new_one() -> None:
    pace = Pace(poll_seconds=0.25, stagger_seconds=0)
    pace.see(head(1, 12), clock=1.0)
    pace.see(head(2, 24), clock=2.0)
    pace.see(head(2, 24), clock=9.0)
    assert pace.pause(clock=9.0) == pytest.approx(2.0 + 10.8 - 9.0)


def test_pace__reorganised__starts_anew() -> None:
    pace = Pace(poll_seconds=0.25, stagger_seconds=0)
    for number, timestamp in ((8, 80), (9, 90), (7, 200)):
        pace.see(head(number, timestamp), clock=0.0)
    assert pace.block_seconds == 1.0


# --- draws ---


class FakeWeights:
    """Knows every block and remembers what it was asked."""

    def __init__(self) -> None:
        self.headers_asked: list[int] = []
        self.weights_asked: list[int] = []

    def headers(self, numbers: list[int]) -> list[Header]:
        self.headers_asked += numbers
        return [head(number) for number in numbers]

    def weights(self, worker: str, opened_at: int, block: int) -> tuple[int, int]:
        assert worker == ME
        assert block
        self.weights_asked.append(opened_at)
        return 5, 20


def test_draw__seed_block_to_come__unknown() -> None:
    assert Draws(FakeWeights(), ME, EPOCH).draw(opened(), head(SEED_BLOCK - 1)) is None


def test_draw__seed_block_there__the_contracts_lot() -> None:
    state = opened()
    found = Draws(FakeWeights(), ME, EPOCH).draw(state, head(SEED_BLOCK))
    assert found is not None
    seed = sortition.seed(head(SEED_BLOCK).hash, state.job_id, 0)
    assert (found.ticket, found.weight, found.total) == (sortition.ticket(seed, ME), 5, 20)


def test_draw__round_over__none() -> None:
    state = opened(status=Status.REVEALING)
    assert Draws(FakeWeights(), ME, EPOCH).draw(state, head(SEED_BLOCK)) is None


def test_draw__seed_block_was_a_head__not_asked_for() -> None:
    weights = FakeWeights()
    draws = Draws(weights, ME, EPOCH)
    draws.see(head(SEED_BLOCK))
    draws.draw(opened(), head(SEED_BLOCK + 3))
    assert weights.headers_asked == []


def test_draw__reorganised__asks_again() -> None:
    weights = FakeWeights()
    draws = Draws(weights, ME, EPOCH)
    draws.see(head(SEED_BLOCK))
    draws.forget()
    draws.draw(opened(), head(SEED_BLOCK + 3))
    assert weights.headers_asked == [SEED_BLOCK]


def test_draw__many_rounds_of_one_epoch__weights_asked_once() -> None:
    weights = FakeWeights()
    draws = Draws(weights, ME, EPOCH)
    start = OPENED - OPENED % EPOCH
    for second in range(0, EPOCH, 10):
        state = opened(opened_at=start + second)
        draws.draw(state, head(SEED_BLOCK, timestamp=start + EPOCH - 1))
    assert weights.weights_asked == [start]
    draws.draw(opened(opened_at=start), head(SEED_BLOCK, timestamp=start + EPOCH))
    assert len(weights.weights_asked) == 2


# --- results ---


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path, {})
    yield found
    found.close()


TOLERANT = job(Numerics.TOLERANCE)  # atol 0.125


def numbers(*values: float) -> Computed:
    return Computed(encode([np.array(values, np.float32)]))


def publish(store: Store, payload: bytes) -> None:
    """Put the log of a published result into the store."""
    topics = bytes.fromhex(events.topics(events.ResultPublished)[0][2:]), TOLERANT.job_id
    log = StoredLog(
        block_number=1,
        log_index=0,
        position=0,
        block_hash=bytes(32),
        timestamp=OPENED,
        job_id=TOLERANT.job_id,
        transaction_hash=bytes(32),
        address=bytes(20),
        topics=topics,
        data=abi_encode(("bytes",), (payload,)),
    )
    store.history.append(Block(1, bytes(32), OPENED), [log], {TOLERANT.job_id})


def test_results__published__found_by_its_digest(store: Store) -> None:
    payload = numbers(1.0).payload
    publish(store, payload)
    results = Results(store.outcomes, store.history)
    assert results.published(TOLERANT.job_id, ids.digest(payload)) == payload
    assert results.published(TOLERANT.job_id, bytes(32)) is None


@pytest.mark.parametrize(
    ("other", "factor", "expected"),
    [(1.125, SUPPORT, True), (1.25, SUPPORT, False), (1.25, RIGHT, True), (1.5, RIGHT, False)],
)
def test_results__close__by_the_jobs_tolerance(
    store: Store, other: float, factor: int, expected: bool
) -> None:
    publish(store, numbers(other).payload)
    results = Results(store.outcomes, store.history)
    digest = numbers(other).digest
    assert results.is_close(opened(TOLERANT), numbers(1.0), digest, factor) is expected


def test_results__published_bytes_are_no_payload__not_close(store: Store) -> None:
    publish(store, b"\xff")
    results = Results(store.outcomes, store.history)
    assert not results.is_close(opened(TOLERANT), numbers(1.0), ids.digest(b"\xff"), RIGHT)


def test_results__never_published__not_close(store: Store) -> None:
    results = Results(store.outcomes, store.history)
    assert not results.is_close(opened(TOLERANT), numbers(1.0), bytes(32), RIGHT)
