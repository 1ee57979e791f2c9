"""`infer` on a chain: from a model's name and arrays to named outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from web3 import HTTPProvider, Web3

from assay import RemoteInput
from assay.aio import AsyncClient
from assay.answers import AnswerPendingError, JobRefundedError
from assay.artefacts.errors import ArtefactUnavailableError
from assay.artefacts.settings import ArtefactSettings
from assay.asking import CallbackError, TimeIsUpError, UnattendedError
from assay.catalogue import AmbiguousModelError, OtherManifestError, UnknownModelError
from assay.client import Client, NoAccountError, Settings
from assay.contract_errors import (
    DeprecatedVersionError,
    DoneAlreadyError,
    TermsOutOfBoundsError,
)
from assay.credit import InsufficientAssetError
from assay.deployments import MissingCodeError, WrongChainError
from assay.errors import SignatureMismatchError
from assay.inference import InputRefusedError, Once, PartlyAnsweredError, Progress, Stage
from assay.manifest import manifest_uri
from assay.market import MarketError, PriceUnknownError, TooDearError
from assay.posting import PostPendingError
from assay.rpc import UnreachableRpcError
from assay.tensors import EMPTY_PAYLOAD, encode
from assay.terms import Callback, Terms
from assay.transactions import InsufficientFundsError
from tests.support.plain_chain import ETHER, REQUESTER, UNIT, PlainChain, account
from tests.unit.samples import MANIFEST

TERMS = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=1, commit_seconds=30, reveal_seconds=30
)
PRICE = 100_000 * UNIT
INPUT = np.array([[1.0, 2.0]], np.float32)
MODEL = f"{REQUESTER.address}/sums"
RESULT = encode([np.array([[3.0]], np.float32)])
LIE = encode([np.array([[4.0]], np.float32)])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    places = ArtefactSettings(cache_dir=tmp_path / "cache", file_roots=(tmp_path,))
    return Settings(poll_seconds=0.01, artefacts=places)


@pytest.fixture
def client(chain: PlainChain, settings: Settings) -> Client:
    return Client(chain.w3, chain.deployment, REQUESTER, settings)


@pytest.fixture
def version(client: Client, tmp_path: Path) -> bytes:
    """Of the model `sums`, whose manifest lies in a folder."""
    artefact = tmp_path / "model.onnx"
    Path(manifest_uri(str(artefact))).write_bytes(MANIFEST.canonical())
    return client.register("sums", b"artefact", MANIFEST, uris=[artefact.as_uri()]).version_id


def sent(chain: PlainChain) -> int:
    """Transactions of the requester so far."""
    return chain.w3.eth.get_transaction_count(REQUESTER.address)


def settling(
    chain: PlainChain, client: Client, *results: bytes, said: list[Progress] | None = None
) -> Callable[[Progress], None]:
    """A watcher that lets the workers answer a job as soon as it is told of it."""

    def watch(progress: Progress) -> None:
        if said is not None:
            said.append(progress)
        if progress.stage is Stage.POSTED:
            chain.settle(client.job(progress.job_id), *(results or (RESULT,) * 3))

    return watch


# --- answers ---


def test_infer__by_name_and_price__named_outputs_and_who_agreed(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    said: list[Progress] = []
    watch = settling(chain, client, RESULT, LIE, RESULT, said=said)
    found = client.infer(MODEL, {"x": [[1, 2]]}, max_price=PRICE, watch=watch)
    assert found["y"].tolist() == [[3.0]]
    assert found["y"].dtype == np.float32
    behind = found.provenance
    assert (behind.version_id, behind.proposer, behind.appeals) == (version, None, 0)
    assert set(behind.agreed) == {chain.workers[0], chain.workers[2]}
    assert behind.artefact == client.version(version).version.artefact
    assert behind.transactions[0] == client.history(found.job_id)[0].at.transaction_hash
    assert [progress.stage for progress in said] == [
        Stage.SENDING,
        Stage.POSTED,
        Stage.ANSWERED,
        Stage.FINAL,
    ]
    assert {progress.job_id for progress in said} == {found.job_id}
    assert found.quote.escrow <= PRICE
    assert found.assurance.quorum == 2


def test_cost__before_and_after_its_money_is_divided__what_was_not_refunded(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    client.deposit(PRICE)
    before = client.credit()
    found = client.infer(MODEL, INPUT, max_price=PRICE, watch=settling(chain, client))
    assert client.cost(found.job_id) is None
    chain.mine(1, client.job(found.job_id).request.terms.reveal_seconds + 1)
    client.close(found.job_id)
    assert client.cost(found.job_id) == before - client.credit() == found.quote.least


def test_cost__cancelled__nothing(chain: PlainChain, client: Client, version: bytes) -> None:
    (posted,) = client.accept(client.offer(MODEL, INPUT, max_price=PRICE))
    client.cancel(posted)
    assert client.cost(posted) == 0


def test_infer__told_before_it_is_sent__the_id_finds_the_job(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    class GoneError(Exception):
        """The process ends here."""

    told: list[bytes] = []

    def watch(progress: Progress) -> None:
        told.append(progress.job_id)
        if progress.stage is Stage.POSTED:
            raise GoneError

    with pytest.raises(GoneError):
        client.infer(MODEL, INPUT, max_price=PRICE, watch=watch)
    assert client.job(told[0]).request.requester == REQUESTER.address


def test_infer__time_is_up_before_the_post__nothing_sent(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    client.deposit(ETHER)
    before = sent(chain)
    with pytest.raises(TimeIsUpError):
        client.infer(MODEL, INPUT, max_price=PRICE, timeout=0.0, manifest=MANIFEST)
    assert sent(chain) == before


def test_infer__not_mined_in_its_time__pending_with_the_id(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    """The receipt is not waited for longer than the caller waits for the answer."""
    client.deposit(ETHER)
    chain.rpc("evm_setAutomine", False)
    try:
        with pytest.raises(PostPendingError) as caught:
            client.infer(MODEL, INPUT, max_price=PRICE, timeout=3.0)
    finally:
        chain.rpc("evm_setAutomine", True)
    chain.mine(1, 1)
    (job_id,) = caught.value.job_ids
    assert client.job(job_id).job_id == job_id


def test_infer__answer_there__seen_in_its_block(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    """`client.latency_overhead_blocks` is 0: no block passes between answer and return."""
    found = client.infer(MODEL, INPUT, max_price=PRICE, watch=settling(chain, client))
    after_decision = [
        event.at.block_number
        for event in client.history(found.job_id)
        if event.at.block_number > found.provenance.answered_in
    ]
    assert chain.w3.eth.block_number == max([found.provenance.answered_in, *after_decision])


def test_infer__optimistic__proposed_and_final_after_the_window(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    def watch(progress: Progress) -> None:
        if progress.stage is Stage.POSTED:
            chain.propose(client.job(progress.job_id), chain.workers[0], RESULT)
        elif progress.stage is Stage.ANSWERED:
            chain.mine(1, client.job(progress.job_id).request.terms.appeal_window)

    found = client.infer(MODEL, INPUT, mode="optimistic", max_price=PRICE, watch=watch)
    assert found.provenance.proposer == chain.workers[0]
    assert found.provenance.agreed == (chain.workers[0],)
    assert found.answer.final


def test_infer_many__several_inputs__posted_together(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    client.deposit(ETHER)
    before = sent(chain)
    inputs = [np.array([[number, 2.0]], np.float32) for number in range(3)]
    found = client.infer_many(MODEL, inputs, max_price=PRICE, watch=settling(chain, client))
    assert [one["y"].tolist() for one in found] == [[[3.0]]] * 3
    assert sent(chain) == before + 1
    assert client.infer_many(MODEL, [], max_price=PRICE) == []


def test_infer_many__one_without_an_answer__the_others_and_all_ids_kept(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    said: list[bytes] = []

    def watch(progress: Progress) -> None:
        said.append(progress.job_id)
        if progress.stage is Stage.POSTED:
            job, result = client.job(progress.job_id), RESULT if len(said) == 3 else EMPTY_PAYLOAD
            chain.settle(job, *(result,) * 3)

    with pytest.raises(PartlyAnsweredError, match="1 of 2 jobs") as caught:
        client.infer_many(MODEL, [INPUT, INPUT], max_price=PRICE, watch=watch)
    error = caught.value
    assert error.answers[0]["y"].tolist() == [[3.0]]
    assert isinstance(error.failures[1], InputRefusedError)
    assert [one.job_id for one in error.posted] == said[:2]


def test_infer__manifest_of_another_version__refused(client: Client, version: bytes) -> None:
    other = MANIFEST.model_copy(update={"outputs": MANIFEST.inputs})
    with pytest.raises(OtherManifestError):
        client.infer(MODEL, INPUT, max_price=PRICE, manifest=other)


def test_accept__offers_made_one_by_one__deposit_covers_all_of_them(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    """Each counts on the same credit."""
    client.deposit(PRICE)
    offers = [client.offer(MODEL, INPUT, max_price=PRICE) for _ in range(2)]
    assert [offer.top_up for offer in offers] == [0, 0]
    assert len(client.accept(*offers)) == 2


def test_accept__same_offer_again__one_job(client: Client, version: bytes) -> None:
    offer = client.offer(MODEL, INPUT, max_price=PRICE)
    client.accept(offer)
    with pytest.raises(DoneAlreadyError, match="JobExists"):
        client.accept(offer)


def test_infer__still_as_posted_when_looked_at_again__told_once(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    said: list[Progress] = []
    once = Once(said.append)
    (posted,) = client.accept(client.offer(MODEL, INPUT, max_price=PRICE), watch=once)
    for _ in range(2):
        with pytest.raises(AnswerPendingError):
            client.resume(posted, timeout=0, watch=once)
    assert [progress.stage for progress in said] == [Stage.SENDING, Stage.POSTED]


def test_resume__another_process__goes_on_by_the_id(
    chain: PlainChain, client: Client, version: bytes, settings: Settings
) -> None:
    (posted,) = client.accept(client.offer(MODEL, INPUT, max_price=PRICE))
    with pytest.raises(AnswerPendingError):
        client.resume(posted, timeout=0)
    chain.settle(posted.job, *(RESULT,) * 3)
    reading = Client(chain.w3, chain.deployment, None, settings)
    assert reading.resume("0x" + posted.job_id.hex(), timeout=0)["y"].tolist() == [[3.0]]


def test_infer__workers_say_that_the_input_does_not_fit__said(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    watch = settling(chain, client, *(EMPTY_PAYLOAD,) * 3)
    with pytest.raises(InputRefusedError, match="does not fit the model's graph"):
        client.infer(MODEL, INPUT, max_price=PRICE, watch=watch)


def test_infer__nobody_comes__refund_explained(
    chain: PlainChain, client: Client, version: bytes, tmp_path: Path
) -> None:
    def watch(progress: Progress) -> None:
        if progress.stage is Stage.POSTED:
            chain.mine(2, TERMS.commit_seconds)
            client.advance(progress.job_id)

    client.deposit(ETHER)
    with pytest.raises(JobRefundedError, match="When it is closed the unspent escrow") as caught:
        client.infer(MODEL, INPUT, terms=TERMS, watch=watch)
    assert "Here its model lies at file:///" in str(caught.value)
    payload = encode([INPUT])
    inputs = tmp_path / "input"
    inputs.write_bytes(payload)
    remote = RemoteInput.of(payload, [inputs.as_uri()])
    with pytest.raises(JobRefundedError, match=f"and its input lies at {inputs.as_uri()}"):
        client.infer(MODEL, remote, terms=TERMS, watch=watch)


def test_async_infer__several_at_once__each_answered(
    chain: PlainChain, client: Client, version: bytes, settings: Settings
) -> None:
    later = AsyncClient(chain.w3, chain.deployment, REQUESTER, settings)
    said: list[Progress] = []

    async def ask() -> list[Any]:
        with pytest.raises(TimeIsUpError):
            await later.infer(MODEL, INPUT, max_price=PRICE, timeout=0.0, manifest=MANIFEST)
        found = await later.infer_many(
            MODEL, [INPUT, INPUT], max_price=PRICE, watch=settling(chain, client, said=said)
        )
        again = await later.resume(found[0].job_id)
        return [*found, again, await later.wait(found[0].job_id, 0.0)]

    first, second, again, answer = asyncio.run(ask())
    assert first["y"].tolist() == second["y"].tolist() == again["y"].tolist() == [[3.0]]
    assert answer.payload == RESULT
    assert len(said) == len(set(said))


# --- where it cannot be asked ---


def test_infer__another_chain__refused_before_anything_is_sent(
    chain: PlainChain, settings: Settings, version: bytes
) -> None:
    before = sent(chain)
    elsewhere = chain.deployment.model_copy(update={"chain_id": 1})
    with pytest.raises(WrongChainError, match="is on chain 1:"):
        Client(chain.w3, elsewhere, REQUESTER, settings).infer(MODEL, INPUT, max_price=PRICE)
    nowhere = chain.deployment.model_copy(update={"queue": account("nobody").address})
    with pytest.raises(MissingCodeError, match="queue at"):
        Client(chain.w3, nowhere, REQUESTER, settings).infer(MODEL, INPUT, max_price=PRICE)
    assert sent(chain) == before


def test_infer__node_does_not_answer__said(chain: PlainChain, settings: Settings) -> None:
    nobody = Web3(HTTPProvider("http://127.0.0.1:1", exception_retry_configuration=None))
    with pytest.raises(UnreachableRpcError, match="check that it runs"):
        Client(nobody, chain.deployment, REQUESTER, settings).infer(MODEL, INPUT, max_price=PRICE)


# --- offers ---


def test_offer__nothing_sent__and_near_what_it_takes(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    before = sent(chain)
    offer = client.offer(MODEL, INPUT, max_price=PRICE)
    assert sent(chain) == before
    assert offer.top_up == offer.quote.escrow <= PRICE
    assert offer.input_bytes == len(encode([INPUT]))
    assert 0 < offer.assurance.capture < 1
    assert offer.gas_cost == offer.gas * offer.gas_price
    client.deposit(offer.top_up)
    paid = client.offer(MODEL, INPUT, max_price=PRICE)
    assert paid.top_up == 0
    (posted,) = client.accept(paid)
    used = chain.w3.eth.get_transaction_receipt(posted.transaction_hash)["gasUsed"]  # type: ignore[arg-type]
    assert 0.75 < paid.gas / used < 1.33


def test_offer__more_than_workers_can_stand_for__less_is_offered(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    """A tenth of all stake covers the bonds of the committee, with seats as dear as that allows."""
    terms = client.offer(MODEL, INPUT, max_price=10**21).posting.terms
    most = client.total_stake() // UNIT // 10
    assert terms.bond == terms.least_bond(chain.deployment.parameters["burn_bps"])
    assert (
        3 * terms.bond
        <= most
        < 3 * replace(terms, seat_fee_cap=terms.seat_fee_cap + 1).least_bond(0)
    )


def test_offer__model_by_id__its_newest_version(client: Client, version: bytes) -> None:
    model = client.version(version).model_id
    assert client.offer(model, INPUT, max_price=PRICE).version.version_id == version
    assert client.offer(version, INPUT, max_price=PRICE).version.version_id == version


# --- what is refused before anything is sent ---


@pytest.mark.parametrize(
    ("wish", "error", "says"),
    [
        ({}, PriceUnknownError, "max_price"),
        ({"max_price": 1}, TooDearError, r"25, 3 \+ 7 \+ 15 in its rounds"),
        ({"max_price": 1, "mode": "optimistic"}, TooDearError, "may take 1: "),
        ({"max_price": 0.5}, MarketError, r"max_price=0\.5: expected an int, in wei"),
        ({"max_price": PRICE, "mode": "fast"}, MarketError, "expected one of committee"),
        ({"max_price": PRICE, "committee": 2}, TermsOutOfBoundsError, "CommitteeOutOfBounds"),
        ({"terms": replace(TERMS, bond=1)}, TermsOutOfBoundsError, "BondOutOfBounds"),
        ({"terms": TERMS, "max_price": 299 * UNIT}, TooDearError, "at most"),
        ({"terms": replace(TERMS, bond=10**9)}, UnattendedError, "the workers' stake is"),
        (
            {"terms": TERMS, "callback": Callback(target=REQUESTER.address, gas_stipend=50_000)},
            CallbackError,
            "has no code",
        ),
        ({"terms": replace(TERMS, seat_fee_cap=10**10)}, Exception, "InsufficientCredit|Bond"),
    ],
)
def test_infer__what_cannot_work__refused_before_anything_is_sent(
    chain: PlainChain,
    client: Client,
    version: bytes,
    wish: dict[str, Any],
    error: type[Exception],
    says: str,
) -> None:
    before = sent(chain)
    with pytest.raises(error, match=says):
        client.infer(MODEL, INPUT, **wish)
    assert sent(chain) == before


def test_infer__inputs_that_do_not_fit__all_faults_named(client: Client, version: bytes) -> None:
    with pytest.raises(SignatureMismatchError, match="x: missing, expected FLOAT"):
        client.infer(MODEL, {"z": INPUT}, max_price=PRICE)
    with pytest.raises(SignatureMismatchError, match=r"shape \[1, 1, 2\], expected \[\?, 2\]"):
        client.infer(MODEL, INPUT[None], max_price=PRICE)


def test_infer__model_not_there_or_withdrawn__said(
    client: Client, version: bytes, tmp_path: Path
) -> None:
    with pytest.raises(UnknownModelError, match="is published here"):
        client.infer(MODEL + "s", INPUT, max_price=PRICE)
    with pytest.raises(AmbiguousModelError, match=MODEL):
        client.infer("sums", INPUT, max_price=PRICE)
    Path(manifest_uri(str(tmp_path / "model.onnx"))).unlink()
    with pytest.raises(ArtefactUnavailableError):
        client.infer(MODEL, INPUT, max_price=PRICE)
    client.deprecate(version)
    with pytest.raises(DeprecatedVersionError):
        client.infer(version, INPUT, max_price=PRICE, manifest=MANIFEST)


def test_infer__too_little_of_the_asset__says_how_much_it_takes(
    chain: PlainChain, version: bytes, settings: Settings
) -> None:
    poor = account("poor")
    chain.rpc("anvil_setBalance", poor.address, hex(ETHER))
    client = Client(chain.w3, chain.deployment, poor, settings)
    with pytest.raises(InsufficientAssetError, match="get more of the asset, the token at") as said:
        client.infer(MODEL, INPUT, max_price=PRICE)
    assert (said.value.name, said.value.values["available"]) == ("InsufficientCredit", 0)


def test_accept__no_coin_for_gas__said_before_anything_is_sent(
    chain: PlainChain, client: Client, version: bytes
) -> None:
    before = sent(chain)
    offer = client.offer(MODEL, INPUT, max_price=PRICE)
    chain.rpc("anvil_setBalance", REQUESTER.address, hex(offer.gas_cost - 1))
    with pytest.raises(InsufficientFundsError, match="send it some"):
        client.accept(offer)
    assert sent(chain) == before


def test_infer__without_an_account__refused(
    chain: PlainChain, version: bytes, settings: Settings
) -> None:
    with pytest.raises(NoAccountError):
        Client(chain.w3, chain.deployment, None, settings).infer(MODEL, INPUT, max_price=PRICE)
