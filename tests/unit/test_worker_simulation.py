"""Simulation: whole transactions, without what would fail in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eth_abi.abi import decode
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak

from tests.unit.worker_jobs import ANN, ME, TARGET
from worker.calls import Item, Series, StepCall, together
from worker.chain import Refusal, Simulated, Transaction
from worker.chain.abi_calls import function
from worker.simulation import Simulator
from worker.steps import Advance, Claim, Close, Commit, Deliver

NO_SEATS = keccak(text="NoSeats()")[:4]
CAP = 15_000_000
STEP_GAS = 50_000


def advance(number: int, target: ChecksumAddress = TARGET) -> StepCall:
    step = Advance(bytes([number]) * 32, 0)
    return StepCall((step,), "Settlement", target, b"adva" + bytes([number]))


def deliver(number: int) -> StepCall:
    step = Deliver(bytes([number]) * 32, 0)
    return StepCall((step,), "JobQueue", TARGET, b"deli" + bytes([number]))


def commit(number: int) -> StepCall:
    step = Commit(bytes([number]) * 32, 0, seats=1, units=10)
    item = Item(Series("commitMany", (7, 8, ME, 1)), (bytes([number]) * 32, bytes([number]) * 32))
    return StepCall((step,), "Settlement", TARGET, b"comm" + bytes([number]), item)


def items(data: bytes) -> list[bytes]:
    """The calls in a transaction, each by its last byte."""
    batch, many = function("Settlement", "batch"), function("Settlement", "commitMany")
    if data[:4] == batch.selector:
        (calls,) = decode(batch.inputs, data[4:])
        return [call[-1:] for call in calls]
    if data[:4] == many.selector:
        return [body[:1] for body, _ in decode(many.inputs, data[4:])[4]]
    return [data[-1:]]


@dataclass
class FakeNode:
    """Takes so much gas for each call, and refuses some."""

    refused: frozenset[int] = frozenset()
    gas: int = STEP_GAS
    skipped: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    """Claims without effect, by job."""
    deliveries: frozenset[bytes] = frozenset()
    gas_limit: int = 1 << 40
    """Above it a transaction runs out of gas."""
    unable: Refusal | None = None
    simulated: list[Transaction] = field(default_factory=list)
    estimated: int = 0

    def simulate(
        self, sender: ChecksumAddress, transactions: Sequence[Transaction]
    ) -> list[Simulated | Refusal]:
        assert sender == ME
        self.simulated += transactions
        return [self.unable or self._run(one) for one in transactions]

    def estimate(
        self, sender: ChecksumAddress, calls: Sequence[tuple[ChecksumAddress, bytes]]
    ) -> list[int | Refusal]:
        assert sender == ME
        self.estimated += len(calls)
        return [
            Refusal(3, "execution reverted", NO_SEATS) if data[-1] in self.refused else self.gas
            for _, data in calls
        ]

    def _run(self, one: Transaction) -> Simulated | Refusal:
        numbers = [item[0] for item in items(one.data)]
        gas = 21_000 + self.gas * len(numbers)
        if gas > self.gas_limit:
            return Refusal(-32_015, "out of gas", b"")
        if len(numbers) == 1 and numbers[0] in self.refused:
            return Refusal(3, "execution reverted", NO_SEATS)
        failed = {i: NO_SEATS for i, number in enumerate(numbers) if number in self.refused}
        return Simulated(gas, failed, self.skipped, self.deliveries)


def simulator(node: FakeNode, cap: int = CAP) -> Simulator:
    return Simulator(node, ME, cap)


def test_prepare__calls_to_one_contract__simulated_as_the_transaction_they_become() -> None:
    node = FakeNode()
    (parcel,), failures = simulator(node).prepare([advance(1), advance(2)])
    (asked,) = node.simulated
    assert (asked.target, asked.data, asked.gas) == (TARGET, together(parcel.calls), CAP)
    assert (parcel.calls, failures) == ((advance(1), advance(2)), [])


def test_prepare__limit__used_gas_and_what_is_given_back_and_room_for_each_call() -> None:
    (parcel,), _ = simulator(FakeNode()).prepare([advance(1), advance(2)])
    used, room = 21_000 + 2 * STEP_GAS, 60_000 + 10 * 5
    assert parcel.gas == used * 5 // 4 + 2 * room


def test_prepare__calls_need_more_than_they_use__limit_has_it_and_parts_too() -> None:
    hungry = [replace(advance(n), spare_gas=4_000_000) for n in range(4)]
    parcels, _ = simulator(FakeNode()).prepare(hungry)
    assert [len(parcel.calls) for parcel in parcels] == [2, 2]
    used, room = 21_000 + 2 * STEP_GAS, 60_000 + 10 * 5
    assert parcels[0].gas == used * 5 // 4 + 2 * room + 8_000_000


def test_prepare__items_would_fail__left_out_with_their_reasons() -> None:
    node = FakeNode(refused=frozenset({1, 3}))
    (parcel,), failures = simulator(node).prepare([commit(n) for n in range(5)])
    assert [call.steps[0].job_id[0] for call in parcel.calls] == [0, 2, 4]
    assert items(together(parcel.calls)) == [b"\0", b"\2", b"\4"]
    assert [(f.step.job_id[0], f.reason[:7]) for f in failures] == [(1, "NoSeats"), (3, "NoSeats")]
    assert len(node.simulated) == 1


def test_prepare__single_call_would_revert__nothing_to_send() -> None:
    parcels, (failure,) = simulator(FakeNode(refused=frozenset({1}))).prepare([advance(1)])
    assert (parcels, failure.step.kind) == ([], "advance")
    assert failure.reason.startswith("NoSeats")


def test_prepare__every_item_would_fail__nothing_to_send() -> None:
    node = FakeNode(refused=frozenset({1, 2}))
    parcels, failures = simulator(node).prepare([advance(1), advance(2)])
    assert (parcels, len(failures)) == ([], 2)


def test_prepare__transaction_runs_out_of_gas__halved_until_it_does_not() -> None:
    node = FakeNode(gas_limit=21_000 + 2 * STEP_GAS)
    parcels, failures = simulator(node).prepare([advance(n) for n in range(5)])
    assert [[c.steps[0].job_id[0] for c in p.calls] for p in parcels] == [[0, 1], [2], [3, 4]]
    assert failures == []


def test_prepare__one_call_runs_out_of_gas_by_itself__failed() -> None:
    parcels, (failure,) = simulator(FakeNode(gas_limit=30_000)).prepare([advance(1)])
    assert (parcels, failure.step.job_id[0]) == ([], 1)


def test_prepare__more_gas_than_two_thirds_of_a_transaction__split() -> None:
    node = FakeNode()
    parcels, _ = simulator(node, cap=450_000).prepare([advance(n) for n in range(8)])
    assert all(21_000 + STEP_GAS * len(p.calls) <= 300_000 for p in parcels)
    assert [c.steps[0].job_id[0] for p in parcels for c in p.calls] == list(range(8))
    assert all(parcel.gas <= 450_000 for parcel in parcels)


def test_prepare__gas_of_a_kind_known_from_before__parts_of_the_right_size_at_once() -> None:
    node, calls = FakeNode(), [advance(n) for n in range(60)]
    tool = simulator(node, cap=1_650_000)
    tool.prepare(calls[:5])
    node.simulated.clear()
    tool.prepare(calls)
    assert [len(items(one.data)) for one in node.simulated] == [20, 20, 20]


def test_prepare__two_contracts__a_parcel_each() -> None:
    parcels, _ = simulator(FakeNode()).prepare([advance(1), advance(2, ANN), advance(3)])
    assert [[c.steps[0].job_id[0] for c in p.calls] for p in parcels] == [[1, 3], [2]]


def test_prepare__node_cannot_simulate__each_call_estimated_and_never_asked_again() -> None:
    node = FakeNode(refused=frozenset({2}), unable=Refusal(-32_601, "no such method"))
    tool = simulator(node)
    (parcel,), (failure,) = tool.prepare([advance(1), advance(2), advance(3)])
    assert (len(parcel.calls), failure.step.job_id[0], node.estimated) == (2, 2, 3)
    used = 21_000 + 2 * (STEP_GAS - 21_000 + 5_000)
    assert parcel.gas == used * 5 // 4 + 2 * (60_000 + 10 * 5)
    tool.prepare([advance(1)])
    assert (len(node.simulated), node.estimated) == (1, 4)


def test_prepare__node_refuses_to_simulate_this_time__estimated_and_asked_again_later() -> None:
    node = FakeNode(unable=Refusal(-32_000, "header not found"))
    tool = simulator(node)
    (parcel,), _ = tool.prepare([advance(1)])
    node.unable = None
    tool.prepare([advance(1)])
    assert (parcel.calls, len(node.simulated), node.estimated) == ((advance(1),), 2, 1)


def claims(*jobs: int) -> StepCall:
    steps = tuple(Claim(bytes([job]) * 32, round_, since=1) for round_, job in enumerate(jobs))
    return StepCall(steps, "Settlement", TARGET, b"clai" + bytes(jobs))


def test_prepare__claims_without_effect__left_out() -> None:
    node = FakeNode(skipped={bytes([1]) * 32: (NO_SEATS,), bytes([2]) * 32: (NO_SEATS,)})
    (parcel,), failures = simulator(node).prepare([claims(1, 2), claims(3, 4)])
    assert parcel.calls == (claims(3, 4),)
    assert [(f.step.job_id[0], f.reason) for f in failures] == [(1, "NoSeats"), (2, "NoSeats")]


def test_prepare__one_of_two_claims_of_a_job_without_effect__sent() -> None:
    """Which of the two it is cannot be told."""
    node = FakeNode(skipped={bytes([1]) * 32: (NO_SEATS,)})
    (parcel,), failures = simulator(node).prepare([claims(1, 1)])
    assert (parcel.calls, failures) == ((claims(1, 1),), [])


def test_prepare__callback_reports_failures_of_its_own__what_is_delivered_is_sent() -> None:
    """It can have the contracts' own `batch` report any items as failed."""
    calls = [deliver(1), deliver(2)]
    node = FakeNode(refused=frozenset({1, 2}), deliveries=frozenset({calls[0].steps[0].job_id}))
    (parcel,), (failure,) = simulator(node).prepare(calls)
    assert (parcel.calls, failure.step.job_id) == ((calls[0],), calls[1].steps[0].job_id)


def test_prepare__steps_of_different_kinds__in_one_transaction() -> None:
    close = StepCall((Close(bytes(32), 0),), "Settlement", TARGET, b"clos\x09")
    (parcel,), _ = simulator(FakeNode()).prepare([advance(1), close])
    assert parcel.calls == (advance(1), close)
