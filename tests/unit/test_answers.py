"""Answers from a node that does not tell everything, or tells of another job."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from assay import ids
from assay.addresses import ZERO_ADDRESS, address
from assay.answers import (
    AnswerPendingError,
    AnswerReader,
    ResultMissingError,
    UnknownJobError,
)
from assay.chain import Chain
from assay.credit import Credit
from assay.events import (
    Claimed,
    ClaimedMany,
    Committed,
    CommittedMany,
    Event,
    JobPosted,
    JobsPosted,
    Place,
    Proposed,
    ResultPublished,
    Revealed,
    RevealedMany,
    topics,
)
from assay.jobs import Status
from assay.posting import Poster, Posting, PostingError
from assay.tensors import EMPTY_PAYLOAD
from assay.terms import Callback, Numerics, Rules, Terms
from assay.transactions import Mined, Sender
from tests.unit.nodes import TableProvider, node
from tests.unit.samples import ACCOUNT, DEPLOYMENT

JOB, VERSION = ids.digest(b"job"), ids.digest(b"version")
TERMS = Terms.for_committee(3, seat_fee=1, bond=5)
OPTIMISTIC = Terms.optimistic(3, seat_fee=1, bond=9, appeal_window=600)
RULES = Rules(numerics=Numerics.EXACT)
PLACE = Place(
    block_number=20,
    block_hash=bytes(32),
    transaction_hash=bytes(32),
    log_index=0,
    address=DEPLOYMENT.queue,
)

VIEW_TYPES = (
    *("uint8", "bool", "bool", "bool", "uint8", "uint8", "uint8", "uint8", "uint8", "uint8"),
    *("uint16", "uint16", "uint64", "uint64", "uint96", "uint64", "bytes20"),
)
FLAGS = (False, False, False)
COUNTS = (0, 0, 0, 3, 2, 2, 0, 0)
TIME = 1_000
WORKER = address(bytes([7]) * 20)
IS_SETTLED = "isSettled((uint256,uint256,bytes32),address,bytes32)"


def selector(signature: str) -> str:
    return "0x" + keccak(text=signature)[:4].hex()


def view_of(result: bytes, proposer: str | None = None) -> str:
    """Decided, or proposed by somebody."""
    digest = ids.digest(result)
    mark = ids.cut(digest) if proposer is None else ids.proposal_mark(proposer, digest)
    status = Status.DECIDED if proposer is None else Status.PROPOSED
    values = (int(status), *FLAGS, *COUNTS, TIME, 0, 0, 0, mark)
    return "0x" + encode(VIEW_TYPES, values).hex()


def word(value: int) -> str:
    return "0x" + value.to_bytes(32, "big").hex()


def chain(calls: dict[str, str], logs: list[dict[str, Any]]) -> Chain:
    """A chain at block 20 whose contracts answer these calls, by signature."""
    answers = {selector(signature): answer for signature, answer in calls.items()}
    return Chain(
        node(
            eth_chainId=hex(DEPLOYMENT.chain_id),
            eth_blockNumber=hex(20),
            eth_call=lambda call, _: answers[call["data"][:10]],
            eth_getLogs=logs,
        ),
        DEPLOYMENT,
    )


def published(result: bytes) -> dict[str, Any]:
    """The log of `ResultPublished`."""
    return log(ResultPublished, ("bytes",), (result,))


def proposed(result: bytes, worker: str = WORKER) -> dict[str, Any]:
    return log(Proposed, ("uint256", "bytes"), (int(worker, 16), result))


def log(kind: type[Event], types: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    (topic,) = topics(kind)
    return {
        "address": DEPLOYMENT.settlement,
        "blockHash": "0x" + "01" * 32,
        "blockNumber": "0x14",
        "transactionHash": "0x" + "02" * 32,
        "transactionIndex": "0x0",
        "logIndex": "0x0",
        "topics": [topic, "0x" + JOB.hex()],
        "data": "0x" + encode(types, values).hex(),
        "removed": False,
    }


def wait(calls: dict[str, str], logs: list[dict[str, Any]], terms: Terms, **how: bool) -> Any:
    reader = AnswerReader(chain(calls, logs), poll=0, confirmations=0)
    job = replace(posted_event(), terms=terms).job()
    return reader.wait(replace(job, job_id=JOB), timeout=0, known=True, **how)


def test_wait__decided_and_settled__the_published_result() -> None:
    calls = {"job(bytes32)": view_of(b"right"), IS_SETTLED: word(1)}
    answer = wait(calls, [published(b"wrong"), published(b"right")], TERMS)
    assert (answer.payload, answer.final, answer.final_at) == (b"right", True, 0)


def test_wait__proposed_by_two__the_one_that_the_mark_binds() -> None:
    """The same result from another worker is another proposal."""
    calls = {"job(bytes32)": view_of(b"right", WORKER), IS_SETTLED: word(1)}
    logs = [proposed(b"right", ACCOUNT.address), proposed(b"wrong"), proposed(b"right")]
    answer = wait(calls, logs, OPTIMISTIC)
    assert (answer.payload, answer.proposer, answer.final) == (b"right", WORKER, True)
    assert answer.digest == ids.digest(b"right")


def test_wait__proposed_and_not_final__pending_unless_provisional_will_do() -> None:
    calls = {"job(bytes32)": view_of(b"right", WORKER), IS_SETTLED: word(0)}
    with pytest.raises(AnswerPendingError, match=r"PROPOSED in round 0.*provisional"):
        wait(calls, [proposed(b"right")], OPTIMISTIC)
    answer = wait(calls, [proposed(b"right")], OPTIMISTIC, provisional=True)
    assert (answer.payload, answer.final, answer.final_at) == (b"right", False, TIME + 600)


def test_wait__result_decided_after_a_proposal_of_it__found_in_either_log() -> None:
    calls = {"job(bytes32)": view_of(b"right"), IS_SETTLED: word(1)}
    answer = wait(calls, [proposed(b"right")], OPTIMISTIC)
    assert (answer.payload, answer.proposer) == (b"right", ZERO_ADDRESS)


@pytest.mark.parametrize("logs", [[], [published(b"wrong")]])
def test_wait__log_of_the_result_lost__said(logs: list[dict[str, Any]]) -> None:
    with pytest.raises(ResultMissingError, match="ask another one"):
        wait({"job(bytes32)": view_of(b"right")}, logs, TERMS)


def test_wait__decided_and_not_settled_yet__pending() -> None:
    calls = {"job(bytes32)": view_of(b"right"), IS_SETTLED: word(0)}
    with pytest.raises(AnswerPendingError, match="DECIDED in round 0"):
        wait(calls, [published(b"right")], TERMS)


class TellingSender:
    """Instead of sending, tells of an event."""

    address = ACCOUNT.address

    def __init__(self, event: JobPosted) -> None:
        self._event = event

    def send(self, *_: Any) -> Mined:
        return Mined(transaction_hash=bytes(32), block_number=20, gas_used=1, events=(self._event,))


def posted_event() -> JobPosted:
    """The true event of posting the empty payload with nonce 1."""
    event = JobPosted(
        at=PLACE,
        job_id=JOB,
        version_id=VERSION,
        requester=ACCOUNT.address,
        nonce=1,
        terms=TERMS,
        rules=RULES,
        callback=Callback.none(),
        input=EMPTY_PAYLOAD,
    )
    key = event.job().key
    return replace(event, job_id=key.job_id(DEPLOYMENT.chain_id, DEPLOYMENT.queue))


def post_and_be_told(event: JobPosted) -> bytes:
    calls = {
        "SHORTEST_PHASE()": word(4),
        "rulesOf(bytes32)": word(RULES.pack()),
        "paused()": word(0),
        "credit(address)": word(10**18),
    }
    sender = cast("Sender", TellingSender(event))
    posting = Posting(version_id=VERSION, payload=EMPTY_PAYLOAD, terms=TERMS, nonce=1)
    made = chain(calls, [])
    (posted,) = Poster(made, sender, Credit(made, sender, ACCOUNT)).post([posting])
    return posted.job_id


def test_post__event_of_this_very_job__its_id() -> None:
    assert post_and_be_told(posted_event()) == posted_event().job_id


def test_post__rules_changed_meanwhile__the_id_of_the_job_as_posted() -> None:
    event = replace(posted_event(), rules=replace(RULES, burn_bps=2_000))
    key = event.job().key
    event = replace(event, job_id=key.job_id(DEPLOYMENT.chain_id, DEPLOYMENT.queue))
    assert post_and_be_told(event) == event.job_id != posted_event().job_id


@pytest.mark.parametrize(
    "change",
    [
        {"job_id": JOB},
        {"nonce": 2},
        {"input": b"\x01"},
        {"rules": replace(RULES, burn_bps=2_000)},
    ],
    ids=str,
)
def test_post__event_of_another_job__refused(change: dict[str, Any]) -> None:
    with pytest.raises(PostingError, match="not what was sent"):
        post_and_be_told(replace(posted_event(), **change))


# --- jobs that were posted together ---

TOGETHER = [EMPTY_PAYLOAD, b"\x01\x02", EMPTY_PAYLOAD]


def posted_together(block: int = 12) -> dict[str, Any]:
    """The log of three jobs with the nonces 1, 2 and 3."""
    words_ = (1, TERMS.pack(), RULES.pack(), Callback.none().pack())
    types = ("uint96", "uint256", "uint256", "uint256", "bytes[]")
    requester = "0x" + bytes(12).hex() + ACCOUNT.address[2:].lower()
    return log(JobsPosted, types, (*words_, TOGETHER)) | {
        "address": DEPLOYMENT.queue,
        "blockNumber": hex(block),
        "topics": [*topics(JobsPosted), "0x" + VERSION.hex(), requester],
    }


def id_of(number: int) -> bytes:
    event = replace(posted_event(), nonce=1 + number, input=TOGETHER[number])
    return event.job().key.job_id(DEPLOYMENT.chain_id, DEPLOYMENT.queue)


def reader(logs: list[dict[str, Any]], calls: dict[str, str] | None = None) -> AnswerReader:
    """On a node that matches topics, as nodes do."""
    return AnswerReader(matching(logs, calls or {}), poll=0, confirmations=0)


def matching(logs: list[dict[str, Any]], calls: dict[str, str]) -> Chain:
    def get_logs(wanted: dict[str, Any]) -> list[dict[str, Any]]:
        return [found for found in logs if _matches(found["topics"], wanted["topics"])]

    made = chain(calls, [])
    assert isinstance(made.w3.provider, TableProvider)
    made.w3.provider.answers["eth_getLogs"] = get_logs
    return made


def _matches(found: Sequence[str], wanted: Sequence[Any]) -> bool:
    return len(found) >= len(wanted) and all(
        want is None or topic in ([want] if isinstance(want, str) else want)
        for topic, want in zip(found, wanted, strict=False)
    )


def of_job(raw: dict[str, Any], job_id: bytes) -> dict[str, Any]:
    """The log, about another job."""
    return raw | {"topics": [raw["topics"][0], "0x" + job_id.hex()]}


@pytest.mark.parametrize("number", range(3))
def test_job__posted_with_others__found_by_its_id(number: int) -> None:
    job = reader([posted_together()]).job(id_of(number))
    assert (job.job_id, job.input) == (id_of(number), TOGETHER[number])
    assert (job.request.nonce, job.block_number) == (1 + number, 12)


def test_job__posted_by_nobody__unknown_whatever_else_was_posted() -> None:
    with pytest.raises(UnknownJobError, match="check the id"):
        reader([posted_together()]).job(JOB)


def test_history__posted_with_others__begins_with_the_job_alone() -> None:
    mine = [of_job(published(b"right"), id_of(1)), of_job(published(b"other"), id_of(0))]
    first, second = reader([posted_together(), *mine]).history(id_of(1))
    assert isinstance(first, JobPosted)
    assert (first.job_id, first.input, first.at.block_number) == (id_of(1), TOGETHER[1], 12)
    assert isinstance(second, ResultPublished)
    assert second.result == b"right"


def test_history__steps_in_many_jobs_at_once__those_about_this_one() -> None:
    worker = "0x" + bytes(12).hex() + WORKER[2:].lower()
    mine, other = id_of(1), id_of(0)

    def together(kind: type[Event], values: str, ids_: list[bytes], *said: Any) -> dict[str, Any]:
        found = log(kind, ("bytes32[]", values), (ids_, list(said)))
        return found | {"topics": [*topics(kind), worker]}

    found = reader(
        [
            posted_together(),
            together(CommittedMany, "uint256[]", [other, mine, bytes(32)], 1, 2, 0) | at(13),
            together(RevealedMany, "bytes32[]", [mine], VERSION) | at(14),
            together(RevealedMany, "bytes32[]", [other], VERSION) | at(15),
            together(ClaimedMany, "uint256[]", [mine, other, mine], 3, 4, 5) | at(16),
        ]
    ).history(mine)
    assert all(event.job_id == mine for event in found)  # type: ignore[attr-defined]
    _, committed, revealed, *claimed = found
    assert isinstance(committed, Committed)
    assert isinstance(revealed, Revealed)
    assert (committed.seat, revealed.digest) == (2, VERSION)
    assert [event.amount for event in claimed if isinstance(event, Claimed)] == [3, 5]


def at(block: int) -> dict[str, Any]:
    """The place of a log of the settlement."""
    return {"address": DEPLOYMENT.settlement, "blockNumber": hex(block)}


def test_wait__id_of_a_job_posted_with_others__its_answer() -> None:
    calls = {"job(bytes32)": view_of(b"right"), IS_SETTLED: word(1)}
    logs = [posted_together(), of_job(published(b"right"), id_of(2))]
    answer = reader(logs, calls).wait(id_of(2), timeout=0, known=False)
    assert (answer.job_id, answer.payload, answer.final) == (id_of(2), b"right", True)


def test_wait__job_at_hand__jobs_of_others_not_asked_for() -> None:
    calls = {"job(bytes32)": view_of(b"right"), IS_SETTLED: word(1)}
    made = matching([of_job(published(b"right"), id_of(2))], calls)
    job = reader([posted_together()]).job(id_of(2))
    AnswerReader(made, poll=0, confirmations=0).wait(job, timeout=0, known=True)
    assert isinstance(made.w3.provider, TableProvider)
    asked = [params[0]["topics"] for name, params in made.w3.provider.calls if "Logs" in name]
    assert asked
    assert [topics(JobsPosted)] not in asked
