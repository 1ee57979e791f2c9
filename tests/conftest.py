"""Fixtures of the tests that run on a chain. Unit tests use none of them, and never import Ape.

The factories (`make_worker`, `publish`, `post`) make what a test names; `trio` is what most tests
need: three workers of equal stake, so that each has exactly one seat in a committee of three.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from assay import ids, tensors
from assay.jobs import Request
from assay.terms import Callback, Numerics, Rules, Terms
from assay.versions import Version

if TYPE_CHECKING:
    from pathlib import Path

    from ape.api import AccountAPI

    from scripts.deployment.parameters import Parameters
    from tests.support.play import PlayedJob
    from tests.support.protocol import Protocol, Worker

STAKE = 10_000_000
"""Units of a test worker."""
CREDIT = 1_000_000_000
"""Units of a test requester."""


@pytest.fixture(scope="session")
def parameters() -> "Parameters":
    """What the session's contracts are deployed with."""
    from scripts.deployment.parameters import load

    return load("local", local=True)


@pytest.fixture(scope="session")
def protocol(parameters: "Parameters", tmp_path_factory: pytest.TempPathFactory) -> "Protocol":
    """The contracts, freshly deployed by the deployment script's own code."""
    from ape import accounts, networks

    from scripts.deploy import ApeSender
    from scripts.deployment.deploy import deploy
    from tests.support import chain
    from tests.support.protocol import Protocol

    chain.second_by_second()
    owner = accounts.test_accounts[0]
    folder: Path = tmp_path_factory.mktemp("deployments")
    w3 = networks.provider.web3
    outcome = deploy(w3, ApeSender(owner), "local", parameters, folder)
    return Protocol.at(outcome.deployment, owner)


@pytest.fixture(scope="session")
def accounts_for(protocol: "Protocol") -> "Callable[[int], list[AccountAPI]]":
    """New accounts with ether and nothing else, by number."""
    from tests.support.protocol import new_account

    return lambda number: [new_account() for _ in range(number)]


@pytest.fixture(scope="session")
def anyone(accounts_for: "Callable[[int], list[AccountAPI]]") -> "AccountAPI":
    """Somebody with no part in any job."""
    return accounts_for(1)[0]


@pytest.fixture(scope="session")
def publisher(accounts_for: "Callable[[int], list[AccountAPI]]") -> "AccountAPI":
    """The owner of the models that `publish` publishes."""
    return accounts_for(1)[0]


@pytest.fixture(scope="session")
def requester(
    protocol: "Protocol", accounts_for: "Callable[[int], list[AccountAPI]]"
) -> "AccountAPI":
    """An account with CREDIT units in the vault."""
    account = accounts_for(1)[0]
    protocol.fund(account, CREDIT)
    return account


@pytest.fixture(scope="session")
def make_worker(
    protocol: "Protocol", accounts_for: "Callable[[int], list[AccountAPI]]"
) -> "Callable[..., Worker]":
    """`make_worker(stake=STAKE)`: a registered worker. Its stake counts from the next epoch on."""
    from tests.support.protocol import Worker

    def make(stake: int = STAKE) -> Worker:
        worker = Worker(*accounts_for(2))
        protocol.register(worker, stake)
        return worker

    return make


@pytest.fixture(scope="session")
def trio(protocol: "Protocol", make_worker: "Callable[..., Worker]") -> "Sequence[Worker]":
    """Three workers, the only ones, with equal stake that counts."""
    workers = [make_worker() for _ in range(3)]
    protocol.next_epoch()
    protocol.next_epoch()
    return workers


@pytest.fixture(scope="session")
def publish(protocol: "Protocol", publisher: "AccountAPI") -> Callable[[Version], bytes]:
    """`publish(version)`: publishes it and returns its id."""
    return lambda version: protocol.publish(publisher, "model", version)


@pytest.fixture(scope="session")
def exact(publish: Callable[[Version], bytes]) -> bytes:
    """Id of an EXACT version with a royalty of 5 %."""
    from tests.support.protocol import version

    return publish(version(Numerics.EXACT))


@pytest.fixture(scope="session")
def tolerance(publish: Callable[[Version], bytes]) -> bytes:
    """Id of a TOLERANCE version with atol = 0.125 and rtol = 0."""
    from tests.support.protocol import version

    return publish(version(Numerics.TOLERANCE, atol=0x3E000000))


@pytest.fixture(scope="session")
def terms() -> Callable[..., Terms]:
    """`terms(**changes)`: a committee of 3, 3 rounds, phases of 30 s, fee 100, bond 1000 units."""

    def make(**changes: Any) -> Terms:
        usual = {"committee": 3, "rounds": 3, "commit_seconds": 30, "reveal_seconds": 30}
        money = {"seat_fee": 100, "bond": 1_000}
        return Terms.for_committee(**{**usual, **money, **changes})

    return make


@pytest.fixture
def post(
    protocol: "Protocol", requester: "AccountAPI", exact: bytes, terms: Callable[..., Terms]
) -> "Callable[..., PlayedJob]":
    """`post(version=…, terms=…, callback=…, input=…, nonce=…)`: a job of the requester's."""
    from tests.support.play import PlayedJob

    count = iter(range(1_000_000))

    def make(
        version: bytes = exact,
        terms: Terms = terms(),  # noqa: B008 - frozen
        callback: Callback | None = None,
        input: bytes = tensors.EMPTY_PAYLOAD,  # noqa: A002 - the protocol's word
        nonce: int | None = None,
    ) -> PlayedJob:
        request = Request(
            requester=requester.address,
            nonce=next(count) if nonce is None else nonce,
            version_id=version,
            input_hash=ids.digest(input),
            terms=terms,
            callback=Callback.none() if callback is None else callback,
        )
        packed = (request.terms.pack(), request.callback.pack())
        protocol.queue.post(version, request.nonce, *packed, input, sender=requester)
        rules = Rules.unpack(protocol.queue.rulesOf(version))
        return PlayedJob(protocol, requester, request, rules, input)

    return make
