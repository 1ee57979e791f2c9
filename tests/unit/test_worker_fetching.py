"""Fetching versions: each once for all who wait; failing ones left alone, longer each time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from structlog.testing import capture_logs

from assay.artefacts.errors import ArtefactUnavailableError, DownloadError, HostBusyError
from assay.errors import AssayError
from assay.terms import Numerics
from assay.versions import Version
from worker.fetching import Fetching
from worker.line import Waiting

VERSION = Version(artefact=bytes(32), manifest=bytes(32), numerics=Numerics.EXACT)
DEADLINE_SECONDS = 30


def job(number: int) -> Waiting:
    return Waiting(9, bytes([number]) * 32, VERSION, b"")


class Bench:
    """Fetching that fails until it is told not to, with a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.fails = True
        self.fetched = 0
        self.gate = threading.Event()
        self.gate.set()
        self._told = threading.Semaphore(0)
        self._done: list[tuple[list[int], bool]] = []
        self.fetching = Fetching(self._fetch, self._take, lambda: self.now)

    def ask(self, *numbers: int) -> None:
        self.fetching.add(VERSION, [job(number) for number in numbers])

    def told(self) -> tuple[list[int], bool]:
        assert self._told.acquire(timeout=DEADLINE_SECONDS)
        return self._done.pop(0)

    def _fetch(self, _: Version) -> None:
        self.fetched += 1
        assert self.gate.wait(DEADLINE_SECONDS)
        if self.fails:
            raise AssayError("no URI serves it")

    def _take(self, jobs: Sequence[Waiting], there: bool) -> None:
        self._done.append(([one.job_id[0] for one in jobs], there))
        self._told.release()


def test_add__several_ask_while_it_is_fetched__once_for_all() -> None:
    bench = Bench()
    bench.fails = False
    bench.gate.clear()
    bench.ask(1)
    bench.ask(2, 3)
    bench.gate.set()
    assert (bench.told(), bench.fetched) == (([1, 2, 3], True), 1)


def test_add__not_fetched__left_alone_for_longer_each_time_and_ten_minutes_at_most() -> None:
    bench, pauses = Bench(), []
    with capture_logs() as logs:
        for _ in range(9):
            bench.ask(1)
            assert bench.told() == ([1], False)
            pauses.append(logs[-1]["again_in_seconds"])
            bench.now += pauses[-1] - 1
            bench.ask(2)
            assert (bench.told(), len(pauses)) == (([2], False), bench.fetched)
            bench.now += 1
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600]


def test_add__fetched_after_all__no_pause_is_left() -> None:
    bench = Bench()
    bench.ask(1)
    bench.told()
    bench.now, bench.fails = bench.now + 5, False
    bench.ask(2)
    assert bench.told() == ([2], True)
    bench.fails = True
    with capture_logs() as logs:
        bench.ask(3)
        bench.told()
    assert logs[-1]["again_in_seconds"] == 5


def test_add__pauses_of_one_s_own__as_long_as_they_say() -> None:
    bench, seconds = Bench(), []
    bench.fetching = Fetching(
        bench._fetch, bench._take, lambda: bench.now, pauses=lambda _: (7.0, 20.0)
    )
    with capture_logs() as logs:
        for _ in range(3):
            bench.ask(1)
            bench.told()
            seconds.append(logs[-1]["again_in_seconds"])
            bench.now += seconds[-1]
    assert seconds == [7, 14, 20]


def test_drop__late_jobs__not_told_of_any_more() -> None:
    bench = Bench()
    bench.gate.clear()
    bench.ask(1)
    bench.fetching.add(VERSION, [Waiting(20, bytes([2]) * 32, VERSION, b"")])
    assert bench.fetching.drop(9) == []
    assert bench.fetching.drop(10) == [job(1)]
    bench.gate.set()
    assert bench.told() == ([2], False)


def test_fail__of_no_use__left_alone_though_it_was_fetched() -> None:
    bench = Bench()
    bench.fails = False
    bench.ask(1)
    bench.told()
    with capture_logs() as logs:
        bench.fetching.fail(VERSION, AssayError("gone at once"))
    bench.ask(2)
    assert bench.told() == ([2], False)
    assert (bench.fetched, logs[0]["again_in_seconds"]) == (1, 5)


def test_add__its_host_is_busy__waits_for_another_and_is_no_failure() -> None:
    other = replace(VERSION, artefact=b"\x02" * 32)
    busy = [True]
    tried, gate, told = threading.Semaphore(0), threading.Event(), threading.Semaphore(0)
    done: list[tuple[int, bool]] = []

    def fetch(version: Version) -> None:
        if version == other:
            assert gate.wait(DEADLINE_SECONDS)
            busy.clear()
            return
        tried.release()
        if busy:
            failure = HostBusyError("others are served by it")
            raise ArtefactUnavailableError("a version", [("https://a.example", failure)])

    def take(jobs: Sequence[Waiting], there: bool) -> None:
        done.extend((one.job_id[0], there) for one in jobs)
        told.release()

    fetching = Fetching(fetch, take)
    fetching.add(other, [job(2)])
    fetching.add(VERSION, [job(1)])
    assert tried.acquire(timeout=DEADLINE_SECONDS)
    gate.set()
    for _ in range(2):
        assert told.acquire(timeout=DEADLINE_SECONDS)
    assert sorted(done) == [(1, True), (2, True)]
    assert tried.acquire(blocking=False)


def test_add__one_host_is_busy_and_another_serves_something_else__a_failure() -> None:
    """Else it would be fetched again whenever something is finished, whole and for nothing."""
    other = replace(VERSION, artefact=b"\x02" * 32)
    gate, told = threading.Event(), threading.Semaphore(0)
    done: list[tuple[int, bool]] = []

    def fetch(version: Version) -> None:
        if version == other:
            assert gate.wait(DEADLINE_SECONDS)
            return
        failures = [("https://a.example", DownloadError("404")), ("https://b.example", BUSY)]
        raise ArtefactUnavailableError("a version", failures)

    def take(jobs: Sequence[Waiting], there: bool) -> None:
        done.extend((one.job_id[0], there) for one in jobs)
        told.release()

    fetching = Fetching(fetch, take)
    fetching.add(other, [job(2)])
    fetching.add(VERSION, [job(1)])
    assert told.acquire(timeout=DEADLINE_SECONDS)
    assert done == [(1, False)]
    gate.set()


BUSY = HostBusyError("others are served by it")


def test_add__its_host_is_busy_and_nothing_else_is_fetched__a_failure() -> None:
    bench = Bench()

    def fetch(_: Version) -> None:
        raise ArtefactUnavailableError("a version", [("https://a.example", HostBusyError("busy"))])

    bench.fetching = Fetching(fetch, bench._take, lambda: bench.now)
    bench.ask(1)
    assert bench.told() == ([1], False)
