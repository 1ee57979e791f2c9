"""Where a round is, and who was right: the contracts' own conditions, for a job's state.

See contracts/settlement: Voting, Appeals, Lifecycle and Payout.
"""

from __future__ import annotations

from assay.jobs import Status
from worker.state import JobState, VoteState

# A seed is lost when nobody has used it within this many blocks (BlockhashEntropy).
_SEED_BLOCKS = 256

_VOTING = (Status.COMMITTING, Status.REVEALING)


def commit_end(state: JobState) -> int:
    """When the commit phase ends, if the round does not fill before."""
    return state.opened_at + state.job.request.terms.commit_seconds


def is_committing(state: JobState, now: int) -> bool:
    """Whether seats can be taken."""
    return state.status is Status.COMMITTING and now < commit_end(state)


def is_seed_lost(state: JobState, block: int) -> bool:
    """Whether nobody has used the seed, and nobody can in the block after `block`."""
    return not state.committed and block >= state.seed_block + _SEED_BLOCKS


def is_short(state: JobState) -> bool:
    """Whether too few seats are taken, so far, for the round to be decided."""
    return state.status is Status.COMMITTING and state.committed < state.quorum


def reveal_window(state: JobState) -> tuple[int, int]:
    """Begin and end of the reveal phase of a round that is not short."""
    begin = commit_end(state) if state.status is Status.COMMITTING else state.reveals_at
    return begin, begin + state.job.request.terms.reveal_seconds


def is_revealing(state: JobState, now: int) -> bool:
    """Whether reveals count. They do after the decision too, until the phase ends."""
    if state.status not in (*_VOTING, Status.DECIDED):
        return False
    if is_short(state) or is_committing(state, now):
        return False
    return now < reveal_window(state)[1]


def advance_due(state: JobState, block: int) -> int | None:
    """When a round without an answer may be ended; None for a job that has an answer or an end."""
    if state.status not in _VOTING:
        return None
    if is_short(state):
        return state.changed_at if is_seed_lost(state, block) else commit_end(state)
    if state.exact and state.status is Status.REVEALING and state.revealed == state.committed:
        return state.changed_at  # no reveal is left to decide it
    return reveal_window(state)[1]


def appeal_window(state: JobState) -> tuple[int, int] | None:
    """From when until when the answer can be appealed; None if there is nothing to appeal."""
    end = state.final_at
    if not end:  # no answer, or one that was final at once
        return None
    begin = state.changed_at
    if state.status is Status.DECIDED and state.revealed != state.committed:
        begin = max(begin, reveal_window(state)[1])
    return begin, end


def settled_at(state: JobState) -> int | None:
    """When the job has come to its end, as far as is known now; None while it has none."""
    if state.status.failed:
        return state.changed_at
    return None if state.final_at is None else max(state.changed_at, state.final_at)


def is_settled(state: JobState, now: int) -> bool:
    """Whether the job has a final answer, or ended without one."""
    end = settled_at(state)
    return end is not None and now >= end


def close_due(state: JobState) -> int | None:
    """When a job may be closed; None for one that has no answer or end yet, or is closed."""
    end = settled_at(state)
    if state.closed or end is None:
        return None
    if not state.status.answered or _all_judged(state):
        return end
    due = max(state.final_at or 0, reveal_window(state)[1])
    if state.exact:
        return due
    terms = state.job.request.terms
    return due + terms.reveal_seconds + terms.appeal_window  # the time to vindicate in


def is_right(state: JobState, vote: VoteState) -> bool:
    """Whether a revealed vote, of any round that was not void, agrees with the answer."""
    if state.answer is None or vote.digest is None:
        return False
    if state.exact:
        return vote.digest == state.answer
    return vote.vindicated or state.answer in vote.supported


def is_claimable(state: JobState, round_: int, vote: VoteState, now: int) -> bool:
    """Whether a vote can be taken back: for its bond, for its fee, or for its slot alone."""
    if state.is_void(round_) or state.closed:
        return True
    if vote.digest is None:
        return False
    if state.status is Status.UNRESOLVED:
        return True
    return state.is_final(now) and is_right(state, vote)


def _all_judged(state: JobState) -> bool:
    """Whether nothing that may still come can change who was right."""
    if state.leading == state.committed and not state.grown:
        return True
    return state.exact and state.revealed == state.committed
