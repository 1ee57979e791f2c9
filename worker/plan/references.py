"""What is risked on inputs by reference, and which are fetched ahead of time.

A vote that a later round can judge is at the mercy of whoever serves the input: withdrawn, it
leaves that round to those who have it, or who lie.
"""

from __future__ import annotations

from assay import remote_inputs
from worker.plan import phases
from worker.plan.draft import Draft
from worker.references import References
from worker.state import JobState


def lies_elsewhere(state: JobState) -> bool:
    """Whether somebody has to serve the job's input. Of a malformed reference nobody has."""
    try:
        return remote_inputs.find(state.job.input) is not None
    except remote_inputs.RemoteInputUnknownVersionError:
        return True


def may_vote(d: Draft, round_: int) -> bool:
    """Whether the operator takes seats of that round, which is as open as the one under way."""
    chosen = d.policy.take_references
    if chosen is References.ALWAYS or not lies_elsewhere(d.state):
        return True
    last = round_ + 1 >= d.state.job.request.terms.rounds
    return chosen is References.LAST_ROUND and last and not d.state.is_open


def may_appeal(d: Draft) -> bool:
    """Whether the operator puts up a deposit, which a committee without the input would lose."""
    return d.policy.take_references is References.ALWAYS or not lies_elsewhere(d.state)


def may_be_drawn_later(state: JobState, now: int) -> bool:
    """Whether another round can follow that takes this worker in."""
    if state.round + 1 >= state.job.request.terms.rounds:
        return False
    end = phases.settled_at(state)
    return end is None or now < end
