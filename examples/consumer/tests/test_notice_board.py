"""An author posts and enters; the board is told what workers found."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from ape import reverts
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractInstance
from ape.managers.accounts import TestAccountManager
from ape.managers.project import ProjectManager

from .network import REFUNDED, Job, Network, publish

STIPEND = 60_000
FEE = 50
"""The least that the board takes: gas, and units."""
ENTERED, SHOWN, REJECTED = 1, 2, 3
Row = Callable[..., bytes]
Offers = Callable[..., tuple[int, ...]]


@pytest.fixture(scope="module")
def author(protocol: Network, accounts: TestAccountManager) -> AccountAPI:
    protocol.fund(accounts[5].address, 1_000_000, sender=accounts[5])
    return accounts[5]


@pytest.fixture(scope="module")
def board(
    protocol: Network, project: ProjectManager, accounts: TestAccountManager, offer: Offers
) -> ContractInstance:
    terms = offer(rounds=3, appealWindow=60)
    return accounts[4].deploy(
        project.NoticeBoard, protocol.queue, protocol.version, terms, (STIPEND, FEE), 9 * 10**17
    )


@pytest.fixture(scope="module")
def notice(row: Row) -> bytes:
    return row(1.0, 2.0, 3.0)


@pytest.fixture
def post(
    protocol: Network, board: ContractInstance, author: AccountAPI, notice: bytes
) -> Callable[..., Job]:
    """`post(**changes)`: a job as the board wants it, but for the changes."""

    def make(
        nonce: int = 1,
        content: bytes = notice,
        terms: int | None = None,
        version: bytes = protocol.version,
        target: str = str(board.address),
        stipend: int = STIPEND,
        fee: int = FEE,
        sender: AccountAPI = author,
    ) -> Job:
        callback = int(target, 16) | stipend << 160 | fee << 192
        wanted = terms or board.TERMS()
        receipt = protocol.queue.post(version, nonce, wanted, callback, content, sender=sender)
        return protocol.posted(receipt)

    return make


@pytest.fixture
def entered(
    board: ContractInstance, author: AccountAPI, post: Callable[..., Job], notice: bytes
) -> Job:
    job = post()
    board.enter(job.request, job.rules, notice, sender=author)
    return job


def state(board: ContractInstance, job: Job) -> int:
    return int(board.notices(job.job_id).state)


def shown(board: ContractInstance, job: Job) -> bool:
    return bool(board.isShown(job.request[0], job.request[3]))


# --- answers ---


def test_on_inference__acceptable__shown(
    protocol: Network, board: ContractInstance, entered: Job, row: Row
) -> None:
    assert state(board, entered) == ENTERED
    answer = row(0.05, 0.95)
    proposer = protocol.propose(entered, answer)
    with reverts(protocol.settlement.NotSettledResult):  # it can still be appealed
        protocol.deliver(entered, answer, str(proposer))
    assert not shown(board, entered)
    protocol.pass_window(entered)
    receipt = protocol.deliver(entered, answer, str(proposer))
    assert receipt.decode_logs(protocol.queue.Delivered)
    assert state(board, entered) == SHOWN
    assert shown(board, entered)
    assert not board.isShown(entered.request[0], bytes(32))
    assert not board.isShown(protocol.workers[0], entered.request[3])


@pytest.mark.parametrize("likelihoods", [(0.95, 0.05), (0.2, 0.8)])
def test_on_inference__other_label_or_unlikely__rejected(
    protocol: Network,
    board: ContractInstance,
    entered: Job,
    row: Row,
    likelihoods: tuple[float, float],
) -> None:
    tell(protocol, entered, row(*likelihoods))
    assert state(board, entered) == REJECTED
    assert not shown(board, entered)


def test_on_inference__refused_input__rejected(
    protocol: Network, board: ContractInstance, entered: Job
) -> None:
    tell(protocol, entered, b"\0")
    assert state(board, entered) == REJECTED


def test_on_inference__unreadable__never_shown(
    protocol: Network, board: ContractInstance, entered: Job, row: Row
) -> None:
    receipt = tell(protocol, entered, row(0.1, 0.2, 0.7))
    assert receipt.decode_logs(protocol.queue.DeliveryFailed)
    assert state(board, entered) == ENTERED


def test_on_inference__twice__refused(protocol: Network, entered: Job, row: Row) -> None:
    answer = row(0.05, 0.95)
    tell(protocol, entered, answer)
    with reverts(protocol.settlement.DeliveredAlready):
        protocol.deliver(entered, answer, str(protocol.workers[0]))


def test_on_inference__not_the_queue__refused(
    board: ContractInstance, entered: Job, author: AccountAPI, row: Row
) -> None:
    with reverts(board.NotQueue):
        board.onInference(entered.job_id, bytes(32), row(0.05, 0.95), sender=author)


def test_on_inference__job_nobody_entered__refused_and_told_nothing(
    protocol: Network, board: ContractInstance, post: Callable[..., Job], row: Row
) -> None:
    job = post()
    receipt = tell(protocol, job, row(0.05, 0.95))
    assert receipt.decode_logs(protocol.queue.DeliveryFailed)
    assert state(board, job) == 0


def test_take_answer__delivery_failed__anyone_hands_it_over(
    protocol: Network,
    project: ProjectManager,
    post: Callable[..., Job],
    notice: bytes,
    row: Row,
    author: AccountAPI,
    offer: Offers,
) -> None:
    """The board asks for less gas than it takes."""
    terms = offer(rounds=3, appealWindow=60)
    least = (5_000, FEE)
    starved = author.deploy(
        project.NoticeBoard, protocol.queue, protocol.version, terms, least, 9 * 10**17
    )
    job = post(target=str(starved.address), stipend=5_000)
    starved.enter(job.request, job.rules, notice, sender=author)
    answer = row(0.05, 0.95)
    given = (job.request, job.rules, str(protocol.propose(job, answer)), answer)
    with reverts(starved.NotTheAnswer):  # it can still be appealed
        starved.takeAnswer(*given, sender=protocol.workers[1])
    protocol.pass_window(job)
    assert protocol.deliver(job, answer, given[2]).decode_logs(protocol.queue.DeliveryFailed)
    with reverts(starved.NotTheAnswer):
        starved.takeAnswer(*given[:3], row(0.95, 0.05), sender=protocol.workers[1])
    starved.takeAnswer(*given, sender=protocol.workers[1])
    assert shown(starved, job)
    with reverts(starved.NotEntered):
        starved.takeAnswer(*given, sender=protocol.workers[1])


def test_take_answer__job_nobody_entered__refused(
    protocol: Network, board: ContractInstance, post: Callable[..., Job], row: Row
) -> None:
    job = post()
    answer = row(0.05, 0.95)
    proposer = protocol.propose(job, answer)
    protocol.pass_window(job)
    with reverts(board.NotEntered):
        board.takeAnswer(job.request, job.rules, proposer, answer, sender=proposer)


def tell(protocol: Network, job: Job, answer: bytes) -> ReceiptAPI:
    """A worker answers, nobody appeals, the queue hands it over."""
    proposer = protocol.propose(job, answer)
    protocol.pass_window(job)
    return protocol.deliver(job, answer, str(proposer))


# --- hostile posters ---


def test_enter__job_of_somebody_else__refused(
    board: ContractInstance, post: Callable[..., Job], notice: bytes, protocol: Network
) -> None:
    job = post()
    with reverts(board.NotRequester):
        board.enter(job.request, job.rules, notice, sender=protocol.workers[0])


def test_enter__terms_of_the_posters_own__refused(
    board: ContractInstance, post: Callable[..., Job], notice: bytes, author: AccountAPI
) -> None:
    job = post(terms=board.TERMS() + (2 << 8))  # a committee of another size
    with reverts(board.WrongTerms):
        board.enter(job.request, job.rules, notice, sender=author)


def test_enter__model_of_the_posters_own__refused(
    protocol: Network,
    board: ContractInstance,
    post: Callable[..., Job],
    notice: bytes,
    author: AccountAPI,
) -> None:
    job = post(version=publish(protocol.registry, author, "hostile"))
    with reverts(board.WrongVersion):
        board.enter(job.request, job.rules, notice, sender=author)


def test_enter__other_target_small_stipend_or_fee__refused(
    board: ContractInstance, post: Callable[..., Job], notice: bytes, author: AccountAPI
) -> None:
    elsewhere = post(target=str(author.address))
    with reverts(board.WrongTarget):
        board.enter(elsewhere.request, elsewhere.rules, notice, sender=author)
    starved = post(nonce=2, stipend=STIPEND - 1)
    with reverts(board.StipendTooSmall):
        board.enter(starved.request, starved.rules, notice, sender=author)
    unpaid = post(nonce=3, fee=FEE - 1)
    with reverts(board.DeliveryFeeTooSmall):
        board.enter(unpaid.request, unpaid.rules, notice, sender=author)


def test_enter__other_input__refused(
    board: ContractInstance, post: Callable[..., Job], row: Row, author: AccountAPI
) -> None:
    job = post()
    with reverts(board.WrongInput):
        board.enter(job.request, job.rules, row(4.0), sender=author)


def test_enter__input_by_reference__refused(
    board: ContractInstance, post: Callable[..., Job], author: AccountAPI
) -> None:
    reference = b"\xff\x00\x01" + bytes(41) + b"https://author.example/notice"
    job = post(content=reference)
    with reverts(board.InputByReference):
        board.enter(job.request, job.rules, reference, sender=author)


def test_enter__job_that_does_not_exist__refused(
    board: ContractInstance, post: Callable[..., Job], notice: bytes, author: AccountAPI
) -> None:
    job = post()
    invented = replace(job, request=(job.request[0], 2, *job.request[2:]))
    with reverts(board.NotOpen):
        board.enter(invented.request, invented.rules, notice, sender=author)


def test_enter__answer_can_be_seen__refused(
    protocol: Network,
    board: ContractInstance,
    post: Callable[..., Job],
    notice: bytes,
    row: Row,
    author: AccountAPI,
) -> None:
    job = post()
    protocol.propose(job, row(0.05, 0.95))
    with reverts(board.NotOpen):
        board.enter(job.request, job.rules, notice, sender=author)


def test_enter__notice_again__refused(
    board: ContractInstance,
    post: Callable[..., Job],
    entered: Job,
    notice: bytes,
    author: AccountAPI,
) -> None:
    again = post(nonce=2)
    with reverts(board.EnteredAlready, error_inputs={"jobId": entered.job_id}):
        board.enter(again.request, again.rules, notice, sender=author)


def test_enter__notice_that_another_author_has_entered__entered_for_both(
    protocol: Network,
    board: ContractInstance,
    post: Callable[..., Job],
    notice: bytes,
    author: AccountAPI,
    accounts: TestAccountManager,
) -> None:
    """Nobody keeps a notice of others off the board by entering it first."""
    squatter = accounts[8]
    protocol.fund(squatter.address, 1_000_000, sender=squatter)
    first = post(sender=squatter)
    board.enter(first.request, first.rules, notice, sender=squatter)
    second = post()
    board.enter(second.request, second.rules, notice, sender=author)
    assert (state(board, first), state(board, second)) == (ENTERED, ENTERED)


# --- no answer ---


def test_clear__refunded__notice_can_be_entered_again(
    protocol: Network,
    board: ContractInstance,
    post: Callable[..., Job],
    entered: Job,
    notice: bytes,
    author: AccountAPI,
) -> None:
    with reverts(board.AnswerPossible):
        board.clear(entered.job_id, sender=protocol.workers[0])
    protocol.stay_away(entered)
    assert protocol.status(entered) == REFUNDED
    board.clear(entered.job_id, sender=protocol.workers[0])
    with reverts(board.NotEntered):
        board.clear(entered.job_id, sender=protocol.workers[0])
    again = post(nonce=2)
    board.enter(again.request, again.rules, notice, sender=author)
    assert state(board, again) == ENTERED
