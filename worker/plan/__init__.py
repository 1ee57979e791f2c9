"""Deciding what to do next about one job. Pure: no clock, no chain, no store.

`plan` asks a few small rules; each answers with steps to take now, or with the time at which to
ask again.
"""

from worker.plan.bystander import bystander
from worker.plan.draft import Draft
from worker.plan.inputs import Draw, Moment, Own, Plan, Policy
from worker.plan.rules import RULES, is_asleep, is_done
from worker.state import JobState

__all__ = ["Draw", "Moment", "Own", "Plan", "Policy", "bystander", "plan"]


def plan(state: JobState, own: Own, moment: Moment, policy: Policy) -> Plan:
    """The next steps of this worker about a job."""
    draft = Draft(state, own, moment, policy)
    for rule in RULES:
        rule(draft)
    done, asleep = is_done(draft), is_asleep(draft)
    return Plan(
        steps=tuple(draft.steps),
        compute=draft.compute,
        fetch=draft.fetch and not draft.compute,
        wake=min(draft.wakes, default=None),
        short_of_stake=draft.short_of_stake,
        left=draft.left,
        done=done,
        asleep=asleep,
    )
