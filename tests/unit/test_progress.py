"""What is shown while one waits."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console
from rich.progress import Progress as Bar

from assay.inference import Once, Progress, Stage
from assay.progress import Display, described, watched

JOB = Progress(
    job_id=bytes([0xAB]) * 32,
    stage=Stage.POSTED,
    round=0,
    committed=0,
    revealed=0,
    seats=3,
)
OTHER = replace(JOB, job_id=bytes(32), stage=Stage.FINAL)


def bar() -> Bar:
    return Bar(console=Console(file=io.StringIO()), auto_refresh=False)


def test_described__one_job__its_stage_round_and_votes() -> None:
    assert described([JOB]) == "job 0xabababab…: posted; workers are being drawn"
    sealed = replace(JOB, stage=Stage.COMMITTED, round=1, committed=2, seats=7)
    assert described([sealed]).startswith("job 0xabababab…, round 2: workers have computed it")
    assert described([sealed]).endswith("(2 of 7)")
    opened = replace(sealed, stage=Stage.REVEALING, revealed=1)
    assert described([opened]).endswith("(1 of 2)")


def test_described__several_jobs__counted_by_stage_in_their_order() -> None:
    assert described([OTHER, JOB, replace(JOB, job_id=b"\x01" * 32)]) == (
        "3 jobs: 2 posted, 1 final"
    )


def test_display__jobs_come_along__the_bar_does() -> None:
    with bar() as shown:
        display = Display(shown)
        (task,) = shown.tasks
        assert task.total is None
        display(replace(JOB, stage=Stage.SENDING))
        assert (task.completed, task.total) == (0, 5)
        display(JOB)
        display(OTHER)
        assert (task.completed, task.total) == (6, 10)
        display(replace(JOB, stage=Stage.FINAL))
        assert task.finished


def test_watched__somebody_watches__told_once_and_nothing_shown() -> None:
    said: list[Progress] = []
    with watched(said.append, shows=True) as once:
        once(JOB)
        once(JOB)
    assert said == [JOB]


def test_watched__no_terminal_and_nobody_watches__nothing_is_told() -> None:
    with watched(None, shows=None) as once:
        assert isinstance(once, Once)
        once(JOB)


def test_watched__once_of_a_caller__kept() -> None:
    given = Once(None)
    with watched(given, shows=None) as once:
        assert once is given
