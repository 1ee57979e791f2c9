"""Draws and price steps for protocol.py: the edges of the arithmetic, and cases at random."""

import random
from collections.abc import Iterator

from protocol_common import number
from vector_file import Json

from assay import sortition

ONE = 1 << 128
"""The fraction 1 in a ticket's high half."""


def seats(source: random.Random) -> Iterator[Json]:
    def case(name: str, high: int, *draw: int) -> Json:
        committee, elapsed, length, weight, total = draw
        ticket = high << 128 | source.getrandbits(128)
        return {
            "name": name,
            "ticket": number(ticket),
            "committee": committee,
            "elapsed": elapsed,
            "length": length,
            "weight": number(weight),
            "total": number(total),
            "seats": sortition.seats(ticket, *draw),
        }

    yield case("nobody has stake", 0, 5, 0, 60, 0, 0)
    yield case("no weight", 0, 5, 0, 60, 0, 1_000)
    yield case("no weight, full ramp", 0, 5, 60, 60, 0, 1_000)
    yield case("all the stake", 0, 5, 0, 60, 1_000, 1_000)
    yield case("all the stake, highest ticket", ONE - 1, 5, 0, 60, 1_000, 1_000)
    yield case("all the stake, end of the ramp", 0, 5, 60, 60, 1_000, 1_000)
    yield case("a whole seat has no fraction", 0, 5, 0, 60, 200, 1_000)
    yield case("a unit below a whole seat, lowest ticket", 0, 5, 0, 60, 199, 1_000)
    yield case("a unit below a whole seat, highest ticket", ONE - 1, 5, 0, 60, 199, 1_000)
    yield case("a unit above a whole seat, lowest ticket", 0, 5, 0, 60, 201, 1_000)
    threshold = 3 * ONE // 8  # 3 seats of an eighth of the stake
    yield case("ticket below the fraction", threshold - 1, 3, 0, 4, 1, 8)
    yield case("ticket at the fraction", threshold, 3, 0, 4, 1, 8)
    yield case("ticket above the fraction", threshold + 1, 3, 0, 4, 1, 8)
    yield case("first half, no growth yet", threshold, 3, 2, 4, 1, 8)
    yield case("growth takes the fraction over the ticket", threshold, 3, 3, 4, 1, 8)
    widest = (63, (1 << 24) - 1, (1 << 24) - 1, (1 << 64) - 1, (1 << 64) - 1)
    yield case("widest numbers", ONE - 1, *widest)
    yield case("widest numbers, one unit of stake", 0, *widest[:3], 1, (1 << 64) - 1)
    for _ in range(60):
        length = source.randrange(4, 1 << source.randrange(3, 24))
        total = source.randrange(1, 1 << source.randrange(1, 65))
        yield case(
            "random",
            source.getrandbits(128),
            source.randrange(3, 64),
            source.randrange(length + 1),
            length,
            source.randrange(total + 1),
            total,
        )


def open_seats(source: random.Random) -> Iterator[Json]:
    def case(name: str, high: int, elapsed: int, length: int, weight: int, total: int) -> Json:
        ticket = high << 128 | source.getrandbits(128)
        return {
            "name": name,
            "ticket": number(ticket),
            "elapsed": elapsed,
            "length": length,
            "weight": number(weight),
            "total": number(total),
            "drawn": sortition.may_propose(ticket, elapsed, length, weight, total),
        }

    quarter = ONE // 4
    yield case("no weight, lowest ticket, last second", 0, 59, 60, 0, 1_000)
    yield case("all the stake, highest ticket", ONE - 1, 0, 60, 1_000, 1_000)
    yield case("a quarter, ticket below it", quarter - 1, 0, 60, 250, 1_000)
    yield case("a quarter, ticket at it", quarter, 0, 60, 250, 1_000)
    yield case("a quarter, one second later", quarter, 1, 60, 250, 1_000)
    yield case("half the stake's ticket, half the phase", 2 * quarter - 1, 30, 60, 250, 1_000)
    yield case("half the stake's ticket, a second before", 2 * quarter - 1, 29, 60, 250, 1_000)
    yield case("one of sixty, highest ticket, last second", ONE - 1, 59, 60, 1, 60)
    yield case("one of sixty-one, highest ticket, last second", ONE - 1, 59, 60, 1, 61)
    most, longest = (1 << 64) - 1, (1 << 24) - 1
    yield case("widest numbers", ONE - 1, longest - 1, longest, most, most)
    yield case("widest numbers, one unit of stake", ONE - 1, 0, longest, 1, most)
    for _ in range(40):
        length = source.randrange(4, 1 << source.randrange(3, 24))
        total = source.randrange(1, 1 << source.randrange(1, 65))
        high, weight = source.getrandbits(128), source.randrange(total + 1)
        yield case("random", high, source.randrange(length), length, weight, total)
        first = sortition.seconds_until_open(high << 128, length, weight, total)
        if first is not None:
            yield case("random, first second", high, first, length, weight, total)


def steps(source: random.Random) -> Iterator[Json]:
    lengths = [4, 5, 60, 255, 256, (1 << 24) - 1]
    lengths += [source.randrange(4, 1 << source.randrange(3, 24)) for _ in range(20)]
    for length in lengths:
        for elapsed in {0, length // 2, length // 2 + 1, length - 1, source.randrange(length)}:
            yield {
                "elapsed": elapsed,
                "length": length,
                "committee": sortition.step(elapsed, length),
                "open": sortition.open_step(elapsed, length),
            }
