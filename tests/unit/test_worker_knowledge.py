"""What a worker knows about an answer, and what it may still spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from eth_typing import ChecksumAddress

from assay import ids
from assay.addresses import address
from assay.tensors import encode
from assay.terms import Numerics
from assay.tolerance import Tolerance, payloads_close
from tests.unit.worker_jobs import ANN, ME, OPENED, PAYLOAD, RIGHT, WRONG, appealed, optimistic
from tests.unit.worker_jobs import proposed as proposal_of
from worker.chain import Header, WorkerAccount
from worker.draws import Draws
from worker.knowledge import Budget, Knowledge
from worker.results import Results
from worker.state import JobState
from worker.store import Abstained, Computed, Outcome

SIGNER = address(b"\x05" * 20)
FINAL = OPENED + 52


def head(timestamp: int = OPENED + 3) -> Header:
    return Header(20, bytes(32), bytes(32), timestamp, 0)


@dataclass
class Account:
    """A vault that counts how often it is asked."""

    units: int = 100
    asked: list[str] = field(default_factory=list)

    def worker_account(self, worker: ChecksumAddress, block: int) -> WorkerAccount:  # noqa: ARG002
        self.asked.append("stake")
        return WorkerAccount(SIGNER, active=True, free=self.units, weight=self.units)

    def credit(self, account: ChecksumAddress, block: int) -> int:  # noqa: ARG002
        assert account == SIGNER
        self.asked.append("credit")
        return self.units


class KnownResults:
    """Results of one job, without a store."""

    def __init__(self, own: Outcome | None, other: bytes = b"") -> None:
        self._own = own
        self._other = other

    def own(self, job_id: bytes) -> Outcome | None:  # noqa: ARG002
        return self._own

    def is_close(self, state: JobState, own: Computed, digest: bytes, factor: int) -> bool:
        assert digest == ids.digest(self._other)
        tolerance = Tolerance(state.job.rules.atol, state.job.rules.rtol)
        return payloads_close(own.payload, self._other, tolerance, factor)


class NoDraws:
    def draw(self, state: JobState, head: Header) -> None:  # noqa: ARG002
        return None


def knowing(own: Outcome | None, other: bytes = b"") -> Callable[[JobState, Budget], bool]:
    """Whether the worker finds that the answer differs from its own result."""
    results, draws = cast("Results", KnownResults(own, other)), cast("Draws", NoDraws())
    knowledge = Knowledge(ME, results, draws, lambda _: False)

    def differs(state: JobState, budget: Budget) -> bool:
        known = knowledge.of(state, budget, {})
        assert known.credit == (budget.credit if known.differs else 0)
        assert known.signer == SIGNER
        return known.differs

    return differs


def budget(vault: Account, timestamp: int = OPENED + 3) -> Budget:
    return Budget(vault, ME, SIGNER, head(timestamp), in_flight=0)


EXACT = proposal_of(ANN, WRONG)


@pytest.mark.parametrize(
    ("state", "own", "timestamp", "expected"),
    [
        (EXACT, Computed(PAYLOAD), OPENED + 3, True),
        (proposal_of(ANN, RIGHT), Computed(PAYLOAD), OPENED + 3, False),
        (EXACT, Computed(PAYLOAD), FINAL, False),
        (EXACT, None, OPENED + 3, False),
        (EXACT, Abstained("unstable"), OPENED + 3, False),
        (appealed(EXACT, ANN), Computed(PAYLOAD), OPENED + 13, False),
    ],
    ids=["another", "the same", "final", "not computed", "abstained", "appealed already"],
)
def test_differs__exact__by_the_digest_while_it_can_be_appealed(
    state: JobState, own: Outcome | None, timestamp: int, expected: bool
) -> None:
    vault = Account()
    assert knowing(own)(state, budget(vault, timestamp)) is expected
    assert vault.asked == (["credit"] if expected else [])  # nobody asks without a reason


def floats(value: float) -> bytes:
    return encode([np.array([value], np.float32)])


@pytest.mark.parametrize(
    ("other", "expected"), [(1.0, False), (1.5, False), (1.625, False), (1.75, True)]
)
def test_differs__tolerance__beyond_five_of_them(other: float, expected: bool) -> None:
    """atol is 0.125: what is within five of that may be upheld."""
    state = proposal_of(ANN, ids.digest(floats(other)), of=optimistic(Numerics.TOLERANCE))
    differs = knowing(Computed(floats(1.0)), floats(other))
    assert differs(state, budget(Account())) is expected


def test_budget__in_flight__stake_and_credit_apart() -> None:
    vault = Account(units=100)
    found = Budget(vault, ME, SIGNER, head(), in_flight=30, deposits_in_flight=45)
    assert (found.free, found.credit) == (70, 55)
    found.spend(20)
    found.deposit(50)
    assert (found.free, found.credit) == (50, 5)
    assert vault.asked == ["stake", "credit"]  # once each


def test_budget__more_in_flight_than_there_is__nothing_left() -> None:
    found = Budget(Account(units=10), ME, SIGNER, head(), in_flight=30, deposits_in_flight=45)
    assert (found.free, found.credit) == (0, 0)
