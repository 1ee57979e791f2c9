"""The example contracts with the example models: asked on chain, answered by the models, told."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from ape.api import AccountAPI
from ape.contracts import ContractInstance

from assay import ids, tensors
from assay.addresses import ZERO_ADDRESS
from assay.jobs import Request
from assay.terms import Callback, Numerics, Rules, Terms
from assay.versions import Version
from examples.models import digits, volatility
from examples.models.export import ExampleModel
from tests.support import chain, record_consumers
from tests.support.play import PlayedJob
from tests.support.protocol import Protocol, Worker, create
from tests.support.refusals import refused

CREDIT = 1_000_000
"""Units of a contract that asks."""
STIPEND, FEE = 200_000, 50
SPACING = 60
AMOUNT = 7 * 10**18


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ExampleModel:
    return volatility.build(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> ExampleModel:
    return digits.build(tmp_path_factory.mktemp("pictures"))


@pytest.fixture
def published(publish: Callable[[Version], bytes]) -> Callable[[ExampleModel], bytes]:
    """`published(model)`: the id of a version that says what the model says of itself."""

    def make(model: ExampleModel) -> bytes:
        version = Version(
            artefact=model.sha256,
            manifest=model.manifest.digest,
            numerics=Numerics.TOLERANCE,
            atol=model.tolerance.atol,
            rtol=model.tolerance.rtol,
        )
        return publish(version)

    return make


@pytest.fixture
def asked_by(protocol: Protocol, terms: Callable[..., Terms]) -> Callable[..., PlayedJob]:
    """`asked_by(consumer, version, payload, nonce=1)`: the job a contract has posted."""

    def find(
        consumer: ContractInstance, version: bytes, payload: bytes, nonce: int = 1
    ) -> PlayedJob:
        request = Request(
            requester=consumer.address,
            nonce=nonce,
            version_id=version,
            input_hash=ids.digest(payload),
            terms=terms(rounds=1),
            callback=Callback(target=consumer.address, gas_stipend=STIPEND, delivery_fee=FEE),
        )
        rules = Rules.unpack(protocol.queue.rulesOf(version))
        return PlayedJob(protocol, protocol.owner, request, rules, payload)

    return find


def fill(protocol: Protocol, consumer: ContractInstance, sender: AccountAPI) -> None:
    """Gives a contract credit."""
    amount = CREDIT * protocol.unit
    protocol.token.mint(sender, amount, sender=sender)
    protocol.token.approve(protocol.vault, amount, sender=sender)
    protocol.vault.deposit(consumer, amount, sender=sender)


def settle(job: PlayedJob, answer: bytes, workers: Sequence[Worker]) -> None:
    """All workers give the same answer."""
    job.draw()
    first, *others = [job.commit(worker, answer) for worker in workers]
    job.reveal(first)
    for vote in others:
        job.reveal_near(vote, answer)


def deliver(job: PlayedJob, answer: bytes, deliverer: AccountAPI) -> None:
    receipt = job.deliver(answer, sender=deliverer)
    assert len(receipt.decode_logs(job.protocol.queue.Delivered)) == 1


# --- PoolFeeController ---


@pytest.fixture
def controller_for(
    protocol: Protocol,
    anyone: AccountAPI,
    requester: AccountAPI,
    terms: Callable[..., Terms],
) -> Callable[[bytes], ContractInstance]:
    """`controller_for(version)`: a controller with credit; `requester` observes the price."""

    def make(version: bytes) -> ContractInstance:
        fees = (10, 5, 100, 40)
        settings = (
            requester.address,
            version,
            terms(rounds=1).pack(),
            STIPEND,
            FEE,
            volatility.WINDOW,
            SPACING,
            2 * SPACING,
            fees,
        )
        consumer = create(
            "PoolFeeController", anyone, protocol.vault, protocol.queue, settings, sender=anyone
        )
        fill(protocol, consumer, anyone)
        return consumer

    return make


def observe_all(controller: ContractInstance, prices: list[int], observer: AccountAPI) -> None:
    start = chain.now()
    for step, price in enumerate(prices):
        chain.go_to(start + (step + 1) * SPACING)
        receipt = controller.observe(price, sender=observer)
        assert len(receipt.decode_logs(controller.PriceObserved)) == 1


def test_controller__simulated_market__fee_follows_the_models_answer(
    controller_for: Callable[[bytes], ContractInstance],
    published: Callable[[ExampleModel], bytes],
    asked_by: Callable[..., PlayedJob],
    market: ExampleModel,
    requester: AccountAPI,
    anyone: AccountAPI,
    trio: Sequence[Worker],
) -> None:
    version = published(market)
    controller = controller_for(version)
    assert controller.feeBps() == 100
    prices = record_consumers.prices(seed=1)
    observe_all(controller, prices, requester)
    question = record_consumers.question(prices)
    assert controller.question() == question

    job = asked_by(controller, version, question)
    receipt = controller.ask(sender=anyone)
    [asked] = receipt.decode_logs(controller.VolatilityAsked)
    assert asked.jobId == job.job_id
    answer = record_consumers.result(market, question)
    settle(job, answer, trio)
    deliver(job, answer, anyone)

    ((found,),) = tensors.decode(answer)[0]
    assert controller.feeBps() == 10 + int(40 * float(found))
    assert 10 < controller.feeBps() < 100
    chain.go_to(controller.answeredUpTo() + volatility.WINDOW * SPACING + 1)
    assert controller.feeBps() == 100


# --- LabelGate and DigitReader ---


@pytest.fixture
def gate(protocol: Protocol, anyone: AccountAPI, terms: Callable[..., Terms]) -> ContractInstance:
    packed = terms(rounds=1).pack()
    return create(
        "LabelGate",
        protocol.vault,
        protocol.queue,
        protocol.token,
        packed,
        STIPEND,
        FEE,
        sender=anyone,
    )


@pytest.fixture
def depositor(
    protocol: Protocol, gate: ContractInstance, accounts_for: Callable[[int], list[AccountAPI]]
) -> AccountAPI:
    account = accounts_for(1)[0]
    protocol.token.mint(account, 10 * AMOUNT, sender=account)
    protocol.token.approve(gate, 10 * AMOUNT, sender=account)
    return account


@pytest.mark.parametrize("matches", [True, False])
def test_gate__picture__the_models_label_decides_who_withdraws(
    protocol: Protocol,
    gate: ContractInstance,
    depositor: AccountAPI,
    published: Callable[[ExampleModel], bytes],
    asked_by: Callable[..., PlayedJob],
    accounts_for: Callable[[int], list[AccountAPI]],
    pictures: ExampleModel,
    anyone: AccountAPI,
    trio: Sequence[Worker],
    matches: bool,
) -> None:
    payee = accounts_for(1)[0]
    version = published(pictures)
    payload = tensors.encode([pictures.test.rows[1][np.newaxis]])
    answer = record_consumers.result(pictures, payload)
    label = int(np.argmax(tensors.decode(answer)[0]))
    wanted = label if matches else (label + 1) % 10
    escrow = gate.shortfall()
    held = protocol.token.balanceOf(depositor)

    gate.lock(payee, AMOUNT, (wanted, 10, 6 * 10**17), version, payload, sender=depositor)
    assert protocol.token.balanceOf(depositor) == held - AMOUNT - escrow
    job = asked_by(gate, version, payload)
    with refused("NotWithdrawable", jobId=job.job_id):
        gate.withdraw(job.job_id, payee, sender=payee)
    settle(job, answer, trio)
    deliver(job, answer, anyone)

    entitled, other = (payee, depositor) if matches else (depositor, payee)
    with refused("NotEntitled", expected=entitled.address, received=other.address):
        gate.withdraw(job.job_id, other, sender=other)
    before = protocol.token.balanceOf(entitled)
    gate.withdraw(job.job_id, entitled, sender=entitled)
    assert protocol.token.balanceOf(entitled) == before + AMOUNT
    assert protocol.token.balanceOf(gate) == 0


def test_gate__nobody_answers__depositor_withdraws_and_the_escrow_pays_the_next(
    gate: ContractInstance,
    depositor: AccountAPI,
    published: Callable[[ExampleModel], bytes],
    asked_by: Callable[..., PlayedJob],
    pictures: ExampleModel,
    anyone: AccountAPI,
) -> None:
    version = published(pictures)
    payload = tensors.encode([pictures.test.rows[1][np.newaxis]])
    gate.lock(anyone, AMOUNT, (0, 10, 6 * 10**17), version, payload, sender=depositor)
    job = asked_by(gate, version, payload)
    with refused("AnswerPossible", jobId=job.job_id):
        gate.giveUp(job.job_id, sender=anyone)
    job.end_commits()
    job.advance(sender=anyone)
    gate.giveUp(job.job_id, sender=anyone)
    gate.withdraw(job.job_id, depositor, sender=depositor)
    job.close(sender=anyone)
    assert gate.shortfall() == 0


def test_takeAnswer__stipend_too_small__anyone_hands_it_over(
    protocol: Protocol,
    published: Callable[[ExampleModel], bytes],
    asked_by: Callable[..., PlayedJob],
    terms: Callable[..., Terms],
    pictures: ExampleModel,
    anyone: AccountAPI,
    requester: AccountAPI,
    trio: Sequence[Worker],
) -> None:
    version = published(pictures)
    small = 10_000
    packed = terms(rounds=1).pack()
    reader = create(
        "DigitReader", protocol.vault, protocol.queue, version, packed, small, FEE, sender=requester
    )
    fill(protocol, reader, anyone)
    payload = tensors.encode([pictures.test.rows[1][np.newaxis]])
    reader.ask(payload, sender=requester)
    job = asked_by(reader, version, payload)
    job = job.under(callback=replace(job.request.callback, gas_stipend=small))
    answer = record_consumers.result(pictures, payload)
    settle(job, answer, trio)
    receipt = job.deliver(answer, sender=anyone)
    assert len(receipt.decode_logs(protocol.queue.DeliveryFailed)) == 1

    reader.takeAnswer(job.request.as_tuple(), job.rules.pack(), ZERO_ADDRESS, answer, sender=anyone)

    probabilities = tensors.decode(answer)[0][0]
    status, digit, likelihood = reader.readings(job.job_id)
    assert (status, digit) == (3, int(np.argmax(probabilities)))
    assert likelihood == pytest.approx(float(probabilities.max()) * 10**18)
