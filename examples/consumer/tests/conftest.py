"""The protocol once for the session; each test finds the chain as it was then."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from ape import networks
from ape.managers.accounts import TestAccountManager
from ape.managers.project import ProjectManager

from . import network
from .network import Network


@pytest.fixture(scope="session")
def protocol(project: ProjectManager, accounts: TestAccountManager) -> Network:
    """The real contracts, with three workers."""
    networks.provider.make_request("anvil_setBlockTimestampInterval", [1])
    return network.deploy(network.compiled(project), accounts[0], accounts[1:4])


@pytest.fixture(scope="session")
def offer() -> Callable[..., tuple[int, ...]]:
    """`offer(**fields)`: an `Offer` as the contracts take it."""

    def make(**fields: int) -> tuple[int, ...]:
        given: dict[str, int] = {
            "committee": 3,
            "rounds": 1,
            "commitSeconds": 60,
            "revealSeconds": 60,
            "appealWindow": 0,
            "seatFee": 100,
            "seatFeeCap": 100,
            "bond": 5_000,
        }
        return tuple((given | fields).values())

    return make


@pytest.fixture(scope="session")
def row() -> Callable[..., bytes]:
    """`row(*values)`: the payload of one FLOAT `[1, n]`."""

    def make(*values: float) -> bytes:
        return struct.pack(f"<BBBII{len(values)}f", 1, 1, 2, 1, len(values), *values)

    return make
