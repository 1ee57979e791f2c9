"""A chain for each module, as it was at the beginning for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.client import Client, Settings
from tests.support.plain_chain import ETHER, REQUESTER, PlainChain, plain_chain
from tests.support.worker_rig import Rig


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainChain]:
    """A chain with workers, and a requester with money."""
    with plain_chain(tmp_path_factory.mktemp("deployments")) as chain:
        chain.fund(REQUESTER.address, 10 * ETHER)
        yield chain


@pytest.fixture
def chain(running: PlainChain) -> Iterator[PlainChain]:
    """The chain as it was at the beginning."""
    snapshot = running.rpc("evm_snapshot")
    yield running
    running.rpc("evm_revert", snapshot)


@pytest.fixture
def rig(chain: PlainChain, tmp_path: Path) -> Iterator[Rig]:
    """Daemons to be, and a requester with credit."""
    client = Client(chain.w3, chain.deployment, REQUESTER, Settings(poll_seconds=0.01))
    client.deposit(ETHER)
    rig = Rig(chain, client, tmp_path)
    rig.freeze()
    yield rig
    rig.close()
    rig.thaw()
