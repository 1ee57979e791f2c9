"""The client and answers that are not final at once: provisional ones, appeals, deliveries."""

from dataclasses import replace

import numpy as np
import pytest

from assay import events
from assay.answers import AnswerPendingError
from assay.client import Client, Settings
from assay.contract_errors import ContractError, InsufficientCreditError
from assay.jobs import Status
from assay.posting import PostedJob
from assay.tensors import encode
from assay.terms import Callback, Terms
from tests.support.plain_chain import (
    ETHER,
    REQUESTER,
    STAKE,
    UNIT,
    PlainChain,
    account,
    plain_chain,
)
from tests.unit.samples import MANIFEST

APPELLANT = account("appellant")
SETTINGS = Settings(poll_seconds=0.01)
WINDOW = 50
TERMS = Terms.optimistic(
    3, seat_fee=100, bond=1_000, rounds=2, commit_seconds=30, reveal_seconds=30,
    appeal_window=WINDOW,
)  # fmt: skip
DEPOSIT = (1_000 + 3 * 100) * UNIT
INPUT = np.array([[1.0, 2.0]], np.float32)
RESULT, LIE = (encode([np.array([[value]], np.float32)]) for value in (3.0, 4.0))


@pytest.fixture(scope="module")
def running(running: PlainChain) -> PlainChain:
    running.fund(APPELLANT.address, 10 * ETHER)
    return running


@pytest.fixture
def client(chain: PlainChain) -> Client:
    client = Client(chain.w3, chain.deployment, REQUESTER, SETTINGS)
    client.deposit(ETHER)
    return client


@pytest.fixture
def appellant(chain: PlainChain) -> Client:
    """With credit for one appeal."""
    client = Client(chain.w3, chain.deployment, APPELLANT, SETTINGS)
    client.deposit(DEPOSIT)
    return client


@pytest.fixture
def version(client: Client) -> bytes:
    return client.register("sums", b"artefact", MANIFEST).version_id


@pytest.fixture
def posted(client: Client, version: bytes) -> PostedJob:
    return client.post(version, [INPUT], TERMS)


def pass_window(chain: PlainChain, posted: PostedJob) -> None:
    view = chain.view(posted.job)
    reveals = 30 if view.status is Status.DECIDED else 0
    chain.rpc("evm_setNextBlockTimestamp", view.time + reveals + WINDOW)
    chain.rpc("evm_mine")


def test_post__optimistic__one_seat_escrowed(client: Client, posted: PostedJob) -> None:
    assert posted.escrow == 100 * UNIT
    assert client.credit() == ETHER - 100 * UNIT


def test_quote__parts__what_the_chain_takes(
    client: Client, chain: PlainChain, appellant: Client, version: bytes
) -> None:
    callback = Callback(target=chain.deployment.vault, gas_stipend=50_000, delivery_fee=7)
    terms = replace(TERMS, seat_fee_cap=110, rounds=3, bond=9_000)
    quote = client.quote(terms, callback)
    assert quote.escrow == chain.call("queue", "escrowOf", terms.pack(), callback.pack())
    assert (quote.seat_fees, quote.delivery_fee, quote.seats) == (110 * UNIT, 7 * UNIT, 1)
    assert quote.least == 107 * UNIT
    assert quote.appeal_deposit == (9_000 + (3 + 7) * 110) * UNIT
    posted = client.post(version, [INPUT], terms, callback)
    chain.propose(posted.job, chain.workers[0], LIE)
    assert client.appeal_deposit(posted) == quote.appeal_deposit


def test_quote__final_at_once__no_appeal(client: Client) -> None:
    terms = Terms.for_committee(3, seat_fee=100, bond=1_000, rounds=2)
    assert client.quote(terms).appeal_deposit == 0
    assert client.quote(terms).least == 3 * 100 * UNIT


def test_wait__proposed__final_only_when_the_window_has_passed(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[1], RESULT)
    proposed_at = chain.view(posted.job).time
    with pytest.raises(AnswerPendingError, match="PROPOSED in round 0"):
        client.wait(posted, timeout=0)
    early = client.wait(posted, timeout=0, provisional=True)
    assert (early.payload, early.final, early.final_at) == (RESULT, False, proposed_at + WINDOW)
    assert early.proposer == chain.workers[1]
    assert chain.call("settlement", "finalAt", posted.job.key.as_tuple()) == early.final_at

    pass_window(chain, posted)
    before = chain.w3.eth.block_number
    final = client.wait(posted.job_id, timeout=0)
    assert final == replace(early, final=True)
    assert chain.w3.eth.block_number == before  # finality takes no transaction
    chain.send(
        "settlement", "close", posted.job.request.as_tuple(), posted.job.rules.pack(),
        sender=chain.workers[0],
    )  # fmt: skip
    assert client.wait(posted, timeout=0).payload == RESULT


def test_appeal__a_lie__overturned_and_rewarded(
    client: Client, appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[0], LIE)
    appeal = appellant.appeal(posted.job_id)
    assert (appeal.round, appeal.deposit) == (0, DEPOSIT)
    assert appellant.credit() == 0
    chain.settle(posted.job, LIE, RESULT, RESULT)
    answer = client.wait(posted, timeout=0)  # decided in the last round: final at once
    assert (answer.payload, answer.final, answer.final_at) == (RESULT, True, 0)
    closed = appellant.close(posted)
    (settled,) = (e for e in closed.events if isinstance(e, events.AppealSettled))
    # Two lost bonds, a fifth of them burned; repaid are the two seats that were right, and the
    # reward is what burning leaves of one bond.
    reward = (2 * 100 + 800) * UNIT
    assert settled.amount == appellant.credit() == DEPOSIT - 200 * UNIT + reward
    assert client.credit() == ETHER  # the lie's fee came back


def test_appeal__a_true_answer__bond_lost(
    client: Client, appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[0], RESULT)
    appellant.appeal(posted)
    chain.settle(posted.job, RESULT, RESULT, RESULT)
    assert client.wait(posted, timeout=0).payload == RESULT
    appellant.close(posted)
    assert appellant.credit() == 0  # the bond is lost, and all three seats were right
    assert client.credit() == ETHER - 100 * UNIT


def test_appeal__after_it__the_provisional_answer_is_gone(
    client: Client, appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[0], LIE)
    appellant.appeal(posted)
    with pytest.raises(AnswerPendingError, match="COMMITTING in round 1"):
        client.wait(posted, timeout=0, provisional=True)
    with pytest.raises(ContractError, match="WrongStatus"):
        appellant.appeal(posted)


def test_appeal__a_committees_answer__by_its_digest_alone(
    client: Client, appellant: Client, chain: PlainChain, version: bytes
) -> None:
    terms = Terms.for_committee(
        3, seat_fee=100, bond=1_750, rounds=2, commit_seconds=30, reveal_seconds=30,
        appeal_window=WINDOW,
    )  # fmt: skip
    posted = client.post(version, [INPUT], terms)
    chain.settle(posted.job, LIE, LIE, RESULT)
    given = client.wait(posted, timeout=0, provisional=True)
    assert (given.payload, given.final) == (LIE, False)
    assert chain.call("settlement", "finalAt", posted.job.key.as_tuple()) == given.final_at
    assert appellant.appeal_deposit(posted) == (1_750 + 7 * 100) * UNIT
    appellant.deposit(1_150 * UNIT)
    assert appellant.appeal(posted).round == 0
    assert chain.view(posted.job).appeals == 0b1


def test_appeal__too_little_credit__refused_for_nothing(
    appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[0], LIE)
    appellant.withdraw(1)
    before = chain.w3.eth.get_transaction_count(APPELLANT.address)
    with pytest.raises(InsufficientCreditError) as caught:
        appellant.appeal(posted)
    assert caught.value.values["required"] == DEPOSIT
    assert chain.w3.eth.get_transaction_count(APPELLANT.address) == before


def test_appeal__nothing_to_appeal__the_contracts_own_words(
    appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    with pytest.raises(ContractError, match="WrongStatus"):
        appellant.appeal(posted)
    with pytest.raises(ContractError, match="WrongStatus"):
        appellant.appeal_deposit(posted)
    chain.propose(posted.job, chain.workers[0], LIE)
    pass_window(chain, posted)
    with pytest.raises(ContractError, match="AppealWindowOver"):
        appellant.appeal(posted)


def test_deliver__final_proposal__to_the_callback_for_the_fee(
    client: Client, appellant: Client, chain: PlainChain, version: bytes
) -> None:
    target = account("nobody in particular").address
    callback = Callback(target=target, gas_stipend=50_000, delivery_fee=7)
    posted = client.post(version, [INPUT], TERMS, callback)
    chain.propose(posted.job, chain.workers[0], RESULT)
    with pytest.raises(AnswerPendingError):
        appellant.deliver(posted)
    pass_window(chain, posted)
    mined = appellant.deliver(posted)
    assert any(isinstance(event, events.Delivered) for event in mined.events)
    assert appellant.credit() == DEPOSIT + 7 * UNIT
    with pytest.raises(ContractError, match="DeliveredAlready"):
        appellant.deliver(posted)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.99, 1.0])
@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        replace(TERMS, rounds=5, committee=31),
        Terms.for_committee(3, seat_fee=1, bond=9, rounds=1),
        Terms.for_committee(15, seat_fee=1, bond=9),
        Terms.for_committee(5, seat_fee=1, bond=12_345, appeal_window=60),
    ],
    ids=["optimistic", "most seats", "one round", "committee", "with a window"],
)
def test_assurance__terms_and_share__what_the_chain_says(
    client: Client, chain: PlainChain, terms: Terms, share: float
) -> None:
    found = client.assurance(terms, share)
    basis_points = round(share * 10_000)
    lie_cost, capture = chain.call("queue", "assuranceOf", terms.pack(), basis_points)
    assert found.lie_cost == lie_cost
    assert found.capture == pytest.approx(capture / 1e18, abs=1e-12)


def test_assurance__optimistic__one_burned_share_of_a_bond(client: Client) -> None:
    found = client.assurance(TERMS)
    assert (found.committee, found.quorum) == (3, 2)
    assert (found.lie_cost, found.at_risk) == (200 * UNIT, 1_000 * UNIT)


# --- signed allowances ---


def test_deposit__asset_takes_permits__one_transaction_and_no_allowance_left(
    client: Client, chain: PlainChain
) -> None:
    before = chain.w3.eth.get_transaction_count(REQUESTER.address)
    for amount in (5, 7):
        client.deposit(amount)
    assert chain.w3.eth.get_transaction_count(REQUESTER.address) == before + 2
    assert client.credit() == ETHER + 12
    vault = chain.deployment.vault
    assert chain.call("asset", "allowance", REQUESTER.address, vault) == 0


def test_deposit__for_somebody_else__theirs(client: Client) -> None:
    client.deposit(9, to=APPELLANT.address)
    assert client.credit(APPELLANT.address) == 9


def test_deposit__asset_without_permits__approves_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with plain_chain(tmp_path_factory.mktemp("deployments"), asset="PlainToken") as plain:
        plain.fund(REQUESTER.address, ETHER)
        client = Client(plain.w3, plain.deployment, REQUESTER, SETTINGS)
        client.deposit(5)
        assert plain.w3.eth.get_transaction_count(REQUESTER.address) == 3  # one to mint
        assert client.credit() == 5


def test_workers__stake_untouched__only_by_their_own_acts(
    client: Client, appellant: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.propose(posted.job, chain.workers[0], LIE)
    appellant.appeal(posted)
    free = [chain.call("vault", "worker", worker)[2] for worker in chain.workers]
    assert free == [STAKE - 1_000, STAKE, STAKE]
