"""What the contracts must refuse of requesters and workers, with nothing lost by it."""

from dataclasses import replace

import numpy as np
import pytest

from assay import ids
from assay.jobs import Stage, Status
from assay.jobs import Vote as VoteWord
from assay.terms import Callback
from scripts.deployment.contracts import create_contracts
from tests.conftest import CREDIT, STAKE
from tests.support.payloads import floats
from tests.support.protocol import contract, create
from tests.support.refusals import refused

ANSWER = floats(0.91, 0.07, 0.02)
LIE = floats(0.02, 0.07, 0.91)
NAN, INFINITY = np.float32("nan"), np.float32("inf")


@pytest.fixture
def unspent(protocol, requester):
    """The requester has as much credit afterwards as before."""
    before = protocol.credit(requester)
    yield
    assert protocol.credit(requester) == before


@pytest.fixture
def underway(post):
    """A job whose seats can be taken."""
    job = post()
    job.draw()
    return job


@pytest.fixture
def votes(underway, trio):
    """Three commitments to ANSWER."""
    return [underway.commit(worker, ANSWER) for worker in trio]


# --- versions ---


def test_post__unknown_version__refused(protocol, requester, terms, unspent):
    with refused("UnknownVersion", versionId=b"\x01" * 32):
        protocol.queue.post(b"\x01" * 32, 1, terms().pack(), 0, b"\x00", sender=requester)


@pytest.mark.usefixtures("unspent")
def test_post__deprecated_version__refused(post, protocol, publisher, exact):
    protocol.registry.deprecate(exact, sender=publisher)
    with refused("DeprecatedVersion", versionId=exact):
        post()


def test_post__posting_paused__refused_until_resumed(post, protocol):
    protocol.queue.pause(sender=protocol.owner)
    with refused("EnforcedPause"):
        post()

    protocol.queue.unpause(sender=protocol.owner)
    assert post().view.status is Status.COMMITTING


def test_publish__publishing_paused__refused(protocol, publish, accounts_for):
    protocol.registry.pause(sender=protocol.owner)
    [account] = accounts_for(1)
    with refused("EnforcedPause"):
        protocol.registry.createModel("model", sender=account)


def test_deprecate__job_under_way__it_settles(post, protocol, publisher, exact, trio, anyone):
    job = post()
    protocol.registry.deprecate(exact, sender=publisher)
    for vote in job.settle(ANSWER, *trio):
        job.claim(vote, vote.revealed(), sender=anyone)
    job.close(sender=anyone)
    assert job.view.closed


# --- terms ---


@pytest.mark.usefixtures("unspent")
@pytest.mark.parametrize(
    ("changes", "error", "values"),
    [
        ({"committee": 2}, "CommitteeOutOfBounds", {"least": 3, "most": 31, "received": 2}),
        ({"committee": 32}, "CommitteeOutOfBounds", {"least": 3, "most": 31, "received": 32}),
        ({"rounds": 0}, "RoundsOutOfBounds", {"least": 1, "received": 0}),
        ({"rounds": 6}, "RoundsOutOfBounds", {"most": 5, "received": 6}),
        ({"commit_seconds": 3}, "CommitPhaseOutOfBounds", {"shortest": 4, "received": 3}),
        ({"commit_seconds": 61}, "CommitPhaseOutOfBounds", {"longest": 60, "received": 61}),
        ({"reveal_seconds": 3}, "RevealPhaseOutOfBounds", {"shortest": 4, "received": 3}),
        ({"reveal_seconds": 604_801}, "RevealPhaseOutOfBounds", {"received": 604_801}),
        ({"seat_fee": 0}, "SeatFeeOutOfBounds", {"least": 1, "received": 0}),
        ({"bond": 499}, "BondOutOfBounds", {"least": 500, "received": 499}),
    ],
    ids=lambda value: "-".join(map(str, value.items())) if isinstance(value, dict) else None,
)
def test_post__terms_out_of_bounds__refused(post, terms, changes, error, values):
    with refused(error, **values):
        post(terms=terms(**changes))


def test_post__fee_range_appeals_or_mode_out_of_bounds__refused(post, terms):
    with refused("SeatFeeCapOutOfBounds", least=100, received=99):
        post(terms=terms(seat_fee_cap=99))
    with refused("AppealWindowOutOfBounds", shortest=4, received=3):
        post(terms=terms(appeal_window=3))
    with refused("AppealWindowOutOfBounds", longest=2_592_000, received=2_592_001):
        post(terms=terms(appeal_window=2_592_001))
    with refused("UnsupportedMode", received=2):
        post(terms=replace(terms(), mode=2))
    with refused("RoundsOutOfBounds", least=2, received=1):
        post(terms=replace(terms(rounds=1, appeal_window=4), mode=1))


def test_post__escrow_above_credit__refused(post, protocol, requester, terms, unspent):
    available = protocol.credit(requester)
    dear = terms(rounds=1, seat_fee=CREDIT, bond=CREDIT)
    with refused(
        "InsufficientCredit",
        account=requester.address,
        available=available,
        required=3 * CREDIT * protocol.unit,
    ):
        post(terms=dear)


def test_post__empty_input__refused(post):
    with refused("EmptyInput"):
        post(input=b"")


def test_post__callback_without_target_or_with_too_much_gas__refused(post, anyone):
    with refused("CallbackWithoutTarget"):
        post(callback=Callback(target="0x" + "00" * 20, gas_stipend=1))
    with refused("StipendOutOfBounds", most=5_000_000, received=5_000_001):
        post(callback=Callback(target=anyone.address, gas_stipend=5_000_001))


def test_post__same_request_twice__refused(post):
    job = post(nonce=77)
    with refused("JobExists", jobId=job.job_id):
        post(nonce=77)


def test_post__same_request_after_it_was_cancelled__refused(post):
    job = post(nonce=77)
    job.cancel()
    with refused("JobExists", jobId=job.job_id):
        post(nonce=77)


# --- the asset ---


def test_deposit__token_takes_a_fee__refused(parameters, accounts_for):
    from scripts.deploy import ApeSender

    [account] = accounts_for(1)
    token = create("FeeOnTransferToken", sender=account)
    asked = parameters.model_copy(update={"asset": str(token.address)})
    vault = contract("StakeVault", create_contracts(ApeSender(account), asked).vault)
    token.mint(account, 1_000, sender=account)
    token.approve(vault, 1_000, sender=account)
    with refused("WrongAmountReceived", expected=1_000, received=990):
        vault.deposit(account, 1_000, sender=account)
    assert token.balanceOf(account) == 1_000


# --- seats ---


def test_commit__before_the_seed_block__refused(post, trio):
    job = post()
    with refused("SeedPending", seedBlock=job.view.seed_block):
        job.commit(trio[0], ANSWER)


def test_commit__not_the_registered_signer__refused(underway, trio):
    vote = underway.vote(trio[0], ANSWER)
    with refused("NotSigner", worker=trio[0].address):
        underway.send_commit(vote, sender=trio[1].signer)


def test_commit__without_stake__refused(underway, make_worker):
    newcomer = make_worker()  # its stake counts from the next epoch on
    with refused("NotDrawn", worker=newcomer.address, entitled=0, requested=1):
        underway.commit(newcomer, ANSWER)


def test_commit__more_seats_than_drawn__refused(underway, trio):
    with refused("NotDrawn", worker=trio[0].address, requested=3):
        underway.commit(trio[0], ANSWER, seats=3)


def test_commit__twice_in_a_round__refused(underway, trio):
    vote = underway.commit(trio[0], ANSWER)
    with refused("SlotBusy", worker=trio[0].address, slot=vote.slot):
        underway.commit(trio[0], LIE)


def test_commit__after_the_commit_phase__refused(underway, trio):
    underway.end_commits()
    with refused("CommitPhaseOver"):
        underway.commit(trio[0], ANSWER)


def test_commit__another_jobs_terms__names_no_job(underway, terms, trio):
    forged = underway.under(terms=terms(bond=1_001))
    with refused("WrongStatus", jobId=forged.job_id, received=Status.NONE):
        forged.commit(trio[0], ANSWER)


# --- reveals ---


def test_reveal__while_commits_are_open__refused(underway, trio):
    vote = underway.commit(trio[0], ANSWER)
    with refused("CommitPhaseOpen"):
        underway.reveal(vote)


def test_reveal__without_a_commitment__refused(underway, trio):
    for worker in trio[:2]:
        underway.commit(worker, ANSWER)
    underway.end_commits()
    with refused("CommitmentMismatch", worker=trio[2].address):
        underway.reveal(underway.vote(trio[2], ANSWER))


def test_reveal__twice__refused(underway, votes):
    underway.reveal(votes[0])
    with refused("CommitmentMismatch", slot=votes[0].slot):
        underway.reveal(votes[0])


def test_reveal__late__refused(underway, votes):
    underway.end_reveals()
    with refused("RevealPhaseOver", end=underway.view.time + 30):
        underway.reveal(votes[0])


def test_reveal__another_salt__refused(underway, votes):
    with refused("CommitmentMismatch", worker=votes[0].worker.address):
        underway.reveal(votes[0].but(salt=b"\x52" * 32))


def test_reveal__another_result__refused(underway, votes):
    with refused("CommitmentMismatch"):
        underway.reveal(votes[0].but(result=LIE))


def test_reveal__anothers_vote_as_ones_own__refused(underway, votes, trio):
    copied = votes[0].but(worker=trio[1])
    with refused("CommitmentMismatch", worker=trio[1].address):
        underway.reveal(copied)


def test_reveal_known__nobody_published_it__refused(underway, votes):
    with refused("UnknownDigest", digest=ids.digest(ANSWER)):
        underway.reveal_known(votes[0])


def test_reveal__by_a_stranger__counts_for_the_worker(underway, votes, anyone, protocol):
    underway.reveal(votes[0], sender=anyone)
    word = protocol.settlement.vote(votes[0].worker.account, votes[0].slot)
    assert VoteWord.unpack(word).stage is Stage.REVEALED


# --- claims ---


def test_claim__before_the_end__skipped_and_nothing_moves(underway, votes, protocol, anyone):
    receipt = underway.claim(votes[0], votes[0].unrevealed(), sender=anyone)
    assert len(receipt.decode_logs(protocol.settlement.ClaimSkipped)) == 1
    assert protocol.free_stake(votes[0].worker) == STAKE - 1_000


def test_claim__twice__the_second_is_skipped(underway, votes, protocol, anyone):
    underway.reveal(votes[0])
    underway.reveal_known(votes[1])
    underway.claim(votes[0], votes[0].revealed(), sender=anyone)
    credit = protocol.credit(votes[0].worker.account)
    receipt = underway.claim(votes[0], votes[0].revealed(), sender=anyone)

    assert len(receipt.decode_logs(protocol.settlement.ClaimSkipped)) == 1
    assert protocol.credit(votes[0].worker.account) == credit
    assert protocol.free_stake(votes[0].worker) == STAKE


# --- numbers that are none ---


@pytest.mark.parametrize(
    ("reference", "other"),
    [
        (floats(NAN, 1.0), floats(1.0, 1.0)),
        (floats(1.0, 1.0), floats(NAN, 1.0)),
        (floats(INFINITY, 1.0), floats(np.finfo(np.float32).max, 1.0)),
        (floats(INFINITY, 1.0), floats(-INFINITY, 1.0)),
        (floats(INFINITY, 1.0), floats(NAN, 1.0)),
    ],
    ids=["nan-number", "number-nan", "infinity-largest", "infinity-minus", "infinity-nan"],
)
def test_reveal_near__nan_or_infinity_against_another__not_close(
    post, tolerance, trio, reference, other
):
    job = post(version=tolerance)
    job.draw()
    first, second, _ = [
        job.commit(worker, result)
        for worker, result in zip(trio, (reference, other, other), strict=True)
    ]
    job.reveal(first)
    with refused("NotClose", digest=ids.digest(other), referenceDigest=ids.digest(reference)):
        job.reveal_near(second, reference)
    job.reveal(second)  # as a reference of its own
    assert job.view.status is Status.REVEALING


@pytest.mark.parametrize("special", [NAN, INFINITY, -INFINITY], ids=str)
def test_reveal_near__same_nan_or_infinity__close(
    post, tolerance, trio, special, protocol, requester
):
    reference, near = floats(special, 1.0), floats(special, 1.1)
    job = post(version=tolerance)
    protocol.fund(requester, job.request.terms.seat_fees())
    job.draw()
    first, second, _ = [
        job.commit(worker, result)
        for worker, result in zip(trio, (reference, near, near), strict=True)
    ]
    job.reveal(first)
    job.reveal_near(second, reference)
    assert job.view.status is Status.DECIDED
