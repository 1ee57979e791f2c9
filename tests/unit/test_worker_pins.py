"""Inputs that stay on disk: within a budget, and fairly."""

from __future__ import annotations

from assay.remote_inputs import RemoteInput
from tests.unit.worker_jobs import ANN, BOB
from worker.pins import Pins

JOBS = [bytes([n]) * 32 for n in range(9)]


def remote(number: int, size: int = 10) -> RemoteInput:
    return RemoteInput(sha256=bytes([number]) * 32, size=size, uris=("file:///x",))


def held(pins: Pins) -> list[int]:
    return sorted(digest[0] for digest in pins.digests())


def test_hold__room_for_all__held_until_released() -> None:
    pins = Pins(30)
    for number in range(3):
        pins.hold(JOBS[number], remote(number), ANN)
    before = held(pins)
    pins.release(JOBS[1])
    pins.release(JOBS[1])
    assert (before, held(pins)) == ([0, 1, 2], [0, 2])


def test_hold__same_input_of_two_jobs__counted_once_and_held_for_both() -> None:
    pins = Pins(10)
    pins.hold(JOBS[0], remote(7), ANN)
    pins.hold(JOBS[0], remote(7), ANN)
    pins.hold(JOBS[1], remote(7), ANN)
    pins.release(JOBS[0])
    before = held(pins)
    pins.release(JOBS[1])
    assert (before, held(pins)) == ([7], [])


def test_hold__more_than_there_is_room_for__whoever_asks_for_most_gives_up_his_last() -> None:
    """A hostile requester's inputs leave room for those of others, whoever came first."""
    pins = Pins(40)
    for number in range(4):
        pins.hold(JOBS[number], remote(number), ANN)
    pins.hold(JOBS[4], remote(4), BOB)
    pins.hold(JOBS[5], remote(5), ANN)
    pins.hold(JOBS[6], remote(6), BOB)
    assert held(pins) == [0, 1, 4, 6]
    pins.release(JOBS[5])
    pins.hold(JOBS[7], remote(7, 41), BOB)
    assert held(pins) == [0, 1, 4, 6]


def test_release__all__room_for_others() -> None:
    pins = Pins(20)
    for number in range(2):
        pins.hold(JOBS[number], remote(number), ANN)
    for number in range(2):
        pins.release(JOBS[number])
    for number in range(2, 4):
        pins.hold(JOBS[number], remote(number), BOB)
    assert held(pins) == [2, 3]
