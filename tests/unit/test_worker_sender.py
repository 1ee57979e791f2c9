"""Sending: recorded first, broadcast until mined, and never twice for one step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import rlp
import structlog
from eth_abi.abi import decode
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak
from hexbytes import HexBytes

from assay.rpc import UnreachableRpcError
from tests.unit.worker_jobs import ANN, ME, TARGET
from worker.calls import Item, Series, StepCall
from worker.chain import Header, Receipt, Refusal, Simulated, Transaction
from worker.chain.abi_calls import function
from worker.fees import Fees
from worker.sender import Sender
from worker.steps import Advance, Claim, Close, Commit, Deliver, Propose
from worker.store import Store

JOB, OTHER = b"\x01" * 32, b"\x02" * 32
SIGNER = Account.from_key(bytes(range(1, 33)))
HEAD = Header(100, bytes(32), bytes(32), 5_000, base_fee=7)
FEES = Fees(ceiling=1_000, tip=2, transaction_gas=15_000_000)
REVERT = Refusal(3, "execution reverted", keccak(text="NoSeats()")[:4])


def call(step: Any, data: bytes = b"\xaa", target: ChecksumAddress = TARGET) -> StepCall:
    steps = step if isinstance(step, tuple) else (step,)
    return StepCall(steps, "Settlement", target, data)


ADVANCE, CLOSE = call(Advance(JOB, 0), b"\xa0"), call(Close(OTHER, 1), b"\xc0")


@dataclass
class FakePool:
    """A node's transaction pool, and what becomes of transactions in it."""

    mined: dict[bytes, Receipt] = field(default_factory=dict)
    refused: dict[bytes, Refusal] = field(default_factory=dict)
    raws: list[bytes] = field(default_factory=list)
    gas: int = 100_000
    account_nonce: int = 0
    pool_nonce: int = 0
    tip: int = 0
    price: int = 0
    broadcast_refusal: Refusal | None = None
    down: bool = False
    asked: int = 0

    def nonce(self, account: ChecksumAddress, block: int | None = None) -> int:
        assert account == SIGNER.address
        self.asked += 1
        return self.account_nonce if block else max(self.account_nonce, self.pool_nonce)

    def suggested_tip(self) -> int:
        return self.tip

    def gas_price(self) -> int:
        return self.price

    def estimate(
        self, sender: ChecksumAddress, calls: Sequence[tuple[ChecksumAddress, bytes]]
    ) -> list[int | Refusal]:
        assert sender == SIGNER.address
        return [self.refused.get(data, self.gas) for _, data in calls]

    def simulate(
        self, sender: ChecksumAddress, transactions: Sequence[Transaction]
    ) -> list[Simulated | Refusal]:
        """This node is of the kind that cannot."""
        assert sender == SIGNER.address
        return [Refusal(-32_601, "method not found") for _ in transactions]

    def broadcast(self, transactions: Sequence[bytes]) -> list[Refusal | None]:
        if self.down:
            raise UnreachableRpcError("no answer")
        self.raws += transactions
        return [self.broadcast_refusal for _ in transactions]

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        return [self.mined.get(item) for item in hashes]

    def mine(self, raw: bytes, block: int, **changes: Any) -> None:
        receipt = Receipt(keccak(raw), block, bytes(32), True, 90_000, 9, {}, {})
        self.mined[keccak(raw)] = replace(receipt, **changes)
        self.account_nonce += 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path, {})
    yield opened
    opened.close()


def sender(pool: FakePool, store: Store, fees: Fees = FEES) -> Sender:
    return Sender(pool, store.outbox, SIGNER, fees, chain_id=31_337)


def at(number: int) -> Header:
    return replace(HEAD, number=number)


def fields(raw: bytes) -> dict[str, Any]:
    transaction: dict[str, Any] = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return transaction


def test_send__one_step__sent_as_it_is(store: Store) -> None:
    pool = FakePool()
    assert sender(pool, store).send([ADVANCE], HEAD) == []
    sent = fields(pool.raws[0])
    assert (sent["nonce"], bytes(sent["data"])) == (0, b"\xa0")
    assert bytes(sent["to"]) == bytes.fromhex(TARGET[2:])
    assert (sent["maxFeePerGas"], sent["maxPriorityFeePerGas"]) == (16, 2)
    assert sent["gas"] > pool.gas
    assert Account.recover_transaction(pool.raws[0]) == SIGNER.address


def test_send__several_steps__one_batch(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([ADVANCE, CLOSE], HEAD)
    (raw,) = pool.raws
    (items,) = decode(("bytes[]",), bytes(fields(raw)["data"])[4:])
    assert list(items) == [b"\xa0", b"\xc0"]
    (pending,) = store.outbox.pending()
    assert [(step.kind, step.item) for step in pending.steps] == [("advance", 0), ("close", 1)]


def proposing(number: int, terms: int = 7) -> StepCall:
    """One of many proposals; those with the same terms can go together."""
    step = Propose(bytes([number]) * 32, 0, units=5)
    single = call(step, bytes([0xF0, number]))
    item = Item(Series("proposeMany", (terms, 8, ME)), (bytes([number]) * 32, bytes([number])))
    return replace(single, item=item)


def proposed_together(raw: bytes) -> tuple[Any, ...]:
    """The arguments of `proposeMany`."""
    data, called = bytes(fields(raw)["data"]), function("Settlement", "proposeMany")
    assert data[:4] == called.selector
    return tuple(decode(called.inputs, data[4:]))


def test_send__proposals_with_the_same_terms__in_one_call(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([proposing(1), proposing(2), proposing(3)], HEAD)
    (raw,) = pool.raws
    items = tuple((bytes([n]) * 32, bytes([n])) for n in (1, 2, 3))
    assert proposed_together(raw) == (7, 8, ME.lower(), items)
    (pending,) = store.outbox.pending()
    assert [(step.job_id[0], step.units, step.item) for step in pending.steps] == [
        (1, 5, 0),
        (2, 5, 1),
        (3, 5, 2),
    ]


def test_send__one_proposal_and_other_steps__one_batch(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([proposing(1), ADVANCE], HEAD)
    (raw,) = pool.raws
    (items,) = decode(("bytes[]",), bytes(fields(raw)["data"])[4:])
    assert list(items) == [b"\xf0\x01", b"\xa0"]


def test_send__proposals_under_two_terms__those_alike_together_the_rest_in_a_batch(
    store: Store,
) -> None:
    pool = FakePool()
    sender(pool, store).send([proposing(1), proposing(2, terms=9), ADVANCE, proposing(3)], HEAD)
    alike, rest = pool.raws
    assert [body[0] for body, _ in proposed_together(alike)[3]] == [1, 3]
    (items,) = decode(("bytes[]",), bytes(fields(rest)["data"])[4:])
    assert list(items) == [b"\xf0\x02", b"\xa0"]


def committing(number: int, seats: int = 1) -> StepCall:
    """One of many commitments; those for as many seats can go together."""
    job_id = bytes([number]) * 32
    single = call(Commit(job_id, 0, seats=seats, units=5), bytes([0xF1, number]))
    return replace(single, item=Item(Series("commitMany", (7, 8, ME, seats)), (job_id, job_id)))


def test_send__commitments_alone__in_one_call(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([committing(1), committing(2)], HEAD)
    data, called = bytes(fields(pool.raws[0])["data"]), function("Settlement", "commitMany")
    assert data[:4] == called.selector
    items = tuple((bytes([n]) * 32, bytes([n]) * 32) for n in (1, 2))
    assert tuple(decode(called.inputs, data[4:])) == (7, 8, ME.lower(), 1, items)
    (pending,) = store.outbox.pending()
    assert [(step.job_id[0], step.units, step.item) for step in pending.steps] == [
        (1, 5, 0),
        (2, 5, 1),
    ]


@pytest.mark.parametrize(("count", "transactions"), [(6, 1), (7, 2)])
def test_send__commitments_and_other_steps__by_themselves_when_that_saves_a_transaction(
    store: Store, count: int, transactions: int
) -> None:
    pool = FakePool()
    sender(pool, store).send([ADVANCE, *(committing(n) for n in range(count))], HEAD)
    assert len(pool.raws) == transactions
    steps = [step for item in store.outbox.pending() for step in item.steps]
    assert len(steps) == count + 1


def test_send__commitments_for_one_and_two_seats__each_by_its_own_call_in_a_batch(
    store: Store,
) -> None:
    pool = FakePool()
    sender(pool, store).send([committing(1), committing(2, seats=2)], HEAD)
    (items,) = decode(("bytes[]",), bytes(fields(pool.raws[0])["data"])[4:])
    assert list(items) == [b"\xf1\x01", b"\xf1\x02"]


def test_follow__commitment_of_many_refused__that_step_with_its_reason(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([committing(n) for n in range(3)], HEAD)
    pool.mine(pool.raws[0], 101, failed_items={2: REVERT.data})
    (failure,) = one.follow(at(101))
    assert (failure.step.job_id, failure.step.kind) == (b"\x02" * 32, "commit")
    assert failure.reason.startswith("NoSeats")


def test_send__one_of_two_proposals_would_be_refused__the_other_as_a_single_call(
    store: Store,
) -> None:
    pool = FakePool(refused={proposing(2).data: REVERT})
    (failure,) = sender(pool, store).send([proposing(1), proposing(2)], HEAD)
    assert failure.step.job_id == b"\x02" * 32
    assert bytes(fields(pool.raws[0])["data"]) == proposing(1).data


def test_send__twenty_proposals__gas_for_all_and_room_for_changes_once(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([proposing(n) for n in range(20)], HEAD)
    (raw,) = pool.raws
    least = 20 * (pool.gas - 21_000) + 60_000
    assert least < fields(raw)["gas"] < 3 * least // 2


def test_send__more_proposals_than_fit__split_within_the_gas(store: Store) -> None:
    pool = FakePool(gas=600_000)
    limited = sender(pool, store, replace(FEES, transaction_gas=2_400_000))
    limited.send([proposing(n) for n in range(5)], HEAD)
    assert [len(item.steps) for item in store.outbox.pending()] == [2, 1, 2]
    assert all(fields(raw)["gas"] <= 2_400_000 for raw in pool.raws)
    assert len(proposed_together(pool.raws[0])[3]) == 2
    assert bytes(fields(pool.raws[1])["data"]) == proposing(2).data


def test_send__two_contracts__two_transactions_in_order(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([ADVANCE, replace(CLOSE, target=ANN)], HEAD)
    assert [fields(raw)["nonce"] for raw in pool.raws] == [0, 1]


def test_send__would_revert__left_out_with_the_reason(store: Store) -> None:
    pool = FakePool(refused={b"\xa0": REVERT})
    (failure,) = sender(pool, store).send([ADVANCE, CLOSE], HEAD)
    assert (failure.step.job_id, failure.step.kind) == (JOB, "advance")
    assert failure.reason.startswith("NoSeats")
    (pending,) = store.outbox.pending()
    assert [step.kind for step in pending.steps] == ["close"]


def test_send__all_would_revert__nothing_sent(store: Store) -> None:
    pool = FakePool(refused={b"\xa0": REVERT})
    assert len(sender(pool, store).send([ADVANCE], HEAD)) == 1
    assert pool.raws == []


def test_send__gas_above_the_ceiling__waits(store: Store) -> None:
    pool = FakePool()
    (failure,) = sender(pool, store).send([ADVANCE], replace(HEAD, base_fee=999))
    assert "above the ceiling of 1000" in failure.reason
    assert (pool.raws, store.outbox.pending()) == ([], [])


def test_send__more_gas_than_a_transaction_may_have__split(store: Store) -> None:
    pool = FakePool(gas=600_000)
    limited = sender(pool, store, replace(FEES, transaction_gas=2_400_000))
    limited.send([call(Advance(bytes([n]) * 32, 0), bytes([n])) for n in range(5)], HEAD)
    assert [len(item.steps) for item in store.outbox.pending()] == [2, 1, 2]
    assert all(fields(raw)["gas"] <= 2_400_000 for raw in pool.raws)


def test_send__more_bytes_than_a_node_takes__split(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([call(Advance(JOB, n), bytes(70_000)) for n in range(2)], HEAD)
    assert len(pool.raws) == 2


def test_send__commitment__its_units_are_remembered(store: Store) -> None:
    sender(FakePool(), store).send([call(Commit(JOB, 0, seats=2, units=2_000))], HEAD)
    assert [step.units for step in store.outbox.in_flight(100)] == [2_000]


def test_send__node_gone_after_recording__sent_by_the_next_process(store: Store) -> None:
    """What a crash between recording and broadcasting leaves behind."""
    pool = FakePool(down=True)
    with pytest.raises(UnreachableRpcError):
        sender(pool, store).send([ADVANCE], HEAD)
    (recorded,) = store.outbox.pending()
    pool.down = False
    sender(pool, store).follow(at(101))
    assert pool.raws == [recorded.attempts[0].raw]


def test_follow__restart__the_same_bytes_again(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).send([ADVANCE], HEAD)
    sender(pool, store).follow(at(101))
    assert pool.raws[0] == pool.raws[1]


def test_follow__not_mined__sent_again_every_three_blocks(store: Store) -> None:
    pool = FakePool()
    one = Sender(pool, store.outbox, SIGNER, FEES, 31_337, bump_after_blocks=100)
    one.send([ADVANCE], at(100))
    counts = []
    for number in range(101, 108):
        one.follow(at(number))
        counts.append(len(pool.raws))
    assert counts == [1, 1, 2, 2, 2, 3, 3]


def test_follow__mined__done(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], HEAD)
    pool.mine(pool.raws[0], 101)
    assert one.follow(at(101)) == []
    assert store.outbox.pending() == []
    assert len(store.outbox.in_flight(cursor=100)) == 1
    assert store.outbox.in_flight(cursor=101) == []


def test_follow__reverted__every_step_failed(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE, CLOSE], HEAD)
    pool.mine(pool.raws[0], 101, succeeded=False)
    assert [failure.step.kind for failure in one.follow(at(101))] == ["advance", "close"]


def test_follow__batch_item_failed__that_step_with_its_reason(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE, CLOSE], HEAD)
    pool.mine(pool.raws[0], 101, failed_items={1: REVERT.data})
    (failure,) = one.follow(at(101))
    assert failure.step.kind == "close"
    assert failure.reason.startswith("NoSeats")


def test_follow__proposal_of_many_refused__that_step_with_its_reason(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([proposing(1), proposing(2), proposing(3)], HEAD)
    reason = keccak(text="NotOpen(bytes32,uint256)")[:4] + b"\x02" * 32 + bytes(32)
    pool.mine(pool.raws[0], 101, failed_items={1: reason})
    (failure,) = one.follow(at(101))
    assert (failure.step.job_id, failure.step.kind) == (b"\x02" * 32, "propose")
    assert failure.reason.startswith("NotOpen")


def test_follow__callback_had_a_failure_reported__delivered_all_the_same(store: Store) -> None:
    """In the contract: tests/forge/attacks/ForeignReports.t.sol."""
    pool = FakePool()
    one = sender(pool, store)
    one.send([call(Deliver(JOB, 0)), call(Deliver(OTHER, 0))], HEAD)
    failed = {0: REVERT.data, 1: REVERT.data}
    pool.mine(pool.raws[0], 101, failed_items=failed, deliveries=frozenset({JOB}))
    (failure,) = one.follow(at(101))
    assert (failure.step.job_id, failure.step.kind) == (OTHER, "deliver")


def test_follow__claim_skipped__that_jobs_claim_failed(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([call((Claim(JOB, 0, since=1), Claim(OTHER, 0, since=1)))], HEAD)
    selector = keccak(text="NoSuchVote(bytes32,address,uint256)")[:4]
    pool.mine(pool.raws[0], 101, skipped_claims={OTHER: (selector,)})
    (failure,) = one.follow(at(101))
    assert (failure.step.job_id, failure.reason) == (OTHER, "NoSuchVote")


def test_follow__one_of_two_claims_of_a_job_skipped__not_told_which(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([call((Claim(JOB, 0, since=1), Claim(JOB, 1, since=1)))], HEAD)
    selector = keccak(text="NoSuchVote(bytes32,address,uint256)")[:4]
    pool.mine(pool.raws[0], 101, skipped_claims={JOB: (selector,)})
    assert one.follow(at(101)) == []


def test_follow__nonce_taken_by_another__lost_and_said(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], HEAD)
    pool.account_nonce = 1
    assert [one.follow(at(number)) for number in (101, 103, 105)] == [[], [], []]
    (failure,) = one.follow(at(106))
    assert "taken its nonce" in failure.reason
    assert store.outbox.in_flight(200) == []
    one.send([CLOSE], at(107))
    assert fields(pool.raws[-1])["nonce"] == 1


def test_follow__nonce_taken_on_a_fork_only__not_lost(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], HEAD)
    for nonce, number in ((1, 103), (0, 104), (1, 106), (1, 107)):
        pool.account_nonce = nonce
        assert one.follow(at(number)) == []
    assert len(store.outbox.pending()) == 1
    pool.mine(pool.raws[0], 108)
    assert one.follow(at(108)) == []
    assert store.outbox.pending() == []


def waiting(pool: FakePool, store: Store, blocks: int, fees: Fees = FEES) -> Sender:
    """A sender whose one transaction has not been mined for so many blocks."""
    one = sender(pool, store, fees)
    one.send([ADVANCE], at(100))
    for number in range(101, 101 + blocks):
        one.follow(at(number))
    return one


def test_follow__not_mined_for_long__the_same_at_a_higher_price(store: Store) -> None:
    pool = FakePool()
    waiting(pool, store, blocks=6)
    first, dearer = fields(pool.raws[0]), fields(pool.raws[-1])
    prices = {"maxFeePerGas", "maxPriorityFeePerGas"}
    changed = {name for name in first if first[name] != dearer[name]}
    assert prices <= changed <= {*prices, "v", "r", "s"}
    assert (first["maxFeePerGas"], dearer["maxFeePerGas"]) == (16, 18)
    assert (first["maxPriorityFeePerGas"], dearer["maxPriorityFeePerGas"]) == (2, 3)
    (pending,) = store.outbox.pending()
    assert [attempt.raw for attempt in pending.attempts] == [pool.raws[0], pool.raws[-1]]


def test_follow__base_fee_has_risen__the_price_of_a_new_transaction(store: Store) -> None:
    pool = FakePool()
    one = waiting(pool, store, blocks=4)
    one.follow(replace(at(106), base_fee=200))
    assert fields(pool.raws[-1])["maxFeePerGas"] == 2 * 200 + 3


def test_follow__at_the_ceiling__sent_again_as_it_is(store: Store) -> None:
    pool = FakePool()
    waiting(pool, store, blocks=9, fees=replace(FEES, ceiling=17))
    assert len(pool.raws) > 2
    assert set(pool.raws) == {pool.raws[0]}


def test_follow__at_the_ceiling_for_long__said_once(store: Store) -> None:
    with structlog.testing.capture_logs() as logs:
        waiting(FakePool(), store, blocks=20, fees=replace(FEES, ceiling=17))
    assert sum("ceiling" in entry["event"] for entry in logs) == 1


@pytest.mark.parametrize("after", [1, 2, 4, 5])
def test_follow__not_mined_within_the_blocks_set__replaced_at_that_block(
    store: Store, after: int
) -> None:
    pool = FakePool()
    one = Sender(pool, store.outbox, SIGNER, FEES, 31_337, bump_after_blocks=after)
    one.send([ADVANCE], at(100))
    attempts = []
    for number in range(101, 101 + after):
        one.follow(at(number))
        attempts.append(len(store.outbox.pending()[0].attempts))
    assert attempts == [1] * (after - 1) + [2]


def test_follow__many_blocks_at_once__replaced(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], at(100))
    one.follow(at(140))
    assert len(store.outbox.pending()[0].attempts) == 2


def test_follow__first_attempt_is_the_one_mined__done(store: Store) -> None:
    pool = FakePool()
    one = waiting(pool, store, blocks=6)
    pool.mine(pool.raws[0], 107)
    assert one.follow(at(107)) == []
    assert store.outbox.pending() == []


def test_follow__replacement_is_the_one_mined__its_steps_done(store: Store) -> None:
    pool = FakePool()
    one = waiting(pool, store, blocks=6)
    pool.mine(pool.raws[-1], 107, failed_items={0: REVERT.data})
    (failure,) = one.follow(at(107))
    assert (failure.step.kind, store.outbox.pending()) == ("advance", [])


def test_follow__crash_between_replacing_and_broadcasting__sent_by_the_next(store: Store) -> None:
    pool = FakePool()
    one = waiting(pool, store, blocks=4)
    pool.down = True
    with pytest.raises(UnreachableRpcError):
        one.follow(at(105))
    pool.down = False
    sender(pool, store).follow(at(106))
    (pending,) = store.outbox.pending()
    assert (len(pending.attempts), pool.raws[-1]) == (2, pending.attempts[1].raw)


def test_follow__mined_in_a_block_not_read_yet__on_its_way_until_it_is(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], HEAD)
    pool.mine(pool.raws[0], 102)
    one.follow(at(101))
    before = len(store.outbox.pending())
    one.follow(at(102))
    assert (before, store.outbox.pending()) == (1, [])


def test_follow__mined_in_another_block_of_that_number__on_its_way(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], HEAD)
    pool.mine(pool.raws[0], 101, block_hash=b"\x01" * 32)
    one.follow(at(101))
    assert len(store.outbox.pending()) == 1


def test_follow__nonces_before_ours_unused__filled_with_nothing(store: Store) -> None:
    """An older data folder was put back: the store believes in nonces nobody has used."""
    pool = FakePool(account_nonce=5, pool_nonce=7)
    one = sender(pool, store)
    one.send([ADVANCE], at(100))
    pool.pool_nonce = 0
    one.follow(at(103))
    sent = [fields(raw) for raw in pool.raws]
    assert [transaction["nonce"] for transaction in sent] == [7, 5, 6, 7]
    filler = sent[1]
    assert (bytes(filler["to"]), bytes(filler["data"]), filler["value"], filler["gas"]) == (
        bytes.fromhex(SIGNER.address[2:]), b"", 0, 21_000,
    )  # fmt: skip
    assert [item.nonce for item in store.outbox.pending()] == [5, 6, 7]


def test_send__node_told_of_far_too_many_transactions__sent_again_at_the_right_nonce(
    store: Store,
) -> None:
    pool = FakePool(pool_nonce=1_000_000)
    one = sender(pool, store)
    one.send([ADVANCE], at(100))
    pool.pool_nonce = 0
    assert [one.follow(at(number)) for number in (103, 104, 105)] == [[], [], []]
    (failure,) = one.follow(at(106))
    one.send([ADVANCE], at(107))
    assert (failure.step.kind, "too high" in failure.reason) == ("advance", True)
    assert [fields(raw)["nonce"] for raw in pool.raws] == [1_000_000, 0]
    assert [item.nonce for item in store.outbox.pending()] == [0]


def test_follow__node_once_told_of_far_too_many__next_nonce_as_before(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    one.send([ADVANCE], at(100))
    pool.account_nonce = 1_000_000
    one.follow(at(103))
    pool.account_nonce = 0
    one.send([CLOSE], at(104))
    assert [fields(raw)["nonce"] for raw in pool.raws] == [0, 1]


def test_follow__node_knows_of_transactions_before_ours__left_alone(store: Store) -> None:
    pool = FakePool(account_nonce=5, pool_nonce=7)
    one = sender(pool, store)
    one.send([ADVANCE], at(100))
    one.follow(at(103))
    assert [fields(raw)["nonce"] for raw in pool.raws] == [7, 7]


def test_send__node_suggests_a_higher_tip__paid_up_to_the_most(store: Store) -> None:
    tips = []
    for suggested in (1, 5, 500):
        pool = FakePool(tip=suggested)
        sender(pool, store, replace(FEES, most_tip=50)).send([ADVANCE], HEAD)
        tips.append(fields(pool.raws[0])["maxPriorityFeePerGas"])
    assert tips == [2, 5, 50]


def test_send__no_base_fee__legacy_transaction_and_its_replacement(store: Store) -> None:
    pool, legacy = FakePool(price=100), {"base_fee": 0, "has_base_fee": False}
    one = sender(pool, store)
    one.send([ADVANCE], replace(at(100), **legacy))
    one.follow(replace(at(105), **legacy))
    (pending,) = store.outbox.pending()
    sent = [rlp.decode(attempt.raw) for attempt in pending.attempts]
    assert [int.from_bytes(transaction[1], "big") for transaction in sent] == [100, 113]
    first, dearer = ([*transaction[:1], *transaction[2:6]] for transaction in sent)
    assert first == dearer
    assert all(Account.recover_transaction(a.raw) == SIGNER.address for a in pending.attempts)


def test_follow__nothing_on_its_way__asks_nothing(store: Store) -> None:
    pool = FakePool()
    sender(pool, store).follow(HEAD)
    assert pool.asked == 0


def test_nonce__key_used_before__goes_on_after_it(store: Store) -> None:
    pool = FakePool(account_nonce=4, pool_nonce=6)
    sender(pool, store).send([ADVANCE], HEAD)
    assert fields(pool.raws[0])["nonce"] == 6


def test_nonce__many_on_their_way__each_its_own(store: Store) -> None:
    pool = FakePool()
    one = sender(pool, store)
    for number in range(3):
        one.send([call(Advance(JOB, number))], at(100 + number))
    assert [fields(raw)["nonce"] for raw in pool.raws] == [0, 1, 2]
    pool.mine(pool.raws[0], 103)
    one.follow(at(103))
    one.send([CLOSE], at(103))
    assert fields(pool.raws[-1])["nonce"] == 3


@pytest.mark.parametrize("message", ["already known", "nonce too low", "insufficient funds"])
def test_broadcast__refused__kept_to_be_sent_again(store: Store, message: str) -> None:
    pool = FakePool(broadcast_refusal=Refusal(-32_000, message))
    one = sender(pool, store)
    assert one.send([ADVANCE], HEAD) == []
    assert len(store.outbox.pending()) == 1
    one.follow(at(103))
    assert len(pool.raws) == 2
