"""Writes tests/vectors/protocol.json: words, ids, digests, draws and seats, from Python.

python scripts/vectors/protocol.py            rewrite the file
python scripts/vectors/protocol.py --check    fail when it is stale

tests/forge/Protocol.t.sol shows that the contracts give the same. Integers that a JSON reader
might round are written in hexadecimal.
"""

import random
from collections.abc import Iterator
from dataclasses import asdict

from eth_typing import ChecksumAddress
from protocol_seats import seats
from protocol_text import data, number
from vector_file import Json, write_or_check

from assay import ids, sortition, words
from assay.addresses import address
from assay.jobs import JobView, Request, Status, Vote
from assay.terms import Callback, Numerics, Rules, Terms, escrow_units
from assay.versions import Version


def party(name: str) -> ChecksumAddress:
    """The address of somebody in the cases."""
    return address(ids.digest(name.encode())[12:])


MOST = (1 << 48) - 1
"""The largest amount that fits Terms."""

TERMS = {
    "smallest": Terms.for_committee(
        3, seat_fee=1, bond=1, rounds=1, commit_seconds=4, reveal_seconds=4
    ),
    "common": Terms.for_committee(5, seat_fee=2_000, bond=50_000),
    "fee range": Terms(
        committee=31,
        rounds=5,
        commit_seconds=3_600,
        reveal_seconds=604_800,
        appeal_window=86_400,
        seat_fee=10,
        seat_fee_cap=25,
        bond=MOST,
        mode=1,
    ),
    "every bit": Terms(
        committee=255,
        rounds=255,
        commit_seconds=(1 << 24) - 1,
        reveal_seconds=(1 << 24) - 1,
        appeal_window=(1 << 32) - 1,
        seat_fee=MOST,
        seat_fee_cap=MOST,
        bond=MOST,
        mode=255,
    ),
}
RULES = {
    "exact": Rules(numerics=Numerics.EXACT, protocol_fee_bps=100, burn_bps=2_000),
    "tolerance": Rules(
        numerics=Numerics.TOLERANCE,
        atol=0x3727C5AC,
        rtol=429_497,
        royalty_bps=333,
        protocol_fee_bps=1_000,
        burn_bps=10_000,
    ),
    "widest": Rules(
        numerics=Numerics.TOLERANCE,
        atol=0x7F7FFFFF,
        rtol=1_431_655_765,
        royalty_bps=5_000,
        protocol_fee_bps=1_000,
        burn_bps=1_000,
    ),
}


CALLBACK = Callback(target=party("dapp"), gas_stipend=200_000, delivery_fee=1_500)


def main() -> None:
    write_or_check(
        "protocol.json",
        {
            "terms": list(terms()),
            "rules": list(rules()),
            "callbacks": list(callbacks()),
            "escrows": list(escrows()),
            "models": list(models()),
            "versions": list(versions()),
            "jobs": list(jobs()),
            "commitments": list(commitments()),
            "draws": list(draws()),
            "seats": list(seats(random.Random(5))),  # noqa: S311
            "jobWords": list(job_words(random.Random(6))),  # noqa: S311
            "votes": list(votes()),
        },
    )


def terms() -> Iterator[Json]:
    for name, value in TERMS.items():
        yield {
            "name": name,
            "word": number(value.pack()),
            "mode": value.mode,
            "committee": value.committee,
            "rounds": value.rounds,
            "commitSeconds": value.commit_seconds,
            "revealSeconds": value.reveal_seconds,
            "appealWindow": value.appeal_window,
            "seatFee": value.seat_fee,
            "seatFeeCap": value.seat_fee_cap,
            "bond": value.bond,
            "committees": [value.committee_after(grown) for grown in range(8)],
        }


def rules() -> Iterator[Json]:
    for name, value in RULES.items():
        fee = 7_777_777_777_777_777_777
        worker, royalty, treasury = value.split(fee)
        yield {
            "name": name,
            "word": number(value.pack()),
            "numerics": int(value.numerics),
            "atol": value.atol,
            "rtol": value.rtol,
            "royaltyBps": value.royalty_bps,
            "protocolFeeBps": value.protocol_fee_bps,
            "burnBps": value.burn_bps,
            "fee": number(fee),
            "toWorker": number(worker),
            "toOwner": number(royalty),
            "toTreasury": number(treasury),
        }


def callbacks() -> Iterator[Json]:
    full = address("0x" + "ff" * 20)
    most = Callback(target=full, gas_stipend=(1 << 32) - 1, delivery_fee=(1 << 64) - 1)
    for name, value in (("none", Callback.none()), ("common", CALLBACK), ("every bit", most)):
        yield {
            "name": name,
            "word": number(value.pack()),
            "target": value.target,
            "gasStipend": value.gas_stipend,
            "deliveryFee": number(value.delivery_fee),
        }


def escrows() -> Iterator[Json]:
    for name in ("smallest", "common", "fee range"):
        for callback in (Callback.none(), CALLBACK):
            yield {
                "terms": number(TERMS[name].pack()),
                "callback": number(callback.pack()),
                "units": number(escrow_units(TERMS[name], callback)),
            }


def models() -> Iterator[Json]:
    for owner, name in (("alice", "digits"), ("bob", "digits"), ("alice", "a" * 64)):
        model = ids.model_id(party(owner), name)
        yield {"owner": party(owner), "name": name, "modelId": data(model)}


def versions() -> Iterator[Json]:
    model = ids.model_id(party("alice"), "digits")
    plain = Version(artefact=hash_("artefact"), manifest=hash_("manifest"), numerics=Numerics.EXACT)
    full = Version(
        artefact=hash_("artefact"),
        manifest=hash_("manifest"),
        numerics=Numerics.TOLERANCE,
        atol=0x3727C5AC,
        rtol=429_497,
        royalty_bps=333,
        uris=("ipfs://model", "https://models.example/digits.onnx", ""),
        graph_root=hash_("graph"),
        verifier=party("verifier"),
    )
    for value in (plain, full):
        fields = {
            "artefact": data(value.artefact),
            "manifest": data(value.manifest),
            "graphRoot": data(value.graph_root),
            "verifier": value.verifier,
            "numerics": int(value.numerics),
            "atol": value.atol,
            "rtol": value.rtol,
            "royaltyBps": value.royalty_bps,
            "uris": list(value.uris),
        }
        version = ids.version_id(model, value)
        yield {"modelId": data(model), **fields, "versionId": data(version)}


def jobs() -> Iterator[Json]:
    for chain_id, nonce, terms_name, rules_name, callback in (
        (1, 0, "common", "exact", Callback.none()),
        (31_337, 1, "common", "exact", Callback.none()),
        (10, (1 << 96) - 1, "fee range", "tolerance", CALLBACK),
    ):
        request = Request(
            requester=party("requester"),
            nonce=nonce,
            version_id=hash_("version"),
            input_hash=ids.digest(b"\x01\x01\x01\x01\x00\x00\x00\x00\x00\x80\x3f"),
            terms=TERMS[terms_name],
            callback=callback,
        )
        key = request.key(RULES[rules_name])
        yield {
            "chainId": chain_id,
            "queue": party("queue"),
            "requester": request.requester,
            "nonce": number(nonce),
            "versionId": data(request.version_id),
            "inputHash": data(request.input_hash),
            "terms": number(key.terms.pack()),
            "callback": number(callback.pack()),
            "rules": number(key.rules.pack()),
            "body": data(key.body),
            "jobId": data(key.job_id(chain_id, party("queue"))),
        }


def commitments() -> Iterator[Json]:
    for chain_id, round_, worker in ((1, 0, "alice"), (31_337, 4, "bob")):
        parts = (hash_("job"), round_, party(worker), ids.digest(b"result"), hash_("salt"))
        yield {
            "chainId": chain_id,
            "settlement": party("settlement"),
            "jobId": data(parts[0]),
            "round": round_,
            "worker": parts[2],
            "digest": data(parts[3]),
            "salt": data(parts[4]),
            "commitment": data(ids.commitment(chain_id, party("settlement"), *parts)),
        }


def draws() -> Iterator[Json]:
    """Round 0 of the second of `jobs`, drawn for a few workers."""
    key = list(jobs())[1]
    job_id, terms_ = bytes.fromhex(key["jobId"][2:]), TERMS["common"]
    entropy = hash_("seed block")
    seed = sortition.seed(entropy, job_id, 0)
    for worker, elapsed, weight, total in (
        ("alice", 0, 100, 1_000),
        ("alice", 59, 100, 1_000),
        ("bob", 0, 500, 1_000),
        ("bob", 30, 0, 1_000),
        ("carol", 7, (1 << 64) - 1, (1 << 64) - 1),
    ):
        ticket = sortition.ticket(seed, party(worker))
        drawn = sortition.seats(
            ticket, terms_.committee, elapsed, terms_.commit_seconds, weight, total
        )
        yield {
            "job": 1,
            "entropy": data(entropy),
            "seed": number(seed),
            "worker": party(worker),
            "ticket": number(ticket),
            "slot": sortition.slot(ticket),
            "elapsed": elapsed,
            "weight": number(weight),
            "total": number(total),
            "seats": drawn,
        }


def job_words(source: random.Random) -> Iterator[Json]:
    for status in Status:
        for committed in (0, source.randrange(1, 64)):
            fields = {name: source.getrandbits(width) for name, width in JobView.LAYOUT}
            # The gap is never written, and a round is at most the last of five.
            fields |= {"status": int(status), "gap": 0, "round": source.randrange(5)}
            fields["committed"] = committed
            word = words.pack("JobWord", JobView.LAYOUT, fields) if status else 0
            view = JobView.from_word(word)
            shown = asdict(view)
            yield {
                "word": number(word),
                "status": int(view.status),
                "closed": view.closed,
                "delivered": view.delivered,
                **{name: shown[name] for name in ("round", "voids", "committed", "revealed")},
                **{name: shown[name] for name in ("leading", "vindicated", "time")},
                "seedBlock": number(view.seed_block),
                "seed": number(view.seed),
                "totalWeight": number(view.total_weight),
                "digest": data(view.digest),
                "grown": view.grown,
            }


def votes() -> Iterator[Json]:
    last_id, nothing, other = b"\xff" * 32, bytes(32), hash_("reference")
    stages = (
        (1, 0, 0, hash_("job"), nothing),
        (2, 5, 0, hash_("job"), nothing),
        (3, 5, 0, hash_("job"), nothing),
        (3, 63, 1, hash_("job"), other),
        (3, 63, 0, last_id, other),
    )
    for round_, (stage, seats_, vindicated, job_id, second) in enumerate(stages):
        opening = (job_id, round_, hash_(f"first {round_}"), second)
        binding = ids.vote_binding(*opening)[:28] if stage > 1 else bytes(28)
        word = words.pack(
            "Vote",
            Vote.LAYOUT,
            {
                "stage": stage,
                "vindicated": vindicated,
                "seats": seats_,
                "gap": 0,
                "binding": int.from_bytes(binding, "big"),
            },
        )
        vote = Vote.unpack(word)
        yield {
            "word": number(word),
            "stage": int(vote.stage),
            "vindicated": vote.vindicated,
            "seats": vote.seats,
            "busy": vote.is_busy,
            "jobId": data(opening[0]),
            "round": opening[1],
            "first": data(opening[2]),
            "second": data(opening[3]),
            "opens": vote.opens(*opening),
        }


def hash_(name: str) -> bytes:
    """Some 32 bytes."""
    return ids.digest(name.encode())


if __name__ == "__main__":
    main()
