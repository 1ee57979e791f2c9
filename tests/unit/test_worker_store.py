"""What the worker must not forget, across restarts, crashes and reorganisations."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from worker.errors import OtherStoreError, StoreBusyError, StoreError
from worker.store import (
    Abstained,
    Attempt,
    Block,
    Computed,
    SentTransaction,
    Step,
    Store,
    StoredLog,
    look_beside,
)

IDENTITY = {"chain": "31337", "worker": "0x01"}
JOB, OTHER = b"\x01" * 32, b"\x02" * 32


def block(number: int, fork: int = 0) -> Block:
    return Block(number, bytes([fork, number]) * 16, 1_000 + number)


def log(number: int, index: int = 0, job_id: bytes = JOB) -> StoredLog:
    return StoredLog(
        block_number=number,
        log_index=index,
        position=0,
        block_hash=block(number).hash,
        timestamp=1_000 + number,
        job_id=job_id,
        transaction_hash=bytes(32),
        address=bytes(20),
        topics=(b"\x0a" * 32, job_id),
        data=b"data",
    )


def transaction(nonce: int, *steps: Step) -> SentTransaction:
    return SentTransaction(
        nonce, (Attempt(bytes([nonce]) * 32, b"raw%d" % nonce),), recorded_at=1_000, steps=steps
    )


Open = Callable[[], Store]


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Open]:
    """Opens the store, closing it before if it is open."""
    opened: list[Store] = []

    def again() -> Store:
        while opened:
            opened.pop().close()
        opened.append(Store(tmp_path, IDENTITY))
        return opened[0]

    yield again
    for store in opened:
        store.close()


def test_open__new__empty(reopen: Open) -> None:
    store = reopen()
    assert store.history.cursor() is None
    assert store.history.live_jobs() == []
    assert store.outbox.next_nonce() == 0


def test_open__another_workers__refused(tmp_path: Path, reopen: Open) -> None:
    reopen().close()
    with pytest.raises(StoreError, match="its worker is 0x01, not 0x02"):
        Store(tmp_path, {**IDENTITY, "worker": "0x02"})
    reopen()  # a refusal lets go of the folder


def test_open__newer_schema__refused(tmp_path: Path, reopen: Open) -> None:
    reopen().close()
    connection = sqlite3.connect(tmp_path / "worker.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="has schema 99"):
        Store(tmp_path, IDENTITY)


def old_store(folder: Path) -> None:
    """What an earlier version has left: a job, and a transaction on its way."""
    connection = sqlite3.connect(folder / "worker.sqlite")
    connection.executescript(Path(__file__).with_name("worker_schema_3.sql").read_text())
    connection.executemany("INSERT INTO identity VALUES (?, ?)", IDENTITY.items())
    connection.execute("INSERT INTO jobs VALUES (?, 5, NULL)", (JOB,))
    connection.execute(
        "INSERT INTO transactions VALUES (1, 7, ?, ?, 'pending', NULL, 1000)", (b"h" * 32, b"raw")
    )
    connection.execute("INSERT INTO steps VALUES (1, 0, ?, 'commit', 0, 10, 0)", (JOB,))
    connection.execute("PRAGMA user_version = 3")
    connection.commit()
    connection.close()


def test_open__older_schema__migrated_with_all_that_is_in_it(tmp_path: Path, reopen: Open) -> None:
    old_store(tmp_path)
    store = reopen()
    (sent,) = store.outbox.pending()
    assert (sent.nonce, sent.attempts) == (7, (Attempt(b"h" * 32, b"raw"),))
    assert sent.steps == (Step(JOB, "commit", 0, 10, 0),)
    assert store.history.live_jobs() == [JOB]
    assert len(reopen().outbox.pending()) == 1  # and again, as the newest schema


def test_open__migrated__the_schema_of_a_new_store(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    old_store(old)
    schemas = []
    for folder in (old, new):
        Store(folder, IDENTITY).close()
        connection = sqlite3.connect(folder / "worker.sqlite")
        rows = connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
        schemas.append({name: "".join((sql or "").split()) for name, sql in rows})
        connection.close()
    assert schemas[0] == schemas[1]


def test_open__migration_fails__old_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_store(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(
            "worker.store.database.statements_from",
            lambda _: ["CREATE TABLE half (a INTEGER) STRICT", "NONSENSE"],
        )
        with pytest.raises(StoreError, match="cannot be used as a store"):
            Store(tmp_path, IDENTITY)
    connection = sqlite3.connect(tmp_path / "worker.sqlite")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
    connection.close()
    assert (version, "half" in tables) == (3, False)
    Store(tmp_path, IDENTITY).close()


def test_open__schema_older_than_any_migration__refused(tmp_path: Path, reopen: Open) -> None:
    reopen().close()
    connection = sqlite3.connect(tmp_path / "worker.sqlite")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(StoreError, match="has schema 2, this worker reads 3 to 6"):
        Store(tmp_path, IDENTITY)


def test_open__not_a_database__refused(tmp_path: Path) -> None:
    (tmp_path / "worker.sqlite").write_text("something else entirely" * 100)
    with pytest.raises(StoreError, match="cannot be used as a store"):
        Store(tmp_path, IDENTITY)


def _open_elsewhere(folder: Path, said: multiprocessing.Queue[str]) -> None:
    try:
        Store(folder, IDENTITY)
    except StoreBusyError as error:
        said.put(str(error))
    else:
        said.put("opened")


def test_open__by_two_processes__second_refused(tmp_path: Path, reopen: Open) -> None:
    reopen()
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    other = context.Process(target=_open_elsewhere, args=(tmp_path, said))
    other.start()
    answer = said.get(timeout=60)
    other.join()
    assert "another daemon (process" in answer


def test_open__twice_in_one_process__second_refused(tmp_path: Path, reopen: Open) -> None:
    reopen()
    with pytest.raises(StoreBusyError):
        Store(tmp_path, IDENTITY)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"worker": "0x02"}, "belongs to another worker: its worker is 0x01, not 0x02"),
        ({"chain": "1", "worker": "0x02"}, "belongs to another worker: its chain is 31337"),
        ({"chain": "1"}, r"the store is of another chain \(chain 31337, not 1\): name a new"),
        ({"genesis": "0x0b", "settlement": "0x0c"},
         r"the store is of an earlier chain \(genesis None, not 0x0b\): name a new data_dir"),
        ({"settlement": "0x0c"}, "the store is of another deployment"),
    ],
)  # fmt: skip
def test_open__of_another_identity__says_what_it_is_of(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    Store(tmp_path, IDENTITY).close()
    with pytest.raises(OtherStoreError, match=said) as caught:
        Store(tmp_path, {**IDENTITY, **changes})
    assert caught.value.worker_differs == ("worker" in changes)
    Store(tmp_path, IDENTITY).close()  # the lock was let go


def test_look_beside__store_in_use__known_by_its_identity(tmp_path: Path, reopen: Open) -> None:
    reopen()
    look_beside(tmp_path, IDENTITY)
    with pytest.raises(OtherStoreError, match="belongs to another worker"):
        look_beside(tmp_path, {**IDENTITY, "worker": "0x02"})


def test_look_beside__no_store__refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        look_beside(tmp_path, IDENTITY)


def test_append__cursor_and_logs__there_after_a_restart(reopen: Open) -> None:
    reopen().history.append(block(5), [log(4), log(5)], {JOB})
    history = reopen().history
    assert history.cursor() == block(5)
    assert history.live_jobs() == [JOB]
    assert history.logs_of(JOB) == [log(4), log(5)]


def test_append__fails_half_way__nothing_kept(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    with pytest.raises(sqlite3.IntegrityError):
        history.append(block(5), [log(5), log(5)], set())
    assert history.cursor() == block(4)
    assert history.logs_of(JOB) == [log(4)]


def test_append__job_never_posted_here__dropped(reopen: Open) -> None:
    history = reopen().history
    history.append(block(5), [log(5, job_id=OTHER)], {JOB})
    assert history.live_jobs() == []
    assert history.logs_of(OTHER) == []


def test_roll_back__later_blocks__forgotten_with_their_jobs(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.append(block(5), [log(5), log(5, 1, OTHER)], {OTHER})
    assert history.roll_back(block(4)) == {JOB, OTHER}
    assert history.cursor() == block(4)
    assert history.live_jobs() == [JOB]
    assert history.logs_of(JOB) == [log(4)]


def test_roll_back__to_the_beginning__reads_anew(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.roll_back(None)
    assert history.cursor() is None
    assert history.live_jobs() == []


def test_roll_back__finished_since__live_again(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.append(block(6), [], set())
    history.finish([JOB], 6)
    assert history.live_jobs() == []
    history.roll_back(block(4))
    assert history.live_jobs() == [JOB]


def test_append__finished_job__its_logs_dropped_until_the_end_is_undone(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.append(block(6), [log(5)], set())
    history.finish([JOB], 6)
    history.append(block(7), [log(7)], set())
    assert history.logs_of(JOB) == [log(4), log(5)]
    history.roll_back(block(4))
    history.append(block(7), [log(5), log(7)], set())
    assert history.logs_of(JOB) == [log(4), log(5), log(7)]


def test_roll_back__finished_since__told_though_it_lost_no_log(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.append(block(6), [], set())
    history.finish([JOB], 6)
    assert history.roll_back(block(4)) == {JOB}


def test_set_asleep__restarted__not_live_until_woken(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [log(4)], {JOB})
    history.set_asleep([JOB], asleep=True)
    again = reopen().history
    asleep = again.live_jobs(), again.asleep_jobs()
    again.set_asleep([JOB], asleep=False)
    assert (asleep, again.live_jobs(), again.asleep_jobs()) == (([], [JOB]), [JOB], [])


def test_roll_back__own_result__kept(reopen: Open) -> None:
    """The job may come back in another block, and another run may give other bits."""
    store = reopen()
    store.history.append(block(5), [log(5)], {JOB})
    store.outcomes.keep(JOB, Computed(b"result"))
    store.history.roll_back(None)
    assert store.outcomes.of(JOB) == Computed(b"result")


def test_roll_back__mined_transaction__pending_again(reopen: Open) -> None:
    store = reopen()
    store.history.append(block(4), [], set())
    for nonce, number in ((0, 4), (1, 6)):
        store.outbox.record(transaction(nonce))
        store.outbox.mined(bytes([nonce]) * 32, number)
    store.history.append(block(6), [], set())
    store.history.roll_back(block(4))
    assert [item.nonce for item in store.outbox.pending()] == [1]


def test_prune__long_finished__forgotten(reopen: Open) -> None:
    store = reopen()
    store.history.append(block(4), [log(4), log(4, 1, OTHER)], {JOB, OTHER})
    store.history.append(block(9), [], set())
    store.outcomes.keep(JOB, Computed(b"result"))
    store.history.finish([JOB], 5)
    store.prune(8)
    assert store.history.logs_of(JOB) == []
    assert store.outcomes.of(JOB) is None
    assert store.history.live_jobs() == [OTHER]
    assert store.history.blocks(10) == [block(9)]


def test_prune__everything_old__keeps_the_cursor(reopen: Open) -> None:
    history = reopen().history
    history.append(block(4), [], set())
    history.prune(1_000)
    assert history.cursor() == block(4)


def test_outcome__second_one__the_first_counts(reopen: Open) -> None:
    outcomes = reopen().outcomes
    assert outcomes.keep(JOB, Computed(b"first")) == Computed(b"first")
    assert outcomes.keep(JOB, Computed(b"second")) == Computed(b"first")
    assert reopen().outcomes.of(JOB) == Computed(b"first")


def test_outcome__empty_payload__is_a_result(reopen: Open) -> None:
    assert reopen().outcomes.keep(JOB, Computed(b"")) == Computed(b"")


def test_outcome__abstained__with_its_reason(reopen: Open) -> None:
    reopen().outcomes.keep(JOB, Abstained("unstable"))
    assert reopen().outcomes.of(JOB) == Abstained("unstable")


COMMIT = Step(JOB, "commit", 0, units=1_000)
CLAIM = Step(OTHER, "claim", 2, item=1)


def test_outbox__recorded__there_after_a_restart(reopen: Open) -> None:
    reopen().outbox.record(transaction(7, COMMIT, CLAIM))
    outbox = reopen().outbox
    assert outbox.pending() == [transaction(7, COMMIT, CLAIM)]
    assert outbox.next_nonce() == 8
    assert outbox.in_flight(cursor=100) == [COMMIT, CLAIM]


def test_outbox__mined_after_the_cursor__still_in_flight(reopen: Open) -> None:
    outbox = reopen().outbox
    outbox.record(transaction(7, COMMIT))
    outbox.mined(transaction(7).hash, 101)
    assert outbox.pending() == []
    assert outbox.in_flight(cursor=100) == [COMMIT]
    assert outbox.in_flight(cursor=101) == []


def test_outbox__lost__its_nonce_is_free(reopen: Open) -> None:
    outbox = reopen().outbox
    outbox.record(transaction(7, COMMIT))
    outbox.lost(transaction(7).hash)
    assert outbox.next_nonce() == 0
    assert outbox.in_flight(cursor=100) == []


def test_outbox__replaced__every_attempt_there_after_a_restart(reopen: Open) -> None:
    outbox = reopen().outbox
    outbox.record(transaction(7, Step(JOB, "commit", 0)))
    (first,) = outbox.pending()
    second = outbox.replace(first, Attempt(b"a" * 32, b"dearer"))
    outbox.replace(second, Attempt(b"0" * 32, b"dearest"))
    (sent,) = reopen().outbox.pending()
    assert [attempt.raw for attempt in sent.attempts] == [b"raw7", b"dearer", b"dearest"]
    assert sent.hash == first.hash


def test_prune__mined_transaction__forgotten_with_its_attempts(reopen: Open) -> None:
    store = reopen()
    store.history.append(Block(2_000, bytes(32), 5_000), [], [])
    store.outbox.record(transaction(7, Step(JOB, "commit", 0)))
    (first,) = store.outbox.pending()
    store.outbox.replace(first, Attempt(b"a" * 32, b"dearer"))
    store.outbox.mined(first.hash, 10)
    store.prune(1_000)
    rows = store.history._database.rows
    left = "SELECT hash FROM transactions UNION ALL SELECT hash FROM replacements"
    assert rows(f"{left} UNION ALL SELECT job_id FROM steps") == []  # noqa: S608
