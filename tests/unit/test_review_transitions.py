"""Attack: support added for another right behind a reveal, to be taken for what that reveal named.

In the contract: tests/forge/attacks/ReviewMisreadSupport.t.sol.
"""

from dataclasses import replace

from tests.unit.test_worker_transitions import FILLED, follow
from tests.unit.worker_events import revealed, supported
from tests.unit.worker_jobs import ANN, ME, OPENED, RIGHT, WRONG


def test_supported__another_s_reveal_just_before__beside_the_own_result() -> None:
    """Ann reveals and adds support to mine, in one batch."""
    state = follow(
        *FILLED,
        (revealed(ME, RIGHT, block=13, index=0), OPENED + 3),
        (revealed(ANN, WRONG, block=14, index=1), OPENED + 4),
        (supported(ME, WRONG, block=14, index=2), OPENED + 4),
    )
    assert state.votes[0, ME].opening == (RIGHT, bytes(32))
    assert state.references == {RIGHT: 1, WRONG: 2}


def test_supported__by_the_next_transaction_of_the_block__beside_the_own_result() -> None:
    """Ann sends `addSupport` so that it is mined right behind my reveal of a reference."""
    reveal = revealed(ME, RIGHT, block=14, index=1)
    added = supported(ME, WRONG, block=14, index=2)
    added = replace(added, at=replace(added.at, transaction_hash=b"\x01" * 32))
    state = follow(
        *FILLED,
        (revealed(ANN, WRONG, block=13, index=0), OPENED + 3),
        (reveal, OPENED + 4),
        (added, OPENED + 4),
    )
    assert state.votes[0, ME].opening == (RIGHT, bytes(32))
    assert state.references == {WRONG: 2, RIGHT: 1}
