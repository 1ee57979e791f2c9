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
_FIRST = 4
_TOGETHER = 5


@dataclass(frozen=True)
class Task:
    """A row to be asked about, and what its data set says is true of it."""

    model: ExampleModel
    row: npt.NDArray[np.float32]
    truth: float
    posting: Posting


def tasks(
    client: Client, published: Sequence[tuple[ExampleModel, Publication]], jobs: int, seed: int
) -> list[Task]:
    """That many rows, drawn without repetition from the test split of each model in turn."""
    chooser = np.random.default_rng(seed)
    chosen = []
    for position, (model, publication) in enumerate(published):
        count = len(range(position, jobs, len(published)))
        for index in chooser.choice(len(model.test.rows), count, replace=False):
            row = model.test.rows[index : index + 1]
            posting = client.posting(publication.version_id, [row], TERMS, manifest=model.manifest)
            chosen.append(Task(model, row, float(model.test.targets[index]), posting))
    return [chosen[index] for index in chooser.permutation(len(chosen))]


def batches(waiting: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """The tasks in the order and company in which they are posted: first a few, to warm up."""
    yield waiting[:_FIRST]
    for start in range(_FIRST, len(waiting), _TOGETHER):
        yield waiting[start : start + _TOGETHER]


def post(client: Client, together: Sequence[Task]) -> dict[bytes, Task]:
    """Posts tasks in one transaction; the tasks by job id."""
    posted = client.post_many([task.posting for task in together])
    return {job.job_id: task for job, task in zip(posted, together, strict=True)}
