"""From event to event: the state must be what the contracts would say."""

from __future__ import annotations

from typing import Any

from assay import events, ids
from assay.events import Event
from assay.jobs import PROPOSAL, Status
from tests.unit.worker_events import (
    JOB,
    committed,
    place,
    posted,
    revealed,
    simple,
    support_added,
    supported,
)
from tests.unit.worker_jobs import (
    ANN,
    BOB,
    ME,
    OPENED,
    RIGHT,
    SEED_BLOCK,
    WRONG,
    job,
    optimistic,
)
from worker.state import JobState
from worker.transitions import FOLLOWED, apply, opened

PAYLOAD = b"\x00"


def published(payload: bytes = PAYLOAD, block: int = 13) -> Event:
    return events.ResultPublished(at=place(block), job_id=JOB.job_id, result=payload)


def follow(*happened: tuple[Event, int], of: Any = JOB) -> JobState:
    """The job after these events, each with the time of its block."""
    state = opened(posted(of), OPENED)
    for event, timestamp in happened:
        state = apply(state, event, timestamp)
    return state


FILLED = [(committed(worker), OPENED + 2) for worker in (ME, ANN, BOB)]


def test_opened__as_posted__round_zero() -> None:
    view = follow().view
    assert view.status is Status.COMMITTING
    assert (view.time, view.seed_block) == (OPENED, SEED_BLOCK)


def test_committed__committee_full__reveals_begin_then() -> None:
    assert follow(*FILLED[:2]).status is Status.COMMITTING
    view = follow(*FILLED[:2], (committed(BOB), OPENED + 9)).view
    assert (view.status, view.time, view.committed) == (Status.REVEALING, OPENED + 9, 3)


def test_committed__several_seats__fill_faster() -> None:
    assert follow((committed(ME, seats=3), OPENED + 2)).status is Status.REVEALING


def test_revealed__first__leads() -> None:
    view = follow(*FILLED, (published(), OPENED + 3), (revealed(), OPENED + 3)).view
    assert (view.revealed, view.leading, view.mark) == (1, 1, ids.cut(RIGHT))


def test_revealed__round_not_full__began_when_the_commit_phase_ended() -> None:
    view = follow(*FILLED[:2], (revealed(), OPENED + 35)).view
    assert (view.status, view.time) == (Status.REVEALING, OPENED + 30)


def test_supported__with_the_reveal__in_place_of_the_own_result() -> None:
    state = follow(
        *FILLED,
        (revealed(ANN, WRONG), OPENED + 3),
        (revealed(ME, RIGHT), OPENED + 4),
        (supported(ME, WRONG), OPENED + 4),
    )
    assert state.references == {WRONG: 2}
    assert state.votes[0, ME].opening == (RIGHT, WRONG)


def test_support_added__later__beside_the_own_result() -> None:
    state = follow(
        *FILLED,
        (revealed(ANN, WRONG), OPENED + 3),
        (revealed(ME, RIGHT), OPENED + 4),
        (support_added(ME, WRONG), OPENED + 5),
    )
    assert state.references == {WRONG: 2, RIGHT: 1}
    assert state.votes[0, ME].opening == (RIGHT, bytes(32))


def test_support_added__right_after_another_reveal__the_vote_opens_as_it_was_made() -> None:
    """In the contract: tests/forge/attacks/MisreadSupport.t.sol."""
    state = follow(
        *FILLED,
        (revealed(ME, RIGHT), OPENED + 3),
        (revealed(ANN, WRONG), OPENED + 4),
        (support_added(ME, WRONG), OPENED + 4),
    )
    assert state.votes[0, ME].opening == (RIGHT, bytes(32))
    assert state.references == {RIGHT: 1, WRONG: 2}


def test_decided__digest_of_the_answer__known_whole() -> None:
    state = follow(
        *FILLED,
        (published(), OPENED + 3),
        (revealed(ME), OPENED + 3),
        (revealed(ANN), OPENED + 4),
        (simple(events.Decided, digest=ids.cut(RIGHT)), OPENED + 4),
    )
    assert (state.status, state.answer, state.view.leading) == (Status.DECIDED, RIGHT, 2)


def test_decided__before_the_reveals_of_the_same_call__they_count_and_change_nothing_else() -> None:
    """`RevealedMany` comes last; and the first reveal may find that the time to commit is over."""
    two = FILLED[:2]
    state = follow(
        *two,
        (published(), OPENED + 35),
        (simple(events.Decided, digest=ids.cut(RIGHT)), OPENED + 35),
        (revealed(ME), OPENED + 35),
    )
    view = state.view
    assert (view.status, view.time, state.answer) == (Status.DECIDED, OPENED + 30, RIGHT)
    assert (view.revealed, view.leading) == (1, 1)


def test_decided__later_reveal__still_counts() -> None:
    state = follow(
        *FILLED,
        (published(), OPENED + 3),
        (revealed(ME), OPENED + 3),
        (revealed(ANN), OPENED + 4),
        (simple(events.Decided, digest=ids.cut(RIGHT)), OPENED + 4),
        (revealed(BOB), OPENED + 5),
    )
    assert (state.view.leading, state.view.revealed) == (3, 3)


def test_round_opened__after_a_void__same_size_and_clean() -> None:
    state = follow(
        FILLED[0],
        (simple(events.RoundVoided, round=0, committed=1), OPENED + 31),
        (simple(events.RoundOpened, round=1, seed_block=44), OPENED + 31),
    )
    assert (state.round, state.voids, state.grown, state.committee) == (1, 1, 0, 3)
    assert (state.opened_at, state.seed_block, state.committed) == (OPENED + 31, 44, 0)
    assert state.is_void(0)
    assert (0, ME) in state.votes


def test_round_opened__after_one_undecided__grown() -> None:
    state = follow(
        *FILLED,
        (revealed(ME), OPENED + 3),
        (simple(events.RoundUndecided, round=0), OPENED + 43),
        (simple(events.RoundOpened, round=1, seed_block=44), OPENED + 43),
    )
    assert (state.grown, state.committee, state.references) == (1, 7, {})


def test_ended__unresolved_or_refunded__said() -> None:
    assert follow((simple(events.JobUnresolved), 1)).status is Status.UNRESOLVED
    assert follow((simple(events.JobRefunded), 1)).status is Status.REFUNDED


def test_cancelled__refunded__closed_too() -> None:
    state = follow((simple(events.JobRefunded), 1), (simple(events.JobCancelled), 1))
    assert (state.status, state.closed) == (Status.REFUNDED, True)


def test_claimed__only_vote__known_to_be_taken_back() -> None:
    state = follow(*FILLED, (simple(events.Claimed, worker=ME, amount=1), OPENED + 9))
    assert state.votes[0, ME].claimed
    assert not state.votes[0, ANN].claimed


def test_claimed__one_of_two_votes__unknown_until_both_are() -> None:
    """The event names no round."""
    claimed = simple(events.Claimed, worker=ME, amount=1)
    state = follow(
        FILLED[0],
        (simple(events.RoundVoided, round=0, committed=1), OPENED + 31),
        (simple(events.RoundOpened, round=1, seed_block=44), OPENED + 31),
        (committed(ME, round_=1), OPENED + 33),
        (claimed, OPENED + 34),
    )
    assert [state.votes[r, ME].claimed for r in (0, 1)] == [False, False]
    state = apply(state, claimed, OPENED + 35)
    assert [state.votes[r, ME].claimed for r in (0, 1)] == [True, True]


def test_vindicated__seats__counted_and_marked() -> None:
    state = follow(*FILLED, (simple(events.Vindicated, worker=ME, round=0, seats=1), OPENED + 9))
    assert state.vindicated == 1
    assert state.votes[0, ME].vindicated


def test_delivery__failed_then_done__both_known() -> None:
    call: dict[str, Any] = {"target": ME, "deliverer": ANN}
    state = follow((simple(events.DeliveryFailed, **call), 1))
    assert (state.delivered, state.delivery_tried) == (False, True)
    assert apply(state, simple(events.Delivered, **call), 2).delivered


OPTIMISTIC = optimistic()


def proposed(worker: Any = ME, step: int = 0) -> Event:
    place_ = place(13)
    return events.Proposed(
        at=place_, job_id=OPTIMISTIC.job_id, seat=step << 160 | int(worker, 16), result=PAYLOAD
    )


def appealed(round_: int = 0) -> list[tuple[Event, int]]:
    gone = {"appellant": ANN, "round": round_, "deposit": 9}
    reopened = {"round": round_ + 1, "seed_block": 55}
    return [
        (simple(events.Appealed, **gone), OPENED + 20),
        (simple(events.RoundOpened, **reopened), OPENED + 20),
    ]


def test_proposed__open_round__an_answer_that_is_not_final() -> None:
    state = follow((proposed(step=9), OPENED + 5), of=OPTIMISTIC)
    view = state.view
    assert (view.status, view.time, view.committed, view.revealed) == (
        Status.PROPOSED, OPENED + 5, 1, 1,
    )  # fmt: skip
    assert (view.leading, view.steps, view.mark) == (1, 9, ids.proposal_mark(ME, RIGHT))
    assert (state.answer, state.proposer, state.final_at) == (RIGHT, ME, OPENED + 55)
    assert [state.is_final(OPENED + after) for after in (54, 55)] == [False, True]
    assert state.votes[0, ME].place(0) == PROPOSAL


def test_appealed__proposal__a_committee_and_a_vote_outside_the_ring() -> None:
    state = follow((proposed(), OPENED + 5), *appealed(), of=OPTIMISTIC)
    view = state.view
    assert (view.status, view.round, view.appeals, view.time) == (
        Status.COMMITTING, 1, 0b1, OPENED + 20,
    )  # fmt: skip
    assert (view.mark, view.leading, view.committed) == (bytes(20), 0, 0)
    assert (state.committee, state.is_open, state.answer, state.proposer) == (3, False, None, None)
    assert state.appellants == {0: ANN}
    assert state.votes[0, ME].opening == (RIGHT, bytes(32))


def test_appealed__then_short__time_of_the_opening_stays() -> None:
    state = follow(
        (proposed(), OPENED + 5),
        *appealed(),
        (simple(events.RoundVoided, round=1, committed=0), OPENED + 60),
        (simple(events.JobUnresolved), OPENED + 60),
        of=OPTIMISTIC,
    )
    assert (state.view.status, state.view.time) == (Status.UNRESOLVED, OPENED + 20)


def test_claimed__proposal__shown_in_the_view() -> None:
    claimed = simple(events.Claimed, worker=ME, amount=1)
    state = follow((proposed(), OPENED + 5), (claimed, OPENED + 60), of=OPTIMISTIC)
    assert state.view.claimed
    assert state.votes[0, ME].claimed


def test_committed__price_in_a_range__step_of_its_time() -> None:
    of = job(seat_fee_cap=200)
    state = follow((committed(ME, seats=2), OPENED + 20), of=of)  # 30 seconds: a third up the ramp
    assert state.votes[0, ME].step == 85
    state = apply(state, revealed(), OPENED + 31)
    assert state.view.steps == 2 * 85


def test_changed_at__every_event__moves_it() -> None:
    assert follow((simple(events.RoundUndecided, round=0), OPENED + 77)).changed_at == OPENED + 77


def test_followed__names_a_job_first__in_every_log() -> None:
    """The intake reads the id from the first indexed value, whatever the event."""
    from assay import abi

    by_name = {
        entry["name"]: entry
        for contract in ("JobQueue", "Settlement")
        for entry in abi.load(contract)
        if entry["type"] == "event"
    }
    for kind in FOLLOWED:
        indexed = [item for item in by_name[kind.__name__]["inputs"] if item["indexed"]]
        assert indexed[0]["name"] == "jobId"
