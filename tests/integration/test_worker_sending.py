"""Sending on a real node: what gets stuck is replaced, and nonces left unused are filled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assay import events
from assay.posting import PostedJob
from tests.support.plain_chain import account
from tests.support.worker_rig import Rig, Shifted
from tests.unit import onnx_models
from worker.runner import Daemon
from worker.signing import price_of

GWEI = 10**9
CHAIN_ID = 31_337
INTEGERS = np.array([4, 5], np.int32)


@pytest.fixture
def posted(rig: Rig) -> Iterator[PostedJob]:
    """A job; from then on blocks come only when the test mines them."""
    job = rig.post(rig.publish(onnx_models.identity(dtype=onnx_models.INT32)), INTEGERS)
    rig.chain.rpc("evm_setAutomine", False)
    yield job
    rig.chain.rpc("anvil_dropAllTransactions")
    rig.chain.rpc("evm_setAutomine", True)


def mine(rig: Rig, base_fee: int) -> None:
    """A block that is too dear for whoever offers less, in the same second as the last."""
    rig.chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
    rig.chain.rpc("anvil_mine", "0x1")


def turn(daemon: Daemon) -> None:
    """Cycles until nothing is being computed."""
    daemon.cycle()
    while not daemon.parts.computations.idle:
        daemon.parts.wake.wait(1)
        daemon.cycle()


def kept(rig: Rig, posted: PostedJob) -> int:
    """Commitments to the job."""
    return sum(isinstance(event, events.Committed) for event in rig.client.history(posted))


def test_follow__gas_dearer_than_the_offer__replaced_and_committed_once(
    rig: Rig, posted: PostedJob
) -> None:
    daemon, before = rig.daemon(0, Shifted(), bump_after_blocks=2, max_fee_gwei=500), rig.sent(0)
    turn(daemon)
    (first,) = daemon.parts.store.outbox.pending()
    dear = 2 * price_of(first.attempts[0].raw).max_fee
    for _ in range(2):
        mine(rig, dear)
        turn(daemon)
    (stuck,) = daemon.parts.store.outbox.pending()
    mine(rig, dear)
    turn(daemon)
    assert len(stuck.attempts) == 2
    assert price_of(stuck.attempts[1].raw).max_fee > dear
    assert (daemon.parts.store.outbox.pending(), kept(rig, posted)) == ([], 1)
    assert rig.sent(0) == before + 1


def test_follow__gas_dearer_than_the_ceiling__waits_until_it_is_cheaper(
    rig: Rig, posted: PostedJob
) -> None:
    daemon = rig.daemon(0, Shifted(), bump_after_blocks=1, max_fee_gwei=20)
    turn(daemon)
    for _ in range(5):
        mine(rig, 21 * GWEI)
        turn(daemon)
    (stuck,) = daemon.parts.store.outbox.pending()
    assert max(price_of(attempt.raw).max_fee for attempt in stuck.attempts) <= 20 * GWEI
    for _ in range(4):
        mine(rig, GWEI)
        turn(daemon)
    assert (daemon.parts.store.outbox.pending(), kept(rig, posted)) == ([], 1)


def test_follow__node_dropped_everything__sent_again_and_committed_once(
    rig: Rig, posted: PostedJob
) -> None:
    daemon = rig.daemon(0, Shifted())
    turn(daemon)
    rig.chain.rpc("anvil_dropAllTransactions")
    for _ in range(4):
        mine(rig, GWEI)
        turn(daemon)
    assert (daemon.parts.store.outbox.pending(), kept(rig, posted)) == ([], 1)


def test_follow__nonces_before_ours_never_used__filled_and_committed(
    rig: Rig, posted: PostedJob
) -> None:
    """The key sent two transactions from elsewhere, which the node has dropped since."""
    daemon, before = rig.daemon(0, Shifted()), rig.sent(0)
    signer = account("worker 0")
    for nonce in range(before, before + 2):
        transfer = {"nonce": nonce, "to": signer.address, "value": 0, "gas": 21_000}
        fees = {"maxFeePerGas": 9 * GWEI, "maxPriorityFeePerGas": GWEI, "chainId": CHAIN_ID}
        raw = signer.sign_transaction({**transfer, **fees}).raw_transaction
        rig.chain.rpc("eth_sendRawTransaction", "0x" + bytes(raw).hex())
    turn(daemon)
    (sent,) = daemon.parts.store.outbox.pending()
    rig.chain.rpc("anvil_dropAllTransactions")
    for _ in range(6):
        mine(rig, GWEI)
        turn(daemon)
    assert sent.nonce == before + 2
    assert (daemon.parts.store.outbox.pending(), kept(rig, posted)) == ([], 1)
    assert rig.sent(0) == before + 3
