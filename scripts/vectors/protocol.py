"""Writes tests/vectors/protocol.json: words, ids, digests, draws and seats, from Python.

python scripts/vectors/protocol.py            rewrite the file
python scripts/vectors/protocol.py --check    fail when it is stale

tests/forge/Protocol.t.sol shows that the contracts give the same. Integers that a JSON reader
might round are written in hexadecimal.
"""

import random
from collections.abc import Iterator

from protocol_common import CALLBACK, RULES, TERMS, data, hash_, number, party
from protocol_seats import open_seats, seats, steps
from protocol_words import callbacks, deposits, escrows, job_words, prices, rules, terms, votes
from vector_file import Json, write_or_check

from assay import ids, sortition
from assay.jobs import Request
from assay.terms import Callback, Numerics
from assay.versions import Version


def main() -> None:
    write_or_check(
        "protocol.json",
        {
            "terms": list(terms()),
            "rules": list(rules()),
            "callbacks": list(callbacks()),
            "escrows": list(escrows()),
            "deposits": list(deposits()),
            "prices": list(prices()),
            "models": list(models()),
            "versions": list(versions()),
            "jobs": list(jobs()),
            "commitments": list(commitments()),
            "proposals": list(proposals()),
            "draws": list(draws()),
            "seats": list(seats(random.Random(5))),  # noqa: S311
            "openSeats": list(open_seats(random.Random(7))),  # noqa: S311
            "steps": list(steps(random.Random(8))),  # noqa: S311
            "jobWords": list(job_words(random.Random(6))),  # noqa: S311
            "votes": list(votes()),
        },
    )


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


def proposals() -> Iterator[Json]:
    for worker, result in (("alice", b"result"), ("bob", b"result"), ("bob", b"")):
        digest = ids.digest(result)
        mark = ids.proposal_mark(party(worker), digest)
        yield {"worker": party(worker), "digest": data(digest), "mark": data(mark)}


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


if __name__ == "__main__":
    main()
