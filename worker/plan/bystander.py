"""The plan of those who have no part in a job that has come to an answer or an end.

Most workers are that for most jobs, so it is made without asking the rules. A test compares it with
what they say.
"""

from __future__ import annotations

from eth_typing import ChecksumAddress

from worker.plan import phases, references
from worker.plan.inputs import Plan, Policy
from worker.references import References
from worker.state import JobState


def bystander(
    state: JobState, worker: ChecksumAddress, signer: ChecksumAddress, policy: Policy, now: int
) -> Plan | None:
    """What `plan` says where the worker has not computed the job; None where it has to be asked.

    Somebody may still appeal, and the next round draw this worker: it looks again when nobody can.
    """
    end = phases.settled_at(state)
    if end is None or policy.help_others or policy.watch_percent:
        return None
    if signer in state.appellants.values() or any(voter == worker for _, voter in state.votes):
        return None
    if now >= end:
        return Plan(done=True)
    if policy.take_references is References.ALWAYS and references.lies_elsewhere(state):
        return None  # its input is fetched for that round
    return Plan(wake=end)
