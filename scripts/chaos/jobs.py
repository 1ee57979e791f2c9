"""The jobs: all modes in turn, every tenth with a model that means harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.client import Client
from assay.posting import Posting
from assay.terms import Terms
from scripts import trial_models
from scripts.trial_models import TrialModel

COMMITTEE = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=3, commit_seconds=16, reveal_seconds=60
)
OPTIMISTIC = Terms.optimistic(
    3,
    seat_fee=100,
    bond=COMMITTEE.bond,
    rounds=3,
    commit_seconds=16,
    reveal_seconds=60,
    appeal_window=16,
)
_HOSTILE_EVERY = 10


@dataclass(frozen=True)
class Repertoire:
    """What there is to ask."""

    honest: Sequence[tuple[TrialModel, Terms]]
    hostile: Sequence[tuple[TrialModel, Terms]]

    def posting(self, client: Client, number: int) -> Posting:
        """The job of that number. Its nonce is its number, so that posting it again is harmless."""
        kind, place = divmod(number, _HOSTILE_EVERY)
        if place == _HOSTILE_EVERY - 1:
            model, terms = self.hostile[kind % len(self.hostile)]
        else:
            model, terms = self.honest[number % len(self.honest)]
        return client.posting(model.version_id, [model.row(number)], terms, nonce=number)


def publish(client: Client, folder: Path) -> Repertoire:
    """Publishes all models, from files in the folder."""
    exact = trial_models.plus_one(client, folder)
    tolerant = trial_models.plus_half(client, folder)
    hostile = [make(client, folder) for make in (
        trial_models.endless, trial_models.boundless, trial_models.replaced,
    )]  # fmt: skip
    return Repertoire(
        honest=[(m, terms) for m in (exact, tolerant) for terms in (COMMITTEE, OPTIMISTIC)],
        hostile=[(m, terms) for terms in (OPTIMISTIC, COMMITTEE) for m in hostile],
    )
