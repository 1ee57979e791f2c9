"""The client on a chain: what it sends, what it reads, and what it refuses to pay for."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hexbytes import HexBytes

from assay import bounds, events, permits, reverts
from assay.addresses import ZERO_ADDRESS
from assay.answers import (
    AnswerPendingError,
    JobCancelledError,
    JobRefundedError,
    JobUnresolvedError,
    UnknownJobError,
)
from assay.client import Client, NoAccountError, Settings
from assay.contract_errors import (
    CancelTooLateError,
    ContractError,
    DeprecatedVersionError,
    InsufficientCreditError,
    PausedError,
    TermsOutOfBoundsError,
    UnknownVersionError,
)
from assay.deployments import StaleDeploymentError, WrongChainError
from assay.errors import MalformedPayloadError, SignatureMismatchError
from assay.jobs import Status
from assay.posting import PartlyPostedError, PostedJob, PostPendingError
from assay.references import BadJobIdError
from assay.tensors import EMPTY_PAYLOAD, encode
from assay.terms import Callback, Numerics, Terms
from assay.tolerance import Tolerance
from assay.transactions import GasTooDearError, InsufficientFundsError, Sender, Sending
from tests.support.plain_chain import ETHER, REQUESTER, UNIT, PlainChain, account
from tests.unit.samples import MANIFEST

SETTINGS = Settings(poll_seconds=0.01)
TERMS = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=1, commit_seconds=30, reveal_seconds=30
)
INPUT = np.array([[1.0, 2.0]], np.float32)
RESULT, LIE, OTHER = (encode([np.array([[value]], np.float32)]) for value in (3.0, 4.0, 5.0))


@pytest.fixture
def client(chain: PlainChain) -> Client:
    """With a requester that has credit for some jobs."""
    client = Client(chain.w3, chain.deployment, REQUESTER, SETTINGS)
    client.deposit(ETHER)
    return client


@pytest.fixture
def version(client: Client) -> bytes:
    return client.register("sums", b"artefact", MANIFEST).version_id


@pytest.fixture
def posted(client: Client, version: bytes) -> PostedJob:
    return client.post(version, [INPUT], TERMS)


def sent(chain: PlainChain) -> int:
    """Transactions of the requester so far."""
    return chain.w3.eth.get_transaction_count(REQUESTER.address)


# --- deployment ---


def test_check__this_chain__passes(client: Client) -> None:
    client.check()


def test_check__another_chain_or_genesis__refused(chain: PlainChain) -> None:
    elsewhere = chain.deployment.model_copy(update={"chain_id": 1})
    with pytest.raises(WrongChainError):
        Client(chain.w3, elsewhere).check()
    anew = chain.deployment.model_copy(update={"genesis_hash": bytes(32)})
    with pytest.raises(StaleDeploymentError):
        Client(chain.w3, anew).check()


def test_bounds__constants__those_of_the_queue(chain: PlainChain) -> None:
    for name in (
        "LEAST_COMMITTEE",
        "MOST_COMMITTEE",
        "MAX_ROUNDS",
        "LONGEST_REVEAL",
        "LONGEST_APPEAL_WINDOW",
        "LEAST_BOND",
        "MOST_STIPEND",
    ):
        assert getattr(bounds, name) == chain.call("queue", name)


# --- models ---


def test_publish__new_name__model_and_version(client: Client, chain: PlainChain) -> None:
    done = client.register("sums", b"artefact", MANIFEST, uris=["ipfs://x"], royalty_bps=50)
    assert done.new
    model = client.model(done.model_id)
    assert (model.name, model.owner, model.versions) == ("sums", client.address, 1)
    found = client.version(done.version_id)
    assert (found.version, found.model_id, found.deprecated) == (done.version, done.model_id, False)
    assert found.version.numerics is Numerics.EXACT
    assert done.version_id in list(client.versions(done.model_id))
    assert model in list(client.models())


def test_publish__again_from_a_file__nothing_sent(
    client: Client, chain: PlainChain, tmp_path: Path
) -> None:
    first = client.register("sums", b"artefact", MANIFEST)
    before = sent(chain)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"artefact")
    again = client.register("sums", path, MANIFEST)
    assert again == replace(first, new=False)
    assert sent(chain) == before


def test_publish__tolerance__numbers_on_chain(client: Client) -> None:
    tolerance = Tolerance.at_least(1e-5, 1e-4)
    done = client.register("sums", b"artefact", MANIFEST, tolerance=tolerance)
    found = client.version(done.version_id).version
    assert (found.numerics, found.atol, found.rtol) == (
        Numerics.TOLERANCE,
        tolerance.atol,
        tolerance.rtol,
    )


def test_publish__deprecated_before__refused(client: Client, version: bytes) -> None:
    client.deprecate(version)
    assert client.version(version).deprecated
    with pytest.raises(DeprecatedVersionError):
        client.register("sums", b"artefact", MANIFEST)


def test_publish__model_of_somebody_else__refused(client: Client, chain: PlainChain) -> None:
    chain.send("registry", "createModel", "other", sender=chain.workers[0])
    model = chain.call("registry", "modelIdOf", chain.workers[0], "other")
    with pytest.raises(ContractError, match="NotModelOwner"):
        client.register(model, b"artefact", MANIFEST)


def test_publish__bad_name__refused(client: Client) -> None:
    with pytest.raises(ContractError, match=r"BadModelName\(name=Sums\): use 1 to 64"):
        client.register("Sums", b"artefact", MANIFEST)


def test_version__unknown__refused(client: Client) -> None:
    with pytest.raises(UnknownVersionError):
        client.version(bytes(32))


# --- money ---


def test_deposit__amount__credited_and_no_allowance_left(client: Client, chain: PlainChain) -> None:
    before = client.credit()
    client.deposit(7)
    assert client.credit() == before + 7
    place = chain.deployment.vault
    assert chain.call("asset", "allowance", client.address, place) == 0
    assert client.credit(chain.workers[0]) == 0


def test_deposit__not_agreed_to__nothing_signed_that_a_node_could_use(
    client: Client, chain: PlainChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node sees a signed allowance as soon as it is asked what the deposit takes."""

    class NoError(Exception):
        pass

    def refuse(sending: Sending) -> None:
        assert sending.function == "depositWithPermit"
        raise NoError

    signed: list[int] = []
    monkeypatch.setattr(permits, "sign", lambda *_: signed.append(1))
    settings = replace(SETTINGS, before_sending=refuse)
    with pytest.raises(NoError):
        Client(chain.w3, chain.deployment, REQUESTER, settings).deposit(5)
    assert signed == []


def test_deposit__agreed_to__asked_once(client: Client, chain: PlainChain) -> None:
    told: list[Sending] = []
    settings = replace(SETTINGS, before_sending=told.append)
    Client(chain.w3, chain.deployment, REQUESTER, settings).deposit(5)
    assert [one.function for one in told] == ["depositWithPermit"]


def test_deposit__more_than_there_is__refused_before_approving(
    client: Client, chain: PlainChain
) -> None:
    before = sent(chain)
    with pytest.raises(ContractError, match="ERC20InsufficientBalance"):
        client.deposit(100 * ETHER)
    assert sent(chain) == before


def test_withdraw__to_another__paid(client: Client, chain: PlainChain) -> None:
    receiver = account("receiver").address
    client.withdraw(5, to=receiver)
    assert chain.call("asset", "balanceOf", receiver) == 5
    assert client.credit() == ETHER - 5


def test_withdraw__more_than_the_credit__refused(client: Client) -> None:
    with pytest.raises(InsufficientCreditError) as caught:
        client.withdraw(ETHER + 1)
    assert caught.value.values["available"] == ETHER


def test_quote__terms_and_callback__what_the_queue_takes(client: Client, chain: PlainChain) -> None:
    callback = Callback(target=chain.deployment.vault, gas_stipend=50_000, delivery_fee=77)
    terms = replace(TERMS, rounds=3)
    for asked in (callback, Callback.none()):
        escrow = chain.call("queue", "escrowOf", terms.pack(), asked.pack())
        assert client.quote(terms, asked).escrow == escrow
    assert client.quote(TERMS).escrow == 3 * 100 * UNIT


# --- posting ---


def test_post__arrays__job_as_asked(client: Client, chain: PlainChain, version: bytes) -> None:
    callback = Callback(target=chain.deployment.vault, gas_stipend=50_000, delivery_fee=77)
    posted = client.post(version, [INPUT], TERMS, callback, nonce=9, manifest=MANIFEST)
    request = posted.job.request
    assert (request.requester, request.nonce, request.version_id) == (client.address, 9, version)
    assert (request.terms, request.callback) == (TERMS, callback)
    assert posted.job.input == encode([INPUT])
    rules = posted.job.rules.pack()
    assert chain.call("queue", "jobIdOf", request.as_tuple(), rules) == posted.job_id
    assert posted.escrow == client.quote(TERMS, callback).escrow
    assert client.credit() == ETHER - posted.escrow
    assert client.view(posted).status is Status.COMMITTING


def test_post__found_again_by_its_id__same_job(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    reader = Client(chain.w3, chain.deployment)
    assert reader.job(posted.job_id) == reader.job("0x" + posted.job_id.hex()) == posted.job


def test_post__same_nonce__refused_before_paying(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    client.post(version, [INPUT], TERMS, nonce=4)
    before = sent(chain), client.credit()
    with pytest.raises(ContractError, match="JobExists"):
        client.post(version, [INPUT], TERMS, nonce=4)
    assert (sent(chain), client.credit()) == before


@pytest.mark.parametrize(
    "change",
    [
        {"mode": 2},
        {"appeal_window": 3},
        {"appeal_window": 30 * 86_400 + 1},
        {"seat_fee_cap": 99},
        {"appeal_window": 4, "bond": 1_750 - 1},
        {"mode": 1, "rounds": 2},
        {"mode": 1, "rounds": 1, "appeal_window": 4},
        {"seat_fee_cap": 1_001},
        {"rounds": 2, "bond": 499},
        {"committee": 2},
        {"committee": 32},
        {"rounds": 0},
        {"rounds": 6},
        {"commit_seconds": 3},
        {"commit_seconds": 61},
        {"reveal_seconds": 3},
        {"reveal_seconds": 7 * 86_400 + 1},
        {"seat_fee": 0, "seat_fee_cap": 0},
        {"bond": 99},
    ],
    ids=str,
)
def test_post__terms_out_of_bounds__the_queues_own_error_for_nothing(
    client: Client, chain: PlainChain, version: bytes, change: dict[str, int]
) -> None:
    terms = replace(TERMS, **change)
    before = sent(chain)
    with pytest.raises(TermsOutOfBoundsError) as caught:
        client.post(version, [INPUT], terms)
    assert sent(chain) == before
    theirs = refusal_of(chain, version, terms, Callback.none())
    assert (caught.value.name, caught.value.values) == (theirs.name, theirs.values)


@pytest.mark.parametrize(
    "callback",
    [
        Callback(target=ZERO_ADDRESS, gas_stipend=1),
        Callback(target=ZERO_ADDRESS, gas_stipend=0, delivery_fee=1),
        Callback(target=REQUESTER.address, gas_stipend=5_000_001),
    ],
    ids=str,
)
def test_post__callback_out_of_bounds__the_queues_own_error_for_nothing(
    client: Client, chain: PlainChain, version: bytes, callback: Callback
) -> None:
    before = sent(chain)
    with pytest.raises(TermsOutOfBoundsError) as caught:
        client.post(version, [INPUT], TERMS, callback)
    assert sent(chain) == before
    theirs = refusal_of(chain, version, TERMS, callback)
    assert (caught.value.name, caught.value.values) == (theirs.name, theirs.values)


@pytest.mark.parametrize(
    "change",
    [
        {"committee": 3},
        {"committee": 31},
        {"rounds": 5},
        {"commit_seconds": 4},
        {"commit_seconds": 60},
        {"reveal_seconds": 4},
        {"reveal_seconds": 7 * 86_400},
        {"bond": 100},
        {"seat_fee_cap": 1_000},
        {"rounds": 2, "bond": 500},
        {"appeal_window": 4, "bond": 1_750},
        {"appeal_window": 30 * 86_400, "bond": 1_750},
        {"mode": 1, "rounds": 2, "appeal_window": 4, "bond": 750},
    ],
    ids=str,
)
def test_post__terms_at_a_bound__posted(
    client: Client, version: bytes, change: dict[str, int]
) -> None:
    assert client.post(version, [INPUT], replace(TERMS, **change)).escrow > 0


def refusal_of(
    chain: PlainChain, version: bytes, terms: Terms, callback: Callback
) -> ContractError:
    """What the queue itself reverts with."""
    post = chain.contract("queue").functions.post
    packed = terms.pack(), callback.pack()
    filled = post(version, 0, *packed, EMPTY_PAYLOAD).build_transaction({"gas": 10**6})
    call = {"from": REQUESTER.address, "to": filled["to"], "data": filled["data"]}
    response = chain.w3.provider.make_request("eth_call", [call, "latest"])  # type: ignore[arg-type]
    return reverts.decode(response["error"]["data"])


def test_post__unknown_version__refused(client: Client) -> None:
    with pytest.raises(UnknownVersionError):
        client.post(bytes(32), [INPUT], TERMS)


def test_post__deprecated_version__refused(client: Client, version: bytes) -> None:
    client.deprecate(version)
    with pytest.raises(DeprecatedVersionError):
        client.post(version, [INPUT], TERMS)


def test_post__paused__refused(client: Client, chain: PlainChain, version: bytes) -> None:
    chain.send("queue", "pause", sender=account("owner").address)
    with pytest.raises(PausedError):
        client.post(version, [INPUT], TERMS)


def test_post__credit_too_low__refused_with_both_amounts(client: Client, version: bytes) -> None:
    client.withdraw(ETHER - client.quote(TERMS).escrow + 1)
    with pytest.raises(InsufficientCreditError, match="deposit the difference") as caught:
        client.post(version, [INPUT], TERMS)
    values = caught.value.values
    assert (values["available"], values["required"]) == (
        client.quote(TERMS).escrow - 1,
        client.quote(TERMS).escrow,
    )


@pytest.mark.parametrize("payload", [b"", b"\x01", EMPTY_PAYLOAD + b"\x00"])
def test_post__no_payload__refused(client: Client, version: bytes, payload: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        client.post(version, payload, TERMS)


def test_post__inputs_that_do_not_fit_the_manifest__refused(client: Client, version: bytes) -> None:
    with pytest.raises(SignatureMismatchError, match="x: dtype DOUBLE, expected FLOAT"):
        client.post(version, [INPUT.astype(np.float64)], TERMS, manifest=MANIFEST)


def test_post__without_an_account__refused(chain: PlainChain, version: bytes) -> None:
    with pytest.raises(NoAccountError, match="give Client an account"):
        Client(chain.w3, chain.deployment).post(version, [INPUT], TERMS)


def test_post_many__three__one_transaction_in_order(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    before = sent(chain)
    wanted = [client.posting(version, [INPUT * n], TERMS, nonce=n) for n in range(3)]
    posted = client.post_many(wanted)
    assert sent(chain) == before + 1
    assert [one.job.input for one in posted] == [one.payload for one in wanted]
    assert client.credit() == ETHER - 3 * client.quote(TERMS).escrow
    assert {client.view(one).status for one in posted} == {Status.COMMITTING}


def gas_of(chain: PlainChain, posted: PostedJob) -> int:
    return chain.w3.eth.get_transaction_receipt(HexBytes(posted.transaction_hash))["gasUsed"]


def test_post_many__alike__together_for_less_gas_and_found_by_their_ids(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    alike = client.post_many([client.posting(version, [INPUT * n], TERMS) for n in range(8)])
    apart = client.post_many(
        [client.posting(version, [INPUT * n], TERMS, nonce=2 * n) for n in range(8)]
    )
    assert gas_of(chain, alike[0]) < 0.85 * gas_of(chain, apart[0])
    assert len({one.job_id for one in alike}) == 8
    for one in alike:
        found = client.job(one.job_id)
        assert replace(found, timestamp=None) == replace(one.job, timestamp=None)
        assert client.history(one.job_id)[0] == client.history(one)[0]


def test_post_many__one_of_a_row_is_there_already__all_refused_before_paying(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    client.post(version, [INPUT], TERMS, nonce=2)
    before = sent(chain)
    with pytest.raises(ContractError) as caught:
        client.post_many([client.posting(version, [INPUT], TERMS, nonce=n) for n in (1, 2, 3)])
    assert (caught.value.name, sent(chain)) == ("JobExists", before)
    assert client.credit() == ETHER - client.quote(TERMS).escrow


def test_cancel__one_of_a_row__the_others_go_on(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    posted = client.post_many([client.posting(version, [INPUT], TERMS) for _ in range(3)])
    client.cancel(posted[1].job_id)
    assert [client.view(one).status for one in posted] == [
        Status.COMMITTING,
        Status.REFUNDED,
        Status.COMMITTING,
    ]
    with pytest.raises(JobCancelledError):
        client.wait(posted[1].job_id, timeout=0)


def test_post_many__large_inputs__gas_for_all(client: Client, version: bytes) -> None:
    large = np.arange(4_096, dtype=np.float32).reshape(-1, 2)
    wanted = [client.posting(version, [large + n], TERMS) for n in range(4)]
    assert len(client.post_many(wanted)) == 4


def test_post_many__one_refused_when_mined__the_others_posted(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    twice = client.posting(version, [INPUT], TERMS, nonce=1)
    with pytest.raises(PartlyPostedError, match="2 jobs were posted and 1 refused") as caught:
        client.post_many([twice, twice, client.posting(version, [INPUT], TERMS, nonce=2)])
    assert [one.job.request.nonce for one in caught.value.posted] == [1, 2]
    assert {index: error.name for index, error in caught.value.failures.items()} == {1: "JobExists"}
    assert client.credit() == ETHER - 2 * client.quote(TERMS).escrow


def test_post_many__credit_for_some__refused_whole(client: Client, version: bytes) -> None:
    client.withdraw(ETHER - 2 * client.quote(TERMS).escrow)
    with pytest.raises(InsufficientCreditError):
        client.post_many([client.posting(version, [INPUT], TERMS) for _ in range(3)])


def test_post_many__none__nothing(client: Client) -> None:
    assert client.post_many([]) == []


def test_post__four_threads_at_once__all_posted(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    found: list[PostedJob] = []
    threads = [
        Thread(target=lambda: found.append(client.post(version, [INPUT], TERMS))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.job_id for one in found}) == 4


# --- transactions ---


def test_post__not_mined_in_time__job_id_to_go_on_with(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    impatient = Client(chain.w3, chain.deployment, REQUESTER, replace(SETTINGS, receipt_seconds=0))
    chain.rpc("evm_setAutomine", False)
    try:
        with pytest.raises(PostPendingError, match="not mined as far as is known") as caught:
            impatient.post(version, [INPUT], TERMS)
        (job_id,) = caught.value.job_ids
        assert client.view(job_id).status is Status.NONE
        chain.mine()
    finally:
        chain.rpc("evm_setAutomine", True)
    assert client.view(job_id).status is Status.COMMITTING
    assert client.job(job_id).input == encode([INPUT])


def test_send__refused_when_mined__the_contracts_error(client: Client, chain: PlainChain) -> None:
    sender = Sender(client._chain, REQUESTER, deadline=5, poll=0.01)
    withdraw = client._chain.vault.functions.withdraw(client.address, 2 * ETHER)
    with pytest.raises(InsufficientCreditError):
        sender.send(withdraw, gas=200_000)


def test_send__gas_dearer_than_wished__nothing_sent(chain: PlainChain) -> None:
    thrifty = Client(chain.w3, chain.deployment, REQUESTER, replace(SETTINGS, max_gas_price=1))
    before = sent(chain)
    with pytest.raises(GasTooDearError, match="and at most 1 are paid"):
        thrifty.deposit(UNIT)
    assert sent(chain) == before


def test_send__no_coin_for_gas__said(chain: PlainChain) -> None:
    poor = Client(chain.w3, chain.deployment, account("poor"), SETTINGS)
    sender = Sender(poor._chain, account("poor"), deadline=5, poll=0.01)
    call = poor._chain.registry.functions.createModel("poor")
    with pytest.raises(InsufficientFundsError, match="send it the chain's own coin"):
        sender.send(call, gas=200_000)


def test_repr__client__no_key(client: Client) -> None:
    assert repr(client) == f"Client(network='local', account='{REQUESTER.address}')"
    assert REQUESTER.key.hex() not in repr(vars(client))


# --- answers ---


def test_wait__settled__decoded_answer(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.settle(posted.job, RESULT, RESULT, RESULT)
    answer = client.wait(posted, timeout=5)
    assert (answer.job_id, answer.payload, answer.refused) == (posted.job_id, RESULT, False)
    np.testing.assert_array_equal(answer.arrays[0], [[3.0]])


def test_wait__by_id_in_another_process__same_answer(chain: PlainChain, posted: PostedJob) -> None:
    chain.settle(posted.job, RESULT, RESULT, RESULT)
    reader = Client(chain.w3, chain.deployment, settings=SETTINGS)
    assert reader.wait("0x" + posted.job_id.hex(), timeout=5).payload == RESULT


def test_wait__a_lie_published_first__the_settled_answer(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.settle(posted.job, LIE, RESULT, RESULT)
    assert client.wait(posted, timeout=5).payload == RESULT


def test_wait__empty_payload_settled__input_refused(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.settle(posted.job, EMPTY_PAYLOAD, EMPTY_PAYLOAD, EMPTY_PAYLOAD)
    answer = client.wait(posted, timeout=5)
    assert answer.refused
    assert answer.arrays == []


def test_wait__not_settled_in_time__how_it_stands(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.mine(2)
    chain.commit(posted.job, chain.workers[0], RESULT)
    with pytest.raises(AnswerPendingError, match="COMMITTING in round 0, 1 seats") as caught:
        client.wait(posted, timeout=0)
    assert caught.value.view.committed == 1


def test_wait__while_workers_settle__answer(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    settling = Thread(target=chain.settle, args=(posted.job, RESULT, RESULT, RESULT))
    settling.start()
    assert client.wait(posted, timeout=60).payload == RESULT
    settling.join()


def test_wait__confirmations_wanted__pending_until_they_are_there(
    chain: PlainChain, posted: PostedJob
) -> None:
    careful = Client(chain.w3, chain.deployment, settings=replace(SETTINGS, confirmations=3))
    chain.settle(posted.job, RESULT, RESULT, RESULT)
    with pytest.raises(AnswerPendingError):
        careful.wait(posted.job_id, timeout=0)
    chain.mine(3)
    assert careful.wait(posted.job_id, timeout=0).payload == RESULT


def test_wait__post_undone_by_the_chain__said_and_posted_again_under_the_same_id(
    client: Client, chain: PlainChain, version: bytes
) -> None:
    before = chain.rpc("evm_snapshot")
    posted = client.post(version, [INPUT], TERMS, nonce=8)
    chain.rpc("evm_revert", before)
    with pytest.raises(AnswerPendingError, match="chain does not know it now"):
        client.wait(posted, timeout=0)
    assert client.post(version, [INPUT], TERMS, nonce=8).job_id == posted.job_id


def test_wait__unknown_job__refused_at_once(client: Client) -> None:
    with pytest.raises(UnknownJobError, match="check the id and the deployment"):
        client.wait(bytes(32), timeout=600)


@pytest.mark.parametrize("job", ["0x12", b"short", "no hex" * 10])
def test_wait__no_job_id__refused(client: Client, job: str | bytes) -> None:
    with pytest.raises(BadJobIdError, match="expected 32 bytes"):
        client.wait(job, timeout=0)


def test_wait__nobody_came__refunded(client: Client, chain: PlainChain, posted: PostedJob) -> None:
    chain.mine(3, seconds=TERMS.commit_seconds)
    client.advance(posted)
    with pytest.raises(JobRefundedError, match="When it is closed the unspent escrow returns"):
        client.wait(posted, timeout=0)
    client.close(posted)
    assert client.credit() == ETHER
    with pytest.raises(JobRefundedError, match=f"too few workers. {posted.escrow} wei came back"):
        client.wait(posted, timeout=0)


def test_wait__three_answers__unresolved(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.settle(posted.job, RESULT, LIE, OTHER)
    client.advance(posted)
    with pytest.raises(JobUnresolvedError, match="no majority"):
        client.wait(posted, timeout=0)
    client.close(posted)
    assert client.credit() == ETHER


def test_advance__round_under_way__refused(client: Client, posted: PostedJob) -> None:
    with pytest.raises(ContractError, match="CommitPhaseOpen"):
        client.advance(posted)


# --- cancelling and history ---


def test_cancel__before_the_seed_block__escrow_back(client: Client, posted: PostedJob) -> None:
    client.cancel(posted.job_id)
    assert client.credit() == ETHER
    with pytest.raises(JobCancelledError, match="was cancelled"):
        client.wait(posted, timeout=0)


def test_cancel__after_the_seed_block__refused(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    chain.mine(2)
    with pytest.raises(CancelTooLateError):
        client.cancel(posted)


def test_cancel__mined_too_late__said(client: Client, chain: PlainChain, posted: PostedJob) -> None:
    """It would still have been possible when it was signed."""
    settings = replace(SETTINGS, before_sending=lambda _: chain.mine(1))
    with pytest.raises(CancelTooLateError):
        Client(chain.w3, chain.deployment, REQUESTER, settings).cancel(posted)


def test_cancel__job_of_another__refused(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    other = account("somebody")
    chain.fund(other.address, 0)
    with pytest.raises(ContractError, match="NotRequester"):
        Client(chain.w3, chain.deployment, other, SETTINGS).cancel(posted)


def test_history__settled_job__all_in_order(
    client: Client, chain: PlainChain, posted: PostedJob
) -> None:
    client.post(posted.job.request.version_id, [INPUT], TERMS)  # another's events are not its own
    chain.settle(posted.job, LIE, RESULT, RESULT)
    closed = client.close(posted)
    found = client.history(posted)
    assert [event.at.order for event in found] == sorted(event.at.order for event in found)
    kinds = [type(event) for event in found]
    assert kinds[0] is events.JobPosted
    assert kinds[1:4] == [events.Committed] * 3
    assert kinds.count(events.ResultPublished) == 2
    assert events.Decided in kinds
    assert kinds[-1] is events.Closed
    committed = [event for event in found if isinstance(event, events.Committed)]
    assert [event.worker for event in committed] == list(chain.workers)
    assert found[0].at.transaction_hash == posted.transaction_hash
    assert found[0].at.block_number == posted.job.block_number
    assert found[-1].at.transaction_hash == closed.transaction_hash


def test_history__long_ago_in_small_pages__whole(
    chain: PlainChain, client: Client, posted: PostedJob
) -> None:
    chain.settle(posted.job, RESULT, RESULT, RESULT)
    chain.mine(40)
    whole = client.history(posted)
    for span in (1, 3, 7):
        paged = Client(chain.w3, chain.deployment, settings=replace(SETTINGS, log_span=span))
        assert paged.history(posted.job_id) == whole


def test_history__unknown_job__refused(client: Client) -> None:
    with pytest.raises(UnknownJobError):
        client.history(bytes(32))
