"""The jobs of the demo: held-out rows of two models, posted over a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assay.client import Client
from assay.posting import Posting
from assay.publishing import Publication
from assay.terms import Terms
from examples.models.export import ExampleModel

TERMS = Terms.for_committee(
    3, seat_fee=2_000, bond=20_000, rounds=3, commit_seconds=12, reveal_seconds=12
)
OPTIMISTIC = Terms.optimistic(
    3,
    seat_fee=2_000,
    bond=TERMS.bond,
    rounds=3,
    commit_seconds=12,
    reveal_seconds=8,
    appeal_window=8,
)
"""The same, but one worker answers, and a committee decides what is appealed."""
_FIRST = 4
_TOGETHER = 7


@dataclass(frozen=True)
class Task:
    """A row to be asked about, and what its data set says is true of it."""

    model: ExampleModel
    row: npt.NDArray[np.float32]
    truth: float
    posting: Posting


def tasks(
    client: Client,
    published: Sequence[tuple[ExampleModel, Publication]],
    jobs: int,
    optimistic: int,
    seed: int,
) -> list[Task]:
    """So many rows under each of the two terms, from the test split of each model in turn.

    No row comes twice. The first few are jobs of committees; after them the order is random.
    """
    chooser = np.random.default_rng(seed)
    chosen = []
    for position, (model, publication) in enumerate(published):
        counts = [len(range(position, n, len(published))) for n in (jobs, optimistic)]
        rows = chooser.choice(len(model.test.rows), sum(counts), replace=False)
        for number, index in enumerate(rows):
            terms = TERMS if number < counts[0] else OPTIMISTIC
            row = model.test.rows[index : index + 1]
            posting = client.posting(publication.version_id, [row], terms, manifest=model.manifest)
            chosen.append(Task(model, row, float(model.test.targets[index]), posting))
    shuffled = [chosen[index] for index in chooser.permutation(len(chosen))]
    first = [task for task in shuffled if task.posting.terms == TERMS][:_FIRST]
    return first + [task for task in shuffled if not any(task is one for one in first)]


def batches(waiting: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """The tasks in the order and company in which they are posted: first a few, to warm up."""
    yield waiting[:_FIRST]
    for start in range(_FIRST, len(waiting), _TOGETHER):
        yield waiting[start : start + _TOGETHER]


def post(client: Client, together: Sequence[Task]) -> dict[bytes, Task]:
    """Posts tasks in one transaction; the tasks by job id."""
    posted = client.post_many([task.posting for task in together])
    return {job.job_id: task for job, task in zip(posted, together, strict=True)}
