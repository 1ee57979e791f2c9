"""The chain that stands still, and the clock that is wrong: warned of once each."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from worker.chain import Header
from worker.chain_clock import ChainClock

EPOCH = 1_000_000


def head(number: int) -> Header:
    return Header(number, number.to_bytes(32, "big"), bytes(32), EPOCH + 2 * number, 7)


def logged(*looks: tuple[int, float, float], chain_id: int = 1) -> list[Any]:
    """What is logged; each look is a block's number, the monotonic clock, and the clock's error."""
    tool = ChainClock(chain_id)
    with capture_logs() as logs:
        for number, clock, error in looks:
            tool.see(head(number), 2.0, clock, EPOCH + 2 * number + error)
    return list(logs)


def warned(*looks: tuple[int, float, float]) -> list[str]:
    """The events of it."""
    return [entry["event"] for entry in logged(*looks)]


def test_see__blocks_come__nothing_said() -> None:
    assert warned((1, 0, 0), (2, 2, 1), (3, 4, 2), (4, 64, 0)) == []


def test_see__no_block_for_a_minute__said_once_and_when_it_goes_on() -> None:
    found = warned((1, 0, 0), (1, 59, 0), (1, 60, 0), (1, 900, 0), (2, 901, 0), (2, 960, 0))
    assert found == ["the chain stands still", "the chain goes on"]


def test_see__clock_half_a_minute_off__said_once() -> None:
    behind = warned((1, 0, 0), (2, 2, -31), (3, 4, -31))
    ahead = warned((1, 0, 0), (2, 2, 33), (3, 4, 33))
    assert behind == ahead == ["this machine's clock and the chain's differ"]


@pytest.mark.parametrize(("error", "ahead"), [(-119, "the chain"), (119, "this machine")])
def test_see__clocks_differ__which_is_ahead_and_by_how_much(error: float, ahead: str) -> None:
    (entry,) = logged((1, 0, 0), (2, 2, error))
    assert (entry["log_level"], entry["seconds"], entry["ahead"]) == ("warning", 119, ahead)


@pytest.mark.parametrize("chain_id", [1_337, 31_337])
def test_see__chain_for_development__its_own_clock_is_no_warning(chain_id: int) -> None:
    (entry,) = logged((1, 0, 0), (2, 2, -119), (3, 4, -119), chain_id=chain_id)
    assert entry["event"] == "a local chain has a clock of its own"
    assert (entry["log_level"], entry["seconds"], entry["ahead"]) == ("info", 119, "the chain")


def test_see__old_head_at_the_start__no_reason_to_doubt_the_clock() -> None:
    assert warned((1, 0, 9_000), (2, 2, 0)) == []


def test_see__clock_set_right_and_wrong_again__said_again() -> None:
    assert len(warned((1, 0, 0), (2, 2, 99), (3, 4, 0), (4, 6, 99))) == 2
