"""Logs to events: every event the contracts can emit, and logs that are none."""

from dataclasses import fields
from typing import Any

import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import abi, events, ids
from assay.addresses import address
from assay.events import Event, EventDecodeError, decode, topics
from assay.events.decoder import _decoder
from assay.terms import Callback, Numerics, Rules, Terms
from assay.versions import Version

QUEUE, WORKER, REQUESTER = (address("0x" + byte * 20) for byte in ("0a", "0b", "0c"))
JOB, VERSION = ids.digest(b"job"), ids.digest(b"version")
TERMS = Terms.for_committee(3, seat_fee=5, bond=9)
RULES = Rules(numerics=Numerics.TOLERANCE, atol=1, rtol=2, royalty_bps=3, burn_bps=4)
CALLBACK = Callback(target=WORKER, gas_stipend=100_000, delivery_fee=7)


def log(signature: str, indexed: list[bytes], types: tuple[str, ...], *values: Any) -> Any:
    """A log as web3 gives it."""
    return {
        "address": QUEUE,
        "blockHash": HexBytes(b"\x01" * 32),
        "blockNumber": 12,
        "transactionHash": HexBytes(b"\x02" * 32),
        "transactionIndex": 0,
        "logIndex": 3,
        "topics": [HexBytes(keccak(text=signature)), *map(HexBytes, indexed)],
        "data": HexBytes(encode(types, values)),
        "removed": False,
    }


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    """The same log as a node sends it."""
    shown = {
        name: "0x" + bytes(value).hex() if isinstance(value, bytes) else value
        for name, value in found.items()
    }
    shown["topics"] = ["0x" + bytes(topic).hex() for topic in found["topics"]]
    return shown | {"address": QUEUE.lower(), "blockNumber": "0xc", "logIndex": "0x3"}


def padded(value: str) -> bytes:
    return bytes(12) + bytes.fromhex(value[2:])


POSTED = log(
    "JobPosted(bytes32,bytes32,address,uint96,uint256,uint256,uint256,bytes)",
    [JOB, VERSION, padded(REQUESTER)],
    ("uint96", "uint256", "uint256", "uint256", "bytes"),
    2**96 - 1,
    TERMS.pack(),
    RULES.pack(),
    CALLBACK.pack(),
    b"\x00",
)
COMMITTED = log(
    "Committed(bytes32,address,uint256)",
    [JOB],
    ("address", "uint256"),
    WORKER,
    2 << 32 | 1 << 16 | 16_383,
)


def test_decode__job_posted__whole_job() -> None:
    event = decode(POSTED)
    assert isinstance(event, events.JobPosted)
    job = event.job()
    assert (job.job_id, job.rules, job.input) == (JOB, RULES, b"\x00")
    assert (job.block_number, job.block_hash, job.timestamp) == (12, b"\x01" * 32, None)
    request = job.request
    assert (request.requester, request.nonce, request.version_id) == (REQUESTER, 2**96 - 1, VERSION)
    assert (request.input_hash, request.terms, request.callback) == (
        ids.digest(b"\x00"),
        TERMS,
        CALLBACK,
    )
    assert job.key == request.key(RULES)


def test_each__jobs_posted_together__as_if_posted_alone() -> None:
    signature = "JobsPosted(bytes32,address,uint96,uint256,uint256,uint256,bytes[])"
    words = (41, TERMS.pack(), RULES.pack(), CALLBACK.pack())
    types = ("uint96", "uint256", "uint256", "uint256", "bytes[]")
    found = log(signature, [VERSION, padded(REQUESTER)], types, *words, [b"\x00", b"\x01"])
    event = decode(found)
    assert isinstance(event, events.JobsPosted)
    assert (event.first_nonce, event.inputs) == (41, (b"\x00", b"\x01"))
    for number, alone in enumerate(event.each(31_337, QUEUE)):
        job = alone.job()
        assert (job.input, job.request.nonce) == (bytes([number]), 41 + number)
        assert (job.request.requester, job.request.version_id) == (REQUESTER, VERSION)
        assert (job.request.terms, job.rules, job.request.callback) == (TERMS, RULES, CALLBACK)
        assert job.job_id == alone.job_id == job.key.job_id(31_337, QUEUE)
        assert alone.at == event.at


def test_decode__committed__fields_and_place() -> None:
    event = decode(COMMITTED)
    assert event == events.Committed(
        at=events.Place(
            block_number=12,
            block_hash=b"\x01" * 32,
            transaction_hash=b"\x02" * 32,
            log_index=3,
            address=QUEUE,
        ),
        job_id=JOB,
        worker=WORKER,
        seat=0x2_0001_3FFF,
    )
    assert isinstance(event, events.Committed)
    assert (event.seats, event.round, event.slot, event.place) == (2, 1, 16_383, 0x1_3FFF)
    assert event.at.order == (12, 3)


OTHER = b"\x0b" * 32
MANY = {
    "CommittedMany(address,bytes32[],uint256[])": ("uint256[]", [5, 0, 6]),
    "RevealedMany(address,bytes32[],bytes32[])": ("bytes32[]", [b"\x05" * 32, bytes(32), VERSION]),
    "ClaimedMany(address,bytes32[],uint256[])": ("uint256[]", [7, 0, 0]),
}


@pytest.mark.parametrize("signature", MANY)
def test_each__steps_in_many_jobs__as_if_alone_without_those_refused(signature: str) -> None:
    kind, values = MANY[signature]
    jobs = [JOB, bytes(32), OTHER]
    found = log(signature, [padded(WORKER)], ("bytes32[]", kind), jobs, values)
    event = decode(found)
    assert isinstance(event, events.CommittedMany | events.RevealedMany | events.ClaimedMany)
    first, second = event.each()
    assert (first.job_id, second.job_id) == (JOB, OTHER)
    assert (first.worker, first.at) == (WORKER, event.at)
    match first, second:
        case events.Committed(), events.Committed():
            assert (first.seat, second.seat) == (5, 6)
        case events.Revealed(), events.Revealed():
            assert (first.digest, second.digest) == (b"\x05" * 32, VERSION)
        case events.Claimed(), events.Claimed():
            assert (first.amount, second.amount) == (7, 0)
        case _:
            pytest.fail(f"{signature} told of {first} and {second}")


@pytest.mark.parametrize("signature", MANY)
def test_each__not_a_value_for_each_job__refused(signature: str) -> None:
    kind, values = MANY[signature]
    found = log(signature, [padded(WORKER)], ("bytes32[]", kind), [JOB, OTHER], values)
    event = decode(found)
    assert isinstance(event, events.CommittedMany | events.RevealedMany | events.ClaimedMany)
    with pytest.raises(events.EventDecodeError, match="2 jobs with 3 values"):
        list(event.each())


def test_decode__result_published__its_digest() -> None:
    event = decode(log("ResultPublished(bytes32,bytes)", [JOB], ("bytes",), b"result"))
    assert isinstance(event, events.ResultPublished)
    assert (event.result, event.digest) == (b"result", ids.digest(b"result"))


def test_decode__decided__cut_digest() -> None:
    digest = ids.cut(ids.digest(b"result"))
    event = decode(log("Decided(bytes32,bytes20)", [JOB], ("bytes20",), digest))
    assert isinstance(event, events.Decided)
    assert event.digest == digest


def test_decode__proposed__result_and_its_digest() -> None:
    seat = 3 << 160 | int(WORKER, 16)
    event = decode(
        log("Proposed(bytes32,uint256,bytes)", [JOB], ("uint256", "bytes"), seat, b"result")
    )
    assert isinstance(event, events.Proposed)
    assert (event.worker, event.step, event.result) == (WORKER, 3, b"result")
    assert event.digest == ids.digest(b"result")


def test_decode__appealed__who_and_for_how_much() -> None:
    signature = "Appealed(bytes32,address,uint256,uint256)"
    event = decode(log(signature, [JOB, padded(WORKER)], ("uint256", "uint256"), 1, 77))
    assert isinstance(event, events.Appealed)
    assert (event.appellant, event.round, event.deposit) == (WORKER, 1, 77)


def test_decode__version_published__version() -> None:
    version = Version(
        artefact=ids.digest(b"a"),
        manifest=ids.digest(b"m"),
        numerics=Numerics.EXACT,
        uris=("ipfs://x", "file:///y"),
    )
    event = decode(
        log(
            f"VersionPublished(bytes32,bytes32,{ids.VERSION_TYPE})",
            [VERSION, JOB],
            (ids.VERSION_TYPE,),
            version.as_tuple(),
        )
    )
    assert isinstance(event, events.VersionPublished)
    assert event.version == version


def test_decode__field_named_from__has_an_underscore() -> None:
    event = decode(
        log(
            "Deposited(address,address,uint256)",
            [padded(WORKER), padded(REQUESTER)],
            ("uint256",),
            4,
        )
    )
    assert isinstance(event, events.Deposited)
    assert (event.from_, event.to, event.amount) == (WORKER, REQUESTER, 4)


@pytest.mark.parametrize("found", [POSTED, COMMITTED])
def test_decode__plain_json_of_a_node__same_event(found: dict[str, Any]) -> None:
    assert decode(as_json(found)) == decode(found)


def test_decode__log_with_its_blocks_time__kept() -> None:
    event = decode(as_json(COMMITTED) | {"blockTimestamp": "0x6553f100"})
    assert event is not None
    assert event.at.timestamp == 1_700_000_000


def test_decode__topic_of_no_event__none() -> None:
    assert decode(COMMITTED | {"topics": [HexBytes(JOB)]}) is None
    assert decode(COMMITTED | {"topics": []}) is None


def test_decode__wrong_number_of_topics__refused() -> None:
    with pytest.raises(EventDecodeError, match="expected 1"):
        decode(COMMITTED | {"topics": COMMITTED["topics"][:1]})


def test_decode__length_beyond_any_memory__refused() -> None:
    """`eth_abi` raises OverflowError there."""
    data = bytes(POSTED["data"])
    length = data.index(bytes([1]), 5 * 32) - 31
    with pytest.raises(EventDecodeError, match="does not decode"):
        decode(POSTED | {"data": data[:length] + b"\x40" * 32 + data[length + 32 :]})


@pytest.mark.parametrize("found", [POSTED, COMMITTED])
def test_decode__truncated_data__refused(found: dict[str, Any]) -> None:
    with pytest.raises(EventDecodeError, match="does not decode"):
        decode(found | {"data": found["data"][:-32]})


@settings(max_examples=500, deadline=None)
@given(
    types=st.lists(st.sampled_from(["uint96", "address", "bytes32", "bytes", "uint8"]), max_size=4),
    words=st.lists(
        st.integers(0, 160) | st.sampled_from([1 << 95, 1 << 159, 1 << 255]), max_size=8
    ),
    rest=st.binary(max_size=33),
)
def test_decode__any_data__what_the_library_for_it_decodes_or_refuses(
    types: list[str], words: list[int], rest: bytes
) -> None:
    """Events of words and bytes are read without it."""
    data = b"".join(word.to_bytes(32, "big") for word in words) + rest
    try:
        expected = list(abi_decode(types, data))
    except (DecodingError, OverflowError):
        expected = None
    inputs = [{"name": "", "type": each, "internalType": each, "indexed": False} for each in types]
    decoder = _decoder(Event, {"inputs": inputs})
    try:
        found = list(decoder.values_in(data))
    except (DecodingError, OverflowError):
        found = None
    assert found == expected


def test_events__every_event_of_the_abis__a_class_with_its_fields() -> None:
    seen = set()
    for contract in abi.CONTRACTS:
        for entry in abi.load(contract):
            if entry["type"] == "event":
                kind = getattr(events, entry["name"])
                names = [plain(item["name"]) for item in entry["inputs"]]
                assert [field.name.replace("_", "").lower() for field in fields(kind)] == [
                    "at",
                    *names,
                ]
                seen.add(kind)
    exported = {getattr(events, name) for name in events.__all__}
    classes = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Event)}
    assert seen == classes - {Event}


def plain(name: str) -> str:
    return name.replace("_", "").lower()


def test_topics__none_named__those_of_all_events() -> None:
    every = topics()
    assert len(every) == len(set(every)) >= 40


def test_topics__some_named__theirs_in_order() -> None:
    assert topics(events.Committed, events.JobPosted) == [
        "0x" + bytes(found["topics"][0]).hex() for found in (COMMITTED, POSTED)
    ]
