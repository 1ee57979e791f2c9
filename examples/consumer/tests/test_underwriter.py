"""A contract that asks for itself, and how its questions end."""

from collections.abc import Callable

import pytest
from ape import chain, reverts
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from ape.managers.accounts import TestAccountManager
from ape.managers.project import ProjectManager
from eth_utils import keccak

from .network import REFUNDED, UNIT, UNRESOLVED, Job, Network

ONE = 10**18
VALID = 7_200
HIGHEST = 1_000 * ONE
STIPEND = 80_000
ESCROW = 350
"""Units: three seats and the delivery."""
FUNDS = 10 * ESCROW
FEATURES = [ONE, -2 * ONE, ONE // 2]
PENDING, DONE = 1, 2
Row = Callable[..., bytes]
Ask = Callable[[], Job]


@pytest.fixture(scope="module")
def owner(accounts: TestAccountManager) -> AccountAPI:
    return accounts[6]


@pytest.fixture(scope="module")
def borrower(accounts: TestAccountManager) -> AccountAPI:
    return accounts[7]


@pytest.fixture(scope="module")
def underwriter(
    protocol: Network,
    project: ProjectManager,
    owner: AccountAPI,
    offer: Callable[..., tuple[int, ...]],
) -> ContractInstance:
    """With tokens, and no credit yet."""
    made = owner.deploy(
        project.Underwriter,
        protocol.vault,
        protocol.queue,
        protocol.version,
        offer(),
        STIPEND,
        50,
        VALID,
        HIGHEST,
    )
    protocol.token.mint(made, FUNDS * UNIT, sender=owner)
    return made


@pytest.fixture
def ask(
    protocol: Network, underwriter: ContractInstance, owner: AccountAPI, borrower: AccountAPI
) -> Ask:
    return lambda: protocol.posted(underwriter.assess(borrower, FEATURES, sender=owner))


def progress(underwriter: ContractInstance, job: Job) -> int:
    return int(underwriter.progress(job.job_id))


# --- questions ---


def test_assess__tokens_but_no_credit__funds_itself(
    protocol: Network, underwriter: ContractInstance, ask: Ask, row: Row
) -> None:
    job = ask()
    assert progress(underwriter, job) == PENDING
    assert job.request[3] == keccak(row(1.0, -2.0, 0.5))
    assert protocol.credit(underwriter.address) == 0
    assert protocol.token.balanceOf(underwriter) == (FUNDS - ESCROW) * UNIT


def test_assess__stranger__refused(underwriter: ContractInstance, borrower: AccountAPI) -> None:
    with reverts(underwriter.OwnableUnauthorizedAccount):
        underwriter.assess(borrower, FEATURES, sender=borrower)


def test_assess__no_funds__refused(
    protocol: Network, underwriter: ContractInstance, owner: AccountAPI, borrower: AccountAPI
) -> None:
    underwriter.withdraw(owner, sender=owner)
    with reverts(protocol.token.ERC20InsufficientBalance):
        underwriter.assess(borrower, FEATURES, sender=owner)


# --- answers ---


def test_on_inference__answer__limit_for_a_while(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    job = ask()
    until = underwriter.questions(job.job_id).until
    assert protocol.answer(job, row(512.5)).decode_logs(protocol.queue.Delivered)
    assert progress(underwriter, job) == DONE
    assert underwriter.limitOf(borrower) == 512 * ONE + ONE // 2
    chain.mine(timestamp=until - 1)
    assert underwriter.limitOf(borrower) == 512 * ONE + ONE // 2
    chain.mine(timestamp=until)
    assert underwriter.limitOf(borrower) == 0


def test_on_inference__delivered_late__no_longer_valid_for_that(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    """Who delivers chooses when: it must not lengthen what the answer is good for."""
    job = ask()
    protocol.vote(job, *[row(7.0)] * len(protocol.workers))
    chain.mine(timestamp=underwriter.questions(job.job_id).until - 100)
    protocol.deliver(job, row(7.0))
    assert underwriter.limitOf(borrower) == 7 * ONE
    chain.mine(deltatime=100)
    assert underwriter.limitOf(borrower) == 0


@pytest.mark.parametrize(("found", "limit"), [(5_000.0, HIGHEST), (-1.0, 0)])
def test_on_inference__beyond_bounds__bounded(
    protocol: Network,
    underwriter: ContractInstance,
    ask: Ask,
    borrower: AccountAPI,
    row: Row,
    found: float,
    limit: int,
) -> None:
    protocol.answer(ask(), row(found))
    assert underwriter.limitOf(borrower) == limit


@pytest.mark.parametrize("values", [(float("nan"),), (1.0, 2.0), ()])
def test_on_inference__unreadable__done_and_earlier_limit_goes_on(
    protocol: Network,
    underwriter: ContractInstance,
    ask: Ask,
    borrower: AccountAPI,
    row: Row,
    values: tuple[float, ...],
) -> None:
    """It says nothing about the borrower, unlike an input that was refused."""
    protocol.answer(ask(), row(7.0))
    job = ask()
    receipt = protocol.answer(job, row(*values))
    [event] = receipt.decode_logs(underwriter.Unreadable)
    assert (event.borrower, len(event.reason) > 4) == (borrower, True)
    assert progress(underwriter, job) == DONE
    assert underwriter.limitOf(borrower) == 7 * ONE


def test_on_inference__refused_input__limit_gone(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    protocol.answer(ask(), row(7.0))
    job = ask()
    assert protocol.answer(job, b"\0").decode_logs(underwriter.Refused)
    assert progress(underwriter, job) == DONE
    assert underwriter.limitOf(borrower) == 0


def test_on_inference__older_question__ignored(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    older, newer = ask(), ask()
    protocol.answer(newer, row(7.0))
    protocol.answer(older, row(9.0))
    assert progress(underwriter, older) == DONE
    assert underwriter.limitOf(borrower) == 7 * ONE


def test_on_inference__not_the_queue__refused(
    underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    job = ask()
    with reverts(underwriter.NotQueue):
        underwriter.onInference(job.job_id, bytes(32), row(7.0), sender=borrower)


def test_on_inference__job_of_a_hostile_poster__refused(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI, row: Row
) -> None:
    """Anyone can have the queue call anybody, with a true answer to a question of their own."""
    own = ask()
    protocol.fund(borrower.address, 1_000, sender=borrower)
    terms, callback = own.request[4:]
    receipt = protocol.queue.post(
        protocol.version, 1, terms, callback, row(9.0, 9.0, 9.0), sender=borrower
    )
    hostile = protocol.posted(receipt)
    assert protocol.answer(hostile, row(999.0)).decode_logs(protocol.queue.DeliveryFailed)
    assert progress(underwriter, hostile) == 0
    assert underwriter.limitOf(borrower) == 0


# --- no answer ---


def test_give_up__nobody_came__escrow_is_credit_again(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI
) -> None:
    job = ask()
    with reverts(underwriter.AnswerPossible):
        underwriter.giveUp(job.job_id, sender=borrower)
    protocol.stay_away(job)
    assert protocol.status(job) == REFUNDED
    end(protocol, underwriter, job, borrower)


def test_give_up__no_agreement__escrow_is_credit_again(
    protocol: Network, underwriter: ContractInstance, ask: Ask, borrower: AccountAPI
) -> None:
    job = ask()
    protocol.disagree(job)
    assert protocol.status(job) == UNRESOLVED
    end(protocol, underwriter, job, borrower)


def end(protocol: Network, underwriter: ContractInstance, job: Job, anyone: AccountAPI) -> None:
    protocol.close(job)
    underwriter.giveUp(job.job_id, sender=anyone)
    assert progress(underwriter, job) == DONE
    assert underwriter.limitOf(anyone) == 0
    assert protocol.credit(underwriter.address) == ESCROW


# --- money ---


def test_withdraw__owner__all_that_no_job_holds(
    protocol: Network, underwriter: ContractInstance, ask: Ask, owner: AccountAPI
) -> None:
    running = ask()
    underwriter.withdraw(owner, sender=owner)
    assert protocol.token.balanceOf(owner) == (FUNDS - ESCROW) * UNIT
    protocol.stay_away(running)
    protocol.close(running)
    underwriter.withdraw(owner, sender=owner)
    assert protocol.token.balanceOf(owner) == FUNDS * UNIT


def test_withdraw__stranger__refused(underwriter: ContractInstance, borrower: AccountAPI) -> None:
    with reverts(underwriter.OwnableUnauthorizedAccount):
        underwriter.withdraw(borrower, sender=borrower)
