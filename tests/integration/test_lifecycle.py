"""Jobs from post to the last wei: every way one can end, and what each party has then."""

import pytest

from assay import ids
from assay.jobs import Status
from assay.terms import Callback
from tests.conftest import STAKE
from tests.support.payloads import floats
from tests.support.protocol import create
from tests.support.refusals import refused

ANSWER = floats(0.91, 0.07, 0.02)
LIE = floats(0.02, 0.07, 0.91)
OTHER_LIE = floats(0.07, 0.91, 0.02)
FEE = 100
BOND = 1_000
ESCROW = FEE * (3 + 7 + 15)
"""Units for three rounds of 3, 7 and 15 seats."""


@pytest.fixture
def unaccounted(protocol, trio, requester, publisher, anyone):
    """Wei in the vault that belong to nobody: what is in jobs."""
    return lambda: protocol.unaccounted(trio, requester, publisher, anyone)


# --- settled ---


def test_settle__all_agree__decided_by_the_second_reveal(post, trio):
    job = post()
    job.draw()
    first, second, third = [job.commit(worker, ANSWER) for worker in trio]
    assert job.view.status is Status.REVEALING

    job.reveal(first)
    assert job.view.status is Status.REVEALING
    job.reveal_known(second)
    assert job.view.status is Status.DECIDED
    job.reveal_known(third)

    assert (job.view.leading, job.view.revealed) == (3, 3)
    assert job.view.mark == ids.cut(ids.digest(ANSWER))


def test_settle__all_agree__everybody_has_its_share(
    post, protocol, trio, requester, publisher, anyone, unaccounted
):
    parties = [*(worker.account for worker in trio), requester, publisher, protocol.queue.address]
    before = [protocol.credit(account) for account in parties]
    job = post()
    assert unaccounted() == ESCROW * protocol.unit

    for vote in job.settle(ANSWER, *trio):
        job.claim(vote, vote.revealed(), sender=anyone)
    job.close(sender=anyone)

    fee = FEE * protocol.unit
    royalty, treasury = fee * 500 // 10_000, fee * 250 // 10_000
    gained = [
        protocol.credit(account) - held for account, held in zip(parties, before, strict=True)
    ]
    assert gained == [*[fee - royalty - treasury] * 3, -3 * fee, 3 * royalty, 3 * treasury]
    assert [protocol.free_stake(worker) for worker in trio] == [STAKE] * 3
    assert unaccounted() == 0


def test_settle__one_lies__its_bond_is_burned_and_banked(post, protocol, trio, anyone, unaccounted):
    *honest, liar = trio
    job = post()
    job.draw()
    votes = [job.commit(worker, ANSWER) for worker in honest]
    lie = job.commit(liar, LIE)
    job.reveal(lie)
    job.reveal(votes[0])
    job.reveal_known(votes[1])
    treasury = protocol.credit(protocol.queue.address)

    job.close(sender=anyone)
    for vote in (*votes, lie):
        job.claim(vote, vote.revealed(), sender=anyone)

    forfeited = BOND * protocol.unit
    earned = 2 * FEE * protocol.unit * 250 // 10_000
    assert protocol.vault.burned() == forfeited * 2_000 // 10_000
    assert protocol.credit(protocol.queue.address) == (
        treasury + forfeited * 8_000 // 10_000 + earned
    )
    assert [protocol.free_stake(worker) for worker in trio] == [STAKE, STAKE, STAKE - BOND]
    assert unaccounted() == 0


def test_settle__one_stays_silent__its_bond_is_lost(post, protocol, trio, anyone, unaccounted):
    *honest, silent = trio
    job = post()
    job.draw()
    votes = [job.commit(worker, ANSWER) for worker in honest]
    unrevealed = job.commit(silent, ANSWER)
    job.reveal(votes[0])
    job.reveal_known(votes[1])
    with refused("RevealPhaseOpen"):
        job.close(sender=anyone)

    job.end_reveals()
    job.close(sender=anyone)
    for vote in votes:
        job.claim(vote, vote.revealed(), sender=anyone)
    job.claim(unrevealed, unrevealed.unrevealed(), sender=anyone)

    assert protocol.free_stake(silent) == STAKE - BOND
    assert unaccounted() == 0


def test_settle__two_of_three_came__reveals_begin_when_the_commit_phase_ends(post, trio):
    job = post()
    job.draw()
    first, second = [job.commit(worker, ANSWER) for worker in trio[:2]]
    with refused("CommitPhaseOpen"):
        job.reveal(first)

    job.end_commits()
    job.reveal(first)
    job.reveal_known(second)

    assert job.view.status is Status.DECIDED


def test_settle__within_the_tolerance__supporters_are_right(
    post, tolerance, protocol, trio, anyone, unaccounted
):
    answer, near, far = floats(1.0, 2.0), floats(1.1, 1.9), floats(1.3, 2.0)
    job = post(version=tolerance)
    job.draw()
    reference, supporter, outlier = [
        job.commit(worker, result) for worker, result in zip(trio, (answer, near, far), strict=True)
    ]
    job.reveal(reference)
    job.reveal_near(supporter, answer)
    assert job.view.status is Status.DECIDED
    with refused("NotClose"):
        job.reveal_near(outlier, answer)
    job.reveal(outlier)

    # Within three tolerances of the answer: not behind it, and not wrong.
    settlement = protocol.settlement
    settlement.vindicate(
        job.key.as_tuple(), outlier.worker.account, outlier.revealed(), far, answer, sender=anyone
    )
    with refused("RevealPhaseOpen"):
        job.close(sender=anyone)
    job.end_reveals(phases=2)  # one to reveal in, one to vindicate in
    job.close(sender=anyone)
    job.claim(reference, reference.revealed(), sender=anyone)
    job.claim(supporter, supporter.revealed(answer), sender=anyone)
    job.claim(outlier, outlier.revealed(), sender=anyone)

    assert [protocol.free_stake(worker) for worker in trio] == [STAKE] * 3
    assert unaccounted() == 0


# --- further rounds ---


def test_advance__too_few_came__redrawn_at_the_same_size(post, protocol, trio, anyone, unaccounted):
    job = post()
    job.draw()
    lonely = job.commit(trio[0], ANSWER)
    with refused("CommitPhaseOpen"):
        job.advance(sender=anyone)
    job.end_commits()
    job.advance(sender=anyone)

    view = job.view
    assert (view.status, view.round, view.voids, view.grown) == (Status.COMMITTING, 1, 1, 0)
    job.claim(lonely, lonely.unrevealed(), sender=anyone)
    assert protocol.free_stake(trio[0]) == STAKE
    for vote in job.settle(ANSWER, *trio):
        job.claim(vote, vote.revealed(), sender=anyone)
    job.close(sender=anyone)
    assert unaccounted() == 0


def test_advance__three_answers__a_larger_round_judges_both(
    post, protocol, trio, anyone, unaccounted
):
    job = post()
    job.draw()
    earlier = [
        job.commit(worker, result)
        for worker, result in zip(trio, (ANSWER, LIE, OTHER_LIE), strict=True)
    ]
    for vote in earlier:
        job.reveal(vote)
    job.advance(sender=anyone)
    assert job.view.grown == 1

    job.draw()
    later = [job.commit(worker, ANSWER, seats=2) for worker in trio]
    job.end_commits()
    job.reveal(later[0])
    job.reveal_known(later[1])
    assert job.view.status is Status.REVEALING  # 4 of 7 seats, where 5 decide
    job.reveal_known(later[2])
    assert job.view.status is Status.DECIDED

    job.close(sender=anyone)
    for vote in (*earlier, *later):
        job.claim(vote, vote.revealed(), sender=anyone)
    assert [protocol.free_stake(worker) for worker in trio] == [STAKE, STAKE - BOND, STAKE - BOND]
    assert unaccounted() == 0


def test_advance__last_round_undecided__unresolved_and_only_silence_pays(
    post, protocol, terms, trio, requester, anyone, unaccounted
):
    credit = protocol.credit(requester)
    job = post(terms=terms(rounds=1))
    job.draw()
    votes = [
        job.commit(worker, result) for worker, result in zip(trio, (ANSWER, LIE, LIE), strict=True)
    ]
    job.reveal(votes[0])
    job.reveal(votes[1])
    with refused("RevealPhaseOpen"):
        job.advance(sender=anyone)
    job.end_reveals()
    job.advance(sender=anyone)
    assert job.view.status is Status.UNRESOLVED

    job.close(sender=anyone)
    job.claim(votes[0], votes[0].revealed(), sender=anyone)
    job.claim(votes[1], votes[1].revealed(), sender=anyone)
    job.claim(votes[2], votes[2].unrevealed(), sender=anyone)

    assert protocol.credit(requester) == credit
    assert [protocol.free_stake(worker) for worker in trio] == [STAKE, STAKE, STAKE - BOND]
    assert unaccounted() == 0


# --- ended without an answer ---


def test_cancel__before_the_seed_is_known__escrow_returns(post, protocol, requester):
    credit = protocol.credit(requester)
    job = post()
    job.cancel()

    assert job.view.status is Status.REFUNDED
    assert protocol.credit(requester) == credit


def test_cancel__after_the_seed_block__too_late(post):
    job = post()
    job.draw()
    with refused("CancelTooLate", jobId=job.job_id):
        job.cancel()


def test_cancel__somebody_else__refused(post, anyone, requester):
    job = post()
    with refused("NotRequester", expected=requester.address, received=anyone.address):
        job.cancel(sender=anyone)


def test_expire__nobody_comes__everything_returns(post, protocol, requester, trio, anyone):
    credit = protocol.credit(requester)
    job = post()
    for _ in range(job.request.terms.rounds):
        job.end_commits()
        job.advance(sender=anyone)
    assert job.view.status is Status.REFUNDED

    job.close(sender=anyone)

    assert protocol.credit(requester) == credit


# --- delivery ---


@pytest.fixture
def delivered(post, protocol, anyone):
    """`delivered(name)`: a mock consumer, and a job that names it with a delivery fee of 50."""

    def make(name):
        consumer = create(name, sender=anyone)
        callback = Callback(target=consumer.address, gas_stipend=200_000, delivery_fee=50)
        return consumer, post(callback=callback)

    return make


def test_deliver__settled__the_consumer_is_told_and_the_deliverer_paid(
    delivered, protocol, trio, anyone, exact
):
    consumer, job = delivered("RecordingCallback")
    with refused("NotSettledResult"):
        job.deliver(ANSWER, sender=anyone)
    job.settle(ANSWER, *trio)
    credit = protocol.credit(anyone)
    job.deliver(ANSWER, sender=anyone)

    told = (consumer.sender(), consumer.jobId(), consumer.versionId(), consumer.result())
    assert told == (protocol.queue.address, job.job_id, exact, ANSWER)
    assert protocol.credit(anyone) == credit + 50 * protocol.unit
    assert job.view.delivered
    with refused("DeliveredAlready"):
        job.deliver(ANSWER, sender=anyone)


def test_deliver__another_result__refused(delivered, trio, anyone):
    _, job = delivered("RecordingCallback")
    job.settle(ANSWER, *trio)
    with refused("NotSettledResult", digest=ids.digest(LIE)):
        job.deliver(LIE, sender=anyone)


def test_deliver__consumer_refuses__recorded_and_repeated_unpaid(delivered, protocol, trio, anyone):
    consumer, job = delivered("RevertingCallback")
    job.settle(ANSWER, *trio)
    receipt = job.deliver(ANSWER, sender=anyone)
    assert len(receipt.decode_logs(protocol.queue.DeliveryFailed)) == 1
    assert not job.view.delivered

    consumer.setAccepts(True, sender=anyone)
    credit = protocol.credit(anyone)
    job.deliver(ANSWER, sender=anyone)

    assert consumer.calls() == 1
    assert job.view.delivered
    assert protocol.credit(anyone) == credit


def test_deliver__no_callback__refused(post, trio, anyone):
    job = post()
    job.settle(ANSWER, *trio)
    with refused("NoCallback", jobId=job.job_id):
        job.deliver(ANSWER, sender=anyone)


# --- batches ---


def test_batch__one_item_fails__the_others_stand(post, protocol, trio, anyone):
    settled, open_ = post(), post()
    settled.settle(ANSWER, *trio)
    closes = [
        protocol.settlement.close.encode_input(job.request.as_tuple(), job.rules.pack())
        for job in (open_, settled)
    ]
    receipt = protocol.settlement.batch(closes, sender=anyone)

    [failed] = receipt.decode_logs(protocol.settlement.BatchItemFailed)
    assert failed.index == 0
    assert settled.view.closed
    assert not open_.view.closed
