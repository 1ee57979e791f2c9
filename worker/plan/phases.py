"""Where a round is, and who was right: the contracts' own conditions, for a job's state.

See contracts/settlement: Voting, Lifecycle and Payout.
"""

from __future__ import annotations

from assay.jobs import Status
from worker.state import JobState, VoteState

# A seed is lost when nobody has used it within this many blocks (BlockhashEntropy).
_SEED_BLOCKS = 256


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
    if state.status > Status.DECIDED or is_short(state) or is_committing(state, now):
        return False
    return now < reveal_window(state)[1]


def advance_due(state: JobState, block: int) -> int | None:
    """When a round without a decision may be ended; None for a job that has ended."""
    if state.status > Status.REVEALING:
        return None
    if is_short(state):
        return state.changed_at if is_seed_lost(state, block) else commit_end(state)
    if state.exact and state.status is Status.REVEALING and state.revealed == state.committed:
        return state.changed_at  # no reveal is left to decide it
    return reveal_window(state)[1]


def close_due(state: JobState) -> int | None:
    """When a job may be closed; None for one that has not ended, or is closed."""
    if state.closed or state.status < Status.DECIDED:
        return None
    if state.status is not Status.DECIDED or _all_judged(state):
        return state.changed_at
    seconds = state.job.request.terms.reveal_seconds
    return state.reveals_at + seconds * (1 if state.exact else 2)


def is_right(state: JobState, round_: int, vote: VoteState) -> bool:
    """Whether a revealed vote of a round that was not void agrees with the settled answer."""
    if state.settled is None or vote.digest is None:
        return False
    if state.exact:
        return vote.digest == state.settled
    return vote.vindicated or (round_ == state.round and state.settled in vote.supported)


def is_claimable(state: JobState, round_: int, vote: VoteState) -> bool:
    """Whether a vote can be taken back: for its bond, for its fee, or for its slot alone."""
    if state.is_void(round_) or state.closed:
        return True
    if vote.digest is None:
        return False
    if state.status is Status.UNRESOLVED:
        return True
    return state.status is Status.DECIDED and is_right(state, round_, vote)


def _all_judged(state: JobState) -> bool:
    """Whether nothing that may still come can change who was right in a decided job."""
    if state.view.leading == state.committed and not state.grown:
        return True
    return state.exact and state.revealed == state.committed
