"""Posting many jobs: which go together, under which nonces, and what is said about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from assay import ids
from assay.addresses import address
from assay.chain import Chain
from assay.contract_errors import InsufficientCreditError
from assay.credit import Credit
from assay.events import Event, JobPosted, JobsPosted, Place
from assay.posting import Poster, Posting, PostingError, PostPendingError, nonces
from assay.tensors import EMPTY_PAYLOAD
from assay.terms import Callback, Numerics, Rules, Terms, escrow_units
from assay.transactions import Mined, Sender, TransactionPendingError
from tests.unit.nodes import node
from tests.unit.samples import ACCOUNT, DEPLOYMENT

VERSION, OTHER = ids.digest(b"version"), ids.digest(b"other")
TERMS = Terms.for_committee(3, seat_fee=1, bond=9)
RULES = Rules(numerics=Numerics.EXACT)
CALLBACK = Callback(target=address(bytes([9]) * 20), gas_stipend=100_000, delivery_fee=7)
ESCROW = escrow_units(TERMS, Callback.none()) * DEPLOYMENT.unit
HIGHEST_NONCE = (1 << 96) - 1


def posting(**changes: Any) -> Posting:
    usual: dict[str, Any] = {"version_id": VERSION, "payload": EMPTY_PAYLOAD, "terms": TERMS}
    return Posting(**{**usual, **changes})


def place() -> Place:
    return Place(
        block_number=20,
        block_hash=bytes(32),
        transaction_hash=bytes(32),
        log_index=0,
        address=DEPLOYMENT.queue,
    )


def chain(credit: int = 10**18) -> Chain:
    """A chain whose queue takes every job; the account has so many wei of credit."""
    words = {
        "SHORTEST_PHASE()": 4,
        "rulesOf(bytes32)": RULES.pack(),
        "paused()": 0,
        "credit(address)": credit,
    }
    answers = {
        "0x" + keccak(text=name)[:4].hex(): "0x" + word.to_bytes(32, "big").hex()
        for name, word in words.items()
    }
    return Chain(
        node(
            eth_chainId=hex(DEPLOYMENT.chain_id),
            eth_call=lambda call, _: answers[call["data"][:10]],
        ),
        DEPLOYMENT,
    )


class Queue:
    """Takes the place of the sender: does at once what the queue would do, and tells of it."""

    address = ACCOUNT.address

    def __init__(self, *, pending: bool = False, changes: dict[str, Any] | None = None) -> None:
        self.called: list[str] = []
        self.estimated: list[str] = []
        self._pending = pending
        self._changes = changes or {}

    def estimate(self, function: ContractFunction) -> int:
        self.estimated.append(function.fn_name)
        return 100_000

    def send(self, function: ContractFunction, gas: int | None = None) -> Mined:
        self.called.append(function.fn_name)
        if self._pending:
            raise TransactionPendingError(bytes(32), "no receipt")
        return Mined(
            transaction_hash=bytes(32),
            block_number=20,
            gas_used=gas or 1,
            events=tuple(self._events(function)),
        )

    def _events(self, function: ContractFunction) -> Sequence[Event]:
        contract = chain().queue
        if function.fn_name == "batch":
            calls = [contract.decode_function_input(data) for data in function.args[0]]
            return [self._alone(*arguments.values()) for _, arguments in calls]
        if function.fn_name == "post":
            return [self._alone(*function.args)]
        version, nonce, terms, callback, inputs = function.args
        event = JobsPosted(
            at=place(),
            version_id=version,
            requester=ACCOUNT.address,
            first_nonce=nonce,
            terms=Terms.unpack(terms),
            rules=RULES,
            callback=Callback.unpack(callback),
            inputs=tuple(inputs),
        )
        return [replace(event, **self._changes)]

    def _alone(self, version: bytes, nonce: int, terms: int, callback: int, input_: bytes) -> Event:
        event = JobPosted(
            at=place(),
            job_id=b"",
            version_id=version,
            requester=ACCOUNT.address,
            nonce=nonce,
            terms=Terms.unpack(terms),
            rules=RULES,
            callback=Callback.unpack(callback),
            input=input_,
        )
        key = event.job().key
        return replace(event, job_id=key.job_id(DEPLOYMENT.chain_id, DEPLOYMENT.queue))


def poster(queue: Queue, credit: int = 10**18) -> Poster:
    made, sender = chain(credit), cast("Sender", queue)
    return Poster(made, sender, Credit(made, sender, ACCOUNT))


# --- nonces ---


def test_nonces__alike_and_left_to_the_client__in_a_row() -> None:
    first, *rest = nonces([posting() for _ in range(5)])
    assert rest == [first + n for n in range(1, 5)]


def test_nonces__chosen_twice__others_each_time() -> None:
    wanted = [posting(), posting()]
    assert nonces(wanted) != nonces(wanted)


def test_nonces__highest_start__all_within_their_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.posting.secrets.randbelow", lambda bound: bound - 1)
    assert nonces([posting() for _ in range(3)])[-1] == HIGHEST_NONCE


def test_nonces__the_callers_own__kept() -> None:
    found = nonces([posting(nonce=4), posting(), posting(nonce=4)])
    assert (found[0], found[2]) == (4, 4)
    assert 0 <= found[1] <= HIGHEST_NONCE


# --- which call ---


def test_post__alike_without_nonces__all_in_one_call() -> None:
    queue = Queue()
    posted = poster(queue).post([posting(payload=EMPTY_PAYLOAD) for _ in range(20)])
    assert queue.called == ["postMany"]
    first = posted[0].job.request.nonce
    assert [one.job.request.nonce for one in posted] == list(range(first, first + 20))
    assert len({one.job_id for one in posted}) == 20
    assert {one.escrow for one in posted} == {ESCROW}


def test_post__alike_with_nonces_in_a_row__all_in_one_call_up_to_the_highest() -> None:
    queue = Queue()
    poster(queue).post([posting(nonce=HIGHEST_NONCE - 1), posting(nonce=HIGHEST_NONCE)])
    assert queue.called == ["postMany"]


@pytest.mark.parametrize(
    "changes",
    [
        [{"nonce": 1}, {"nonce": 3}],
        [{"nonce": 2}, {"nonce": 1}],
        [{"nonce": 1}, {"nonce": 1}],
        [{}, {"nonce": 1}],
        [{"nonce": 1}, {"nonce": 2, "terms": replace(TERMS, bond=10)}],
        [{"nonce": 1}, {"nonce": 2, "callback": CALLBACK}],
        [{}, {"version_id": OTHER}],
    ],
    ids=str,
)
def test_post__not_alike_or_not_in_a_row__a_batch(changes: Sequence[dict[str, Any]]) -> None:
    queue = Queue()
    wanted = [posting(**change) for change in changes]
    posted = poster(queue).post(wanted)
    assert (queue.called, queue.estimated) == (["batch"], ["post", "post"])
    for one, asked in zip(posted, wanted, strict=True):
        request = one.job.request
        assert (request.terms, request.callback) == (asked.terms, asked.callback)
        assert asked.nonce in (None, request.nonce)


def test_post__one__as_before() -> None:
    queue = Queue()
    poster(queue).post([posting()])
    assert queue.called == ["post"]


# --- what is said ---


def test_post__many_not_mined_in_time__the_ids_they_will_have() -> None:
    wanted = [posting(nonce=n) for n in (5, 6, 7)]
    with pytest.raises(PostPendingError) as caught:
        poster(Queue(pending=True)).post(wanted)
    assert list(caught.value.job_ids) == [one.job_id for one in poster(Queue()).post(wanted)]


def test_post__credit_for_all_but_a_wei__nothing_sent() -> None:
    queue = Queue()
    with pytest.raises(InsufficientCreditError) as caught:
        poster(queue, credit=20 * ESCROW - 1).post([posting() for _ in range(20)])
    assert caught.value.values["required"] == 20 * ESCROW
    assert queue.called == []
    poster(queue, credit=20 * ESCROW).post([posting() for _ in range(20)])


@pytest.mark.parametrize(
    "changes",
    [{"first_nonce": 2}, {"version_id": OTHER}, {"inputs": (EMPTY_PAYLOAD,)}, {"inputs": ()}],
    ids=str,
)
def test_post__event_of_other_jobs__refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PostingError, match="not what was sent"):
        poster(Queue(changes=changes)).post([posting(nonce=1), posting(nonce=2)])
