"""Following a chain that grows, forks, lags and lies about nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assay.rpc import RefusedByNodeError, UnreachableRpcError
from tests.unit.worker_events import raw_posted
from worker.chain import Header, RawLog
from worker.errors import NodeBehindError, ReorganisedError
from worker.intake import Intake, News
from worker.store import Store

IDENTITY = {"worker": "0x01"}


def hash_of(number: int, fork: int) -> bytes:
    return bytes([fork]) * 16 + number.to_bytes(16, "big")


@dataclass
class FakeChain:
    """Blocks by number; the logs go with the block's hash."""

    blocks: dict[int, Header] = field(default_factory=dict)
    logs: dict[bytes, list[RawLog]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fork: int = 0
    most_blocks: int = 1_000
    """Whose logs the node gives out at once."""
    spans: list[int] = field(default_factory=list)

    def grow(self, to: int) -> None:
        for number in range(max(self.blocks, default=-1) + 1, to + 1):
            parent = self.blocks[number - 1].hash if number else bytes(32)
            found = hash_of(number, self.fork)
            self.blocks[number] = Header(number, found, parent, 1_000 + number, 7)

    def drop(self, after: int) -> None:
        """Forget the later blocks; those that grow instead have other hashes."""
        self.fork += 1
        self.blocks = {n: block for n, block in self.blocks.items() if n <= after}

    def post(self, number: int, job: int, index: int = 0) -> None:
        block = self.blocks[number].hash
        raw = raw_posted(number, block, bytes([job]) * 32, index)
        self.logs.setdefault(block, []).append(raw)

    # --- what the intake asks ---

    def head(self) -> Header:
        self.asked.append("head")
        return self.blocks[max(self.blocks)]

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        self.asked.append("headers")
        if any(number not in self.blocks for number in numbers):
            raise ReorganisedError("gone")
        return [self.blocks[number] for number in numbers]

    def logs_in(self, block: Header) -> list[RawLog]:
        self.asked.append("logs")
        return self.logs.get(block.hash, [])

    def logs_between(self, first: int, last: int) -> tuple[list[RawLog], Header]:
        self.asked.append("logs")
        self.spans.append(last - first + 1)
        if last - first + 1 > self.most_blocks:
            raise RefusedByNodeError("query returned more than 10000 results")
        found = [
            log for n in range(first, last + 1) for log in self.logs.get(self.blocks[n].hash, [])
        ]
        return found, self.blocks[last]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, IDENTITY)
    yield opened
    opened.close()


def intake(chain: FakeChain, store: Store, *, confirmations: int = 0, log_range: int = 100,
           start: int = 0) -> Intake:  # fmt: skip
    return Intake(
        chain, store.history, start=start, confirmations=confirmations, log_range=log_range
    )


def read_all(reader: Intake) -> list[News]:
    news = [reader.read()]
    while news[-1].more:
        news.append(reader.read())
    return news


def jobs(news: Sequence[News]) -> list[int]:
    return [log.job_id[0] for one in news for log in one.logs]


def test_read__new_store__from_the_start(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    chain.post(3, job=1)
    chain.post(7, job=2)
    news = read_all(intake(chain, store, start=5))
    assert jobs(news) == [2]
    assert store.history.live_jobs() == [b"\x02" * 32]


def test_read__start_in_the_future__waits(store: Store) -> None:
    chain = FakeChain()
    chain.grow(3)
    news = intake(chain, store, start=5).read()
    assert (news.logs, news.moved, news.more) == ([], False, False)


def test_read__nothing_new__one_request(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    reader = intake(chain, store)
    reader.read()
    chain.asked.clear()
    assert not reader.read().moved
    assert chain.asked == ["head"]


def test_read__one_new_block__two_requests(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    reader = intake(chain, store)
    reader.read()
    chain.grow(10)
    chain.asked.clear()
    assert reader.read().moved
    assert chain.asked == ["head", "logs"]


def test_read__long_way__in_ranges_each_kept(store: Store) -> None:
    chain = FakeChain()
    chain.grow(25)
    for number in (0, 9, 10, 25):
        chain.post(number, job=number)
    reader = intake(chain, store, log_range=10)
    cursors = []
    while True:
        news = reader.read()
        cursor = store.history.cursor()
        assert cursor is not None
        cursors.append(cursor.number)
        if not news.more:
            break
    assert cursors == [9, 19, 25]


def test_read__after_a_restart__goes_on_at_the_cursor(store: Store) -> None:
    chain = FakeChain()
    chain.grow(5)
    chain.post(4, job=1)
    read_all(intake(chain, store))
    chain.grow(8)
    chain.post(7, job=2)
    assert jobs(read_all(intake(chain, store))) == [2]


def test_read__logs_without_times__asks_for_those_blocks(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    chain.post(3, job=1)
    (news,) = read_all(intake(chain, store))
    assert [log.timestamp for log in news.logs] == [1_003]


def test_read__confirmations__stays_behind_the_head(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    chain.post(6, job=1)
    chain.post(7, job=2)
    news = read_all(intake(chain, store, confirmations=3))
    assert jobs(news) == [1]
    assert news[-1].head.number == 6


@pytest.mark.parametrize(("depth", "regrown"), [(1, 10), (1, 12), (4, 10), (4, 7), (8, 10)])
def test_read__reorganised__back_to_the_fork_and_on(store: Store, depth: int, regrown: int) -> None:
    chain = FakeChain()
    chain.grow(2)
    reader = intake(chain, store)
    for number in range(3, 11):
        chain.grow(number)
        chain.post(number, job=number)
        reader.read()
    chain.drop(after=10 - depth)
    chain.grow(regrown)
    chain.post(regrown, job=99)
    news = read_all(reader)
    assert {job_id[0] for one in news for job_id in one.undone} == set(range(11 - depth, 11))
    assert jobs(news) == [99]
    expected = [*range(3, 11 - depth), 99]
    assert sorted(job_id[0] for job_id in store.history.live_jobs()) == expected


def test_read__reorganised_below_everything_known__starts_anew(store: Store) -> None:
    chain = FakeChain()
    chain.grow(9)
    chain.post(8, job=1)
    reader = intake(chain, store)
    reader.read()
    chain.drop(after=-1)
    chain.grow(9)
    chain.post(5, job=2)
    news = read_all(reader)
    assert news[0].undone == {b"\x01" * 32}
    assert jobs(news) == [2]


def test_read__node_behind__waits_and_forgets_nothing(store: Store) -> None:
    chain = FakeChain()
    reader = intake(chain, store)
    for number in range(10):
        chain.grow(number)
        reader.read()
    ahead = dict(chain.blocks)
    chain.blocks = {n: block for n, block in ahead.items() if n <= 6}
    with pytest.raises(NodeBehindError, match="block 6"):
        reader.read()
    cursor = store.history.cursor()
    assert cursor is not None
    assert cursor.number == 9
    chain.blocks = ahead
    assert not reader.read().moved


def test_read__replaced_while_reading__nothing_kept(store: Store) -> None:
    chain = FakeChain()
    chain.grow(5)
    stale = chain.head()
    chain.drop(after=3)
    chain.grow(5)

    class Late(FakeChain):
        def head(self) -> Header:
            return stale

    late = Late(blocks=chain.blocks, logs=chain.logs)
    with pytest.raises(ReorganisedError, match="block 5 was replaced"):
        intake(late, store).read()
    assert store.history.cursor() is None


def test_read__range_too_large_for_the_node__halved_until_it_is_not(store: Store) -> None:
    chain = FakeChain(most_blocks=30)
    chain.grow(99)
    chain.post(70, job=1)
    news = read_all(intake(chain, store, log_range=100))
    assert [len(item.logs) for item in news if item.logs] == [1]
    assert news[-1].head.number == 99
    assert chain.spans[:3] == [100, 50, 25]
    assert max(chain.spans[3:]) == 50  # tried again, and halved again
    assert chain.spans.count(100) == 1


def test_read__node_refuses_even_one_block__said(store: Store) -> None:
    chain = FakeChain(most_blocks=0)
    chain.grow(9)
    with pytest.raises(RefusedByNodeError, match="more than 10000"):
        intake(chain, store).read()
    assert store.history.cursor() is None


def test_read__no_answer_to_a_large_range__the_next_time_half_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = FakeChain()
    chain.grow(99)
    reader = intake(chain, store)

    def cut_off(first: int, last: int) -> tuple[list[RawLog], Header]:
        raise UnreachableRpcError(f"no answer to {first} to {last}")

    with monkeypatch.context() as broken:
        broken.setattr(chain, "logs_between", cut_off)
        with pytest.raises(UnreachableRpcError):
            reader.read()
    reader.read()
    assert chain.spans == [50]


def test_read__log_of_another_block__refused_and_nothing_kept(store: Store) -> None:
    """Kept, it would be in the way of the right one later."""
    chain = FakeChain()
    chain.grow(9)
    chain.logs[chain.blocks[5].hash] = [raw_posted(50, chain.blocks[5].hash, b"\x01" * 32, 0)]
    with pytest.raises(RefusedByNodeError, match="blocks 0 to 9, the node gave some of 50"):
        intake(chain, store).read()
    assert store.history.cursor() is None


def test_read__head_that_follows_nothing__behind_instead_of_rolled_back_for_ever(
    store: Store,
) -> None:
    chain = FakeChain()
    chain.grow(9)
    reader = intake(chain, store)
    read_all(reader)
    chain.blocks[10] = Header(10, hash_of(10, 0), bytes(32), 1_010, 7)
    with pytest.raises(NodeBehindError, match="block 10 does not follow block 9"):
        reader.read()


def test_read_again__log_left_out_the_first_time__there(store: Store) -> None:
    chain = FakeChain()
    chain.grow(5)
    reader = intake(chain, store, log_range=1)
    read_all(reader)
    chain.post(4, job=1)
    news = reader.read_again(4)
    assert news is not None
    assert news.undone == frozenset()
    found = [log.block_number for item in read_all(reader) for log in item.logs]
    assert found == [4]


def test_read_again__first_block_of_the_store__too_far_back(store: Store) -> None:
    chain = FakeChain()
    chain.grow(3)
    reader = intake(chain, store)
    read_all(reader)
    assert reader.read_again(3) is None
