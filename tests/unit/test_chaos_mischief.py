"""Who is killed, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# With the versions users get there is nothing to deploy with, so nobody to kill.
pytest.importorskip("yaml", reason="scripts.demo deploys contracts")

from scripts.chaos.mischief import Mischief, Pace
from scripts.demo import crew

WORKERS = 3


@dataclass
class Process:
    """One that notes its end."""

    number: int
    ended: list[int]
    pid: int = 0

    def poll(self) -> None:
        pass

    def send_signal(self, _signal: int) -> None:
        self.ended.append(self.number)

    def wait(self) -> None:
        pass


@dataclass
class Crew:
    """Crewmen whose processes are no processes."""

    folder: Path
    ended: list[int] = field(default_factory=list)

    def crewman(self, number: int) -> crew.Crewman:
        operator: Any = crew.Operator(str(number), None, "", self.folder / str(number), False)  # type: ignore[arg-type]
        operator.folder.mkdir()
        operator.log.write_text('{"event": "working"}\n')
        process: Any = Process(number, self.ended)
        return crew.Crewman(operator, process)


@pytest.fixture
def some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crew:
    made = Crew(tmp_path)
    monkeypatch.setattr(crew, "start", lambda operator: Process(int(operator.name), made.ended))
    return made


def mischief(some: Crew, seed: int = 1, pace: Pace = Pace(kills=1, reorgs=1_000)) -> Mischief:  # noqa: B008
    crewmen = [some.crewman(number) for number in range(WORKERS)]
    net: Any = None
    return Mischief(net, crewmen, pace, seed, now=0.0)


def test_act__not_due__nothing_done(some: Crew) -> None:
    made = mischief(some)
    assert not made.act(0.5)
    assert (made.kills, some.ended) == (0, [])


def test_act__due__one_killed_and_started_again(some: Crew) -> None:
    made = mischief(some)
    before = list(made.crewmen)
    made.act(1.0)
    (number,) = some.ended
    assert made.kills == 1
    assert made.crewmen[number] is not before[number]
    assert not made.crewmen[number].working  # what the log says is of the one before
    assert sum(now is then for now, then in zip(made.crewmen, before, strict=True)) == WORKERS - 1


def test_act__killed_before_it_came_up__spared_until_it_has(some: Crew) -> None:
    """Each is killed twice at most, while none comes up."""
    made = mischief(some)
    for second in range(2 * WORKERS):
        made.act(2.0 * second + 2)
    assert sorted(some.ended) == sorted([*range(WORKERS), *range(WORKERS)])
    (up, *_) = made.crewmen
    with up.operator.log.open("a") as log:
        log.write('{"event": "working"}\n')
    made.act(100.0)
    assert some.ended[-1] == 0
