"""The board: what it keeps in memory, and what cannot break it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assay import events, ids
from assay.events import Event
from tests.unit.worker_events import JOB, committed, posted, simple
from tests.unit.worker_jobs import OPENED, RIGHT
from worker.board import Board
from worker.chain import Header
from worker.intake import News
from worker.store import Block, Store, StoredLog

HEAD = Header(20, bytes(32), bytes(32), OPENED + 9, base_fee=7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, {})
    yield opened
    opened.close()


def log(event: Event, index: int) -> StoredLog:
    return StoredLog(
        block_number=event.at.block_number,
        log_index=index,
        position=0,
        block_hash=event.at.block_hash,
        timestamp=OPENED,
        job_id=JOB.job_id,
        transaction_hash=bytes(32),
        address=bytes(20),
        topics=(bytes.fromhex(events.topics(type(event))[0][2:]), JOB.job_id),
        data=b"",
        event=event,
    )


def followed(store: Store, *happened: Event) -> Board:
    board = Board(store.history)
    board.follow(News(HEAD, [log(event, index) for index, event in enumerate(happened)]))
    return board


def test_follow__answer_nobody_published__job_dropped_and_the_next_followed(store: Store) -> None:
    """Such an event cannot come from the contracts; the worker must outlive it all the same."""
    broken = simple(events.Decided, digest=ids.cut(RIGHT))
    board = followed(store, posted(), broken, committed())
    assert board.live == []
    assert board.is_touched


def test_follow__job_finished_before__its_later_events_wake_nothing(store: Store) -> None:
    board = followed(store, posted())
    board.finish([JOB.job_id], 11)
    board.due(OPENED)
    board.follow(News(HEAD, [log(committed(), 1)]))
    assert (board.live, board.is_touched) == ([], False)


def test_put_to_sleep__nothing_happens__not_in_memory_nor_due(store: Store) -> None:
    board = followed(store, posted())
    board.put_to_sleep([JOB.job_id])
    assert (board.live, board.due(OPENED + 10**6)) == ([], [])


def test_board__restarted__jobs_asleep_left_until_something_happens(store: Store) -> None:
    store.history.append(Block(11, bytes(32), OPENED), [log(posted(), 0)], {JOB.job_id})
    Board(store.history).put_to_sleep([JOB.job_id])
    again = Board(store.history)
    asleep = again.live
    store.history.append(Block(12, bytes(32), OPENED), [log(committed(), 1)], set())
    again.follow(News(HEAD, [log(committed(), 1)]))
    assert asleep == []
    assert store.history.asleep_jobs() == []
