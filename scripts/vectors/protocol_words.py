"""Packed words for protocol.py: terms, rules and callbacks, jobs and votes."""

import random
from collections.abc import Iterator
from dataclasses import asdict

from protocol_common import CALLBACK, RULES, TERMS, data, hash_, number
from vector_file import Json

from assay import ids, words
from assay.addresses import address
from assay.jobs import JobView, Status, Vote
from assay.terms import Callback, escrow_units


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
            "ownSeats": value.own_seats,
        }


def deposits() -> Iterator[Json]:
    """Appeals of the answers of several rounds, after rounds that were void or not."""
    for name in ("common", "appeals", "fee range", "optimistic"):
        value = TERMS[name]
        for round_, grown in ((0, 0), (1, 0), (1, 1), (2, 1), (3, 2)):
            if round_ + 1 < value.rounds:
                yield {
                    "terms": number(value.pack()),
                    "round": round_,
                    "grown": grown,
                    "seats": value.prepaid_seats(round_, grown),
                    "units": number(value.deposit(round_, grown)),
                }


def prices() -> Iterator[Json]:
    for name in ("common", "appeals", "fee range"):
        for step in (0, 1, 254, 255):
            for unit in (1, 7, 10**12, 10**18):
                yield {
                    "terms": number(TERMS[name].pack()),
                    "step": step,
                    "unit": number(unit),
                    "price": number(TERMS[name].price(step, unit)),
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
    for name in ("smallest", "common", "appeals", "fee range", "optimistic"):
        for callback in (Callback.none(), CALLBACK):
            yield {
                "terms": number(TERMS[name].pack()),
                "callback": number(callback.pack()),
                "units": number(escrow_units(TERMS[name], callback)),
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
                "claimed": view.claimed,
                **{name: shown[name] for name in ("round", "voids", "appeals", "committed")},
                **{name: shown[name] for name in ("revealed", "leading", "steps", "time")},
                "seedBlock": number(view.seed_block),
                "seed": number(view.seed),
                "totalWeight": number(view.total_weight),
                "mark": data(view.mark),
                "grown": view.grown,
            }


def votes() -> Iterator[Json]:
    last_id, nothing, other = b"\xff" * 32, bytes(32), hash_("reference")
    stages = (
        (1, 0, 0, 0, hash_("job"), nothing),
        (2, 5, 0, 0, hash_("job"), nothing),
        (3, 5, 254, 0, hash_("job"), nothing),
        (3, 63, 255, 1, hash_("job"), other),
        (3, 63, 1, 0, last_id, other),
    )
    for round_, (stage, seats_, step, vindicated, job_id, second) in enumerate(stages):
        opening = (job_id, round_, hash_(f"first {round_}"), second)
        binding = ids.vote_binding(*opening)[:28] if stage > 1 else bytes(28)
        word = words.pack(
            "Vote",
            Vote.LAYOUT,
            {
                "stage": stage,
                "vindicated": vindicated,
                "seats": seats_,
                "step": step,
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
            "step": vote.step,
            "busy": vote.is_busy,
            "jobId": data(opening[0]),
            "round": opening[1],
            "first": data(opening[2]),
            "second": data(opening[3]),
            "opens": vote.opens(*opening),
        }
