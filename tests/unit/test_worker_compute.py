"""Computing beside the cycle: the most urgent first, failures tried again, nothing lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from eth_typing import ChecksumAddress
from structlog.testing import capture_logs

from assay.errors import AssayError
from assay.remote_inputs import RemoteInput
from assay.terms import Numerics
from assay.versions import Version
from tests.unit.worker_jobs import ANN
from worker.compute import Computations
from worker.executor.outcomes import (
    Abstain,
    BatchFailedError,
    ModelError,
    Outcome,
    Reason,
    Result,
)
from worker.store import Abstained, Computed

VERSION = Version(artefact=bytes(32), manifest=bytes(32), numerics=Numerics.EXACT)
JOBS = [bytes([n]) * 32 for n in range(4)]
DEADLINE_SECONDS = 30


class FakeInference:
    """Answers with what a function says, and remembers the inputs in their order."""

    def __init__(self, answer: Callable[[bytes], Outcome]) -> None:
        self._answer = answer
        self.payloads: list[bytes] = []
        self.there = {VERSION}
        self.unavailable = False
        self.closed = False

    def batches(self, version: Version) -> bool:
        assert version is VERSION
        return True

    def has(self, version: Version) -> bool:
        return version in self.there

    def fetch(self, version: Version) -> None:
        if self.unavailable:
            raise AssayError("no URI serves it")
        self.there.add(version)

    def infer(self, version: Version, payloads: Sequence[bytes]) -> list[Outcome]:
        assert version is VERSION
        self.payloads += payloads
        return [self._answer(payload) for payload in payloads]

    def close(self) -> None:
        self.closed = True


class FakeInputs:
    """Has the payloads that a test puts there, once they are fetched."""

    max_bytes = 100

    def __init__(self) -> None:
        self.served: dict[RemoteInput, bytes] = {}
        self.fetched: list[RemoteInput] = []
        self.kept: dict[RemoteInput, bytes] = {}
        self.pinned: dict[bytes, RemoteInput] = {}
        self.closed = False

    def fetch(self, remote: RemoteInput) -> None:
        self.fetched.append(remote)
        if remote not in self.served:
            raise AssayError("no URI serves it")
        self.kept[remote] = self.served[remote]

    def read(self, remote: RemoteInput) -> bytes | None:
        return self.kept.get(remote)

    def keep(self, job_id: bytes, remote: RemoteInput, _: ChecksumAddress | None) -> None:
        self.pinned[job_id] = remote

    def release(self, job_id: bytes) -> None:
        self.pinned.pop(job_id, None)

    def close(self) -> None:
        self.closed = True


class Bench:
    """Computations with one thread, and a way to await what they finish."""

    def __init__(self, answer: Callable[[bytes], Outcome]) -> None:
        self.inference = FakeInference(answer)
        self.inputs = FakeInputs()
        self.batches = True
        self.now = 1_000.0
        self._finished = threading.Semaphore(0)
        self.again()

    def again(self) -> Bench:
        """With threads that know what the inference is now."""
        self.computations = Computations(
            self.inference, self.inputs, 1, self._finished.release, lambda: self.now
        )
        return self

    def start(self, number: int, deadline: int = 0, payload: bytes | None = None) -> None:
        given = bytes([number]) if payload is None else payload
        self.computations.start(JOBS[number], VERSION, given, deadline)

    def ahead(self, number: int, remote: RemoteInput) -> None:
        self.computations.fetch_ahead(JOBS[number], VERSION, remote.encode(), 9, ANN)

    def serve(self, payload: bytes) -> RemoteInput:
        """A reference whose payload can be fetched."""
        remote = RemoteInput(
            sha256=sha256(payload).digest(), size=len(payload), uris=("file:///x",)
        )
        self.inputs.served[remote] = payload
        return remote

    def await_one(self) -> list[tuple[bytes, Computed | Abstained | None]]:
        assert self._finished.acquire(timeout=DEADLINE_SECONDS)
        return self.computations.collect()


def result(payload: bytes) -> Outcome:
    return Result(payload, 0.0, 0.0)


def test_compute__result__collected_once() -> None:
    bench = Bench(result)
    bench.start(1)
    before = bench.computations.idle, bench.computations.is_busy_with(JOBS[1])
    assert bench.await_one() == [(JOBS[1], Computed(b"\x01"))]
    assert bench.computations.collect() == []
    after = bench.computations.idle, bench.computations.is_busy_with(JOBS[1])
    assert (before, after) == ((False, True), (True, False))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Abstain(Reason.UNSTABLE, "moves"), "unstable"),
        (ModelError("onnxruntime says no"), "onnxruntime says no"),
    ],
)
def test_compute__no_result__abstains_with_the_reason(answer: Outcome, told: str) -> None:
    bench = Bench(lambda _: answer)
    bench.start(1)
    ((_, outcome),) = bench.await_one()
    assert isinstance(outcome, Abstained)
    assert told in outcome.reason


@pytest.mark.parametrize("error", [AssayError("no URI serves it"), RuntimeError("a bug")])
def test_compute__passing_failure__tried_again_later(error: Exception) -> None:
    def fail(_: bytes) -> Outcome:
        raise error

    bench = Bench(fail)
    bench.start(1)
    assert bench.await_one() == [(JOBS[1], None)]
    busy = []
    for bench.now in (1_000.0, 1_004.9, 1_005.0):
        busy.append(bench.computations.is_busy_with(JOBS[1]))
    assert busy == [True, True, False]


def test_compute__one_fails__the_thread_goes_on() -> None:
    def answer(payload: bytes) -> Outcome:
        if payload == b"\x01":
            raise RuntimeError("a bug")
        return result(payload)

    bench = Bench(answer)
    bench.start(1)
    bench.await_one()
    bench.start(2)
    assert bench.await_one() == [(JOBS[2], Computed(b"\x02"))]


def test_compute__several_wait__the_earliest_deadline_first() -> None:
    running, gate = threading.Event(), threading.Event()

    def answer(payload: bytes) -> Outcome:
        running.set()
        gate.wait(DEADLINE_SECONDS)
        return result(payload)

    bench = Bench(answer)
    bench.start(0, deadline=9)
    assert running.wait(DEADLINE_SECONDS)
    for number, deadline in ((1, 30), (2, 10), (3, 20)):
        bench.start(number, deadline)
    gate.set()
    collected: list[tuple[bytes, Computed | Abstained | None]] = []
    while len(collected) < 4:
        collected += bench.await_one()
    assert [payload[0] for payload in bench.inference.payloads] == [0, 2, 3, 1]


def test_compute__batch_failed__one_by_one() -> None:
    sizes: list[int] = []
    running, gate = threading.Event(), threading.Event()
    bench = Bench(result)
    answer = bench.inference.infer

    def infer(version: Version, payloads: Sequence[bytes]) -> list[Outcome]:
        sizes.append(len(payloads))
        running.set()
        gate.wait(DEADLINE_SECONDS)
        if len(payloads) > 1:
            bench.batches = False
            raise BatchFailedError("no result together")
        return answer(version, payloads)

    bench.inference.infer = infer  # type: ignore[method-assign]
    bench.inference.batches = lambda _: bench.batches  # type: ignore[method-assign]
    bench = bench.again()
    bench.start(0)
    assert running.wait(DEADLINE_SECONDS)
    for number in (1, 2, 3):
        bench.start(number, deadline=9)
    gate.set()
    collected: list[tuple[bytes, Computed | Abstained | None]] = []
    while len(collected) < 4:
        collected += bench.await_one()
    assert sizes == [1, 3, 1, 1, 1]
    assert {outcome for _, outcome in collected if not isinstance(outcome, Computed)} == set()


def test_compute__model_not_there__fetched_first() -> None:
    bench = Bench(result)
    bench.inference.there.clear()
    bench.start(1)
    assert bench.await_one() == [(JOBS[1], Computed(b"\x01"))]
    assert bench.inference.there == {VERSION}


def test_compute__model_not_to_be_had__tried_again_later() -> None:
    bench = Bench(result)
    bench.inference.there.clear()
    bench.inference.unavailable = True
    bench.start(1)
    assert bench.await_one() == [(JOBS[1], None)]
    assert bench.inference.payloads == []


def test_compute__host_takes_its_time__other_models_run() -> None:
    bench, slow = Bench(result), replace(VERSION, artefact=b"\x02" * 32)
    asked, gate = threading.Event(), threading.Event()

    def fetch(_: Version) -> None:
        asked.set()
        gate.wait(DEADLINE_SECONDS)

    bench.inference.fetch = fetch  # type: ignore[method-assign]
    bench = bench.again()
    bench.computations.start(JOBS[0], slow, b"", 0)
    assert asked.wait(DEADLINE_SECONDS)
    bench.start(1)
    assert bench.await_one() == [(JOBS[1], Computed(b"\x01"))]
    gate.set()


def test_drop_late__deadline_over__left_and_collected_as_not_answered() -> None:
    running, gate = threading.Event(), threading.Event()

    def answer(payload: bytes) -> Outcome:
        running.set()
        gate.wait(DEADLINE_SECONDS)
        return result(payload)

    bench = Bench(answer)
    bench.start(0)
    assert running.wait(DEADLINE_SECONDS)
    bench.start(1, deadline=10)
    bench.start(2, deadline=0)
    bench.computations.drop_late(10)
    none_yet = bench.computations.collect()
    bench.computations.drop_late(11)
    late = bench.computations.collect()
    gate.set()
    assert (none_yet, late) == ([], [(JOBS[1], None)])


def test_close__lets_go_of_the_inference() -> None:
    bench = Bench(result)
    bench.computations.close()
    assert bench.inference.closed
    assert bench.inputs.closed


# --- inputs by reference ---

ELSEWHERE = RemoteInput(sha256=bytes(32), size=7, uris=("https://inputs.example/x",))
"""Nobody serves it."""


def test_compute__reference__fetched_and_its_payload_answered() -> None:
    bench = Bench(result)
    remote = bench.serve(b"a payload")
    bench.start(1, payload=remote.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"a payload"))]
    bench.start(2, payload=remote.encode())
    assert bench.await_one() == [(JOBS[2], Computed(b"a payload"))]
    assert bench.inputs.fetched == [remote]


def test_compute__reference_nobody_serves__tried_again_later_and_others_answered() -> None:
    bench = Bench(result)
    bench.start(1, payload=ELSEWHERE.encode())
    assert bench.await_one() == [(JOBS[1], None)]
    bench.start(2)
    assert bench.await_one() == [(JOBS[2], Computed(b"\x02"))]
    rested = []
    for bench.now in (1_004.9, 1_005.0, 1_006.0):
        rested.append(bench.computations.rested())
    assert rested == [[], [JOBS[1]], []]
    bench.inputs.served[ELSEWHERE] = b"payload"
    bench.start(1, payload=ELSEWHERE.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"payload"))]


def test_compute__reference_nobody_serves__never_run_and_left_alone_for_a_while() -> None:
    bench = Bench(result)
    for _ in range(3):
        bench.start(1, payload=ELSEWHERE.encode())
        assert bench.await_one() == [(JOBS[1], None)]
    assert (bench.inputs.fetched, bench.inference.payloads) == ([ELSEWHERE], [])


def test_compute__batch_with_a_reference_not_here__the_others_answered_at_once() -> None:
    running, gate = threading.Event(), threading.Event()

    def answer(payload: bytes) -> Outcome:
        running.set()
        gate.wait(DEADLINE_SECONDS)
        return result(payload)

    bench = Bench(answer)
    remote = bench.serve(b"a payload")
    bench.start(0)
    assert running.wait(DEADLINE_SECONDS)
    bench.computations._line.note(VERSION, [0.001])
    for number, payload in ((1, b"\x01"), (2, remote.encode()), (3, ELSEWHERE.encode())):
        bench.start(number, deadline=9, payload=payload)
    gate.set()
    collected: dict[bytes, Computed | Abstained | None] = {}
    while len(collected) < 4:
        collected |= dict(bench.await_one())
    assert collected == {
        JOBS[0]: Computed(b"\x00"),
        JOBS[1]: Computed(b"\x01"),
        JOBS[2]: Computed(b"a payload"),
        JOBS[3]: None,
    }


def test_compute__reference_to_more_than_is_taken__abstains_without_fetching() -> None:
    bench = Bench(result)
    bench.start(1, payload=replace(ELSEWHERE, size=101).encode())
    ((_, outcome),) = bench.await_one()
    assert isinstance(outcome, Abstained)
    assert "input-too-large" in outcome.reason
    assert bench.inputs.fetched == []


def test_compute__reference_of_another_version__abstains() -> None:
    bench = Bench(result)
    bench.start(1, payload=b"\xff\x00\x02")
    ((_, outcome),) = bench.await_one()
    assert isinstance(outcome, Abstained)
    assert "unknown-reference" in outcome.reason


@pytest.mark.parametrize("cut", [3, 44, -1])
def test_compute__malformed_reference__answered_like_any_input(cut: int) -> None:
    """The child finds that it is no payload: the empty one is its right answer."""
    bench = Bench(result)
    malformed = ELSEWHERE.encode()[:cut]
    bench.start(1, payload=malformed)
    assert bench.await_one() == [(JOBS[1], Computed(malformed))]


def test_compute__input_gone_between_fetch_and_run__a_failure_with_a_pause() -> None:
    """Else what the cache has no room for is fetched without end."""
    bench = Bench(result)
    remote = bench.serve(b"a payload")
    bench.inputs.read = lambda _: None  # type: ignore[method-assign]
    bench = bench.again()
    with capture_logs() as logs:
        bench.start(1, payload=remote.encode())
        assert bench.await_one() == [(JOBS[1], None)]
    bench.start(1, payload=remote.encode())
    assert bench.await_one() == [(JOBS[1], None)]
    assert bench.inputs.fetched == [remote]
    assert [log["again_in_seconds"] for log in logs if log["event"] == "not fetched"] == [60]


def test_compute__model_fetched_first__input_not_taken_for_one_that_is_gone() -> None:
    bench = Bench(result)
    bench.inference.there.clear()
    remote = bench.serve(b"a payload")
    bench.start(1, payload=remote.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"a payload"))]


def test_compute__reference__its_input_kept_until_there_is_a_result() -> None:
    bench = Bench(result)
    bench.start(1, payload=ELSEWHERE.encode())
    assert bench.await_one() == [(JOBS[1], None)]
    while_it_waits = dict(bench.inputs.pinned)
    bench.inputs.kept[ELSEWHERE] = b"payload"
    bench.start(1, payload=ELSEWHERE.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"payload"))]
    assert (while_it_waits, bench.inputs.pinned) == ({JOBS[1]: ELSEWHERE}, {})


def test_fetch_ahead__served_now_and_withdrawn__there_when_it_is_run() -> None:
    bench, there = Bench(result), threading.Event()
    remote = bench.serve(b"a payload")
    fetch = bench.inputs.fetch

    def fetch_and_tell(one: RemoteInput) -> None:
        fetch(one)
        there.set()

    bench.inputs.fetch = fetch_and_tell  # type: ignore[method-assign]
    bench = bench.again()
    bench.ahead(1, remote)
    assert there.wait(DEADLINE_SECONDS)
    bench.ahead(1, remote)
    bench.inputs.served.clear()
    pinned = dict(bench.inputs.pinned)
    bench.start(1, payload=remote.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"a payload"))]
    assert (bench.inputs.fetched, pinned) == ([remote], {JOBS[1]: remote})


def test_fetch_ahead__more_than_is_taken__never_asked_for() -> None:
    bench = Bench(result)
    bench.ahead(1, replace(ELSEWHERE, size=101))
    assert (bench.inputs.fetched, bench.inputs.pinned) == ([], {})
    assert bench.computations.idle


def test_forget__fetched_ahead__kept_no_more() -> None:
    bench = Bench(result)
    bench.ahead(1, bench.serve(b"a payload"))
    bench.computations.forget(JOBS[1])
    assert bench.inputs.pinned == {}


def test_drop_late__input_still_to_be_fetched__left_and_not_begun() -> None:
    bench, gate, begun = Bench(result), threading.Event(), threading.Semaphore(0)

    def fetch(remote: RemoteInput) -> None:
        bench.inputs.fetched.append(remote)
        begun.release()
        gate.wait(DEADLINE_SECONDS)
        raise AssayError("slow, and then nothing")

    bench.inputs.fetch = fetch  # type: ignore[method-assign]
    bench = bench.again()
    slow = [replace(ELSEWHERE, size=size) for size in range(1, 6)]
    for number, remote in enumerate(slow):
        bench.computations.start(bytes([number + 9]) * 32, VERSION, remote.encode(), 10, ANN)
    for _ in slow[:-1]:
        assert begun.acquire(timeout=DEADLINE_SECONDS)
    bench.start(1, deadline=20)  # behind them in the line, and not held up
    bench.await_one()
    bench.computations.drop_late(11)
    gate.set()
    assert len(bench.computations.collect()) == 5
    assert len(bench.inputs.fetched) == 4


def test_compute__one_requester_s_hosts_drip__another_s_input_fetched() -> None:
    """However many jobs a hostile requester posts, he holds a few of the threads."""
    bench, gate, begun = Bench(result), threading.Event(), threading.Semaphore(0)
    served = bench.serve(b"a payload")
    fetch = bench.inputs.fetch

    def fetch_slowly(remote: RemoteInput) -> None:
        if remote == served:
            fetch(remote)
            return
        begun.release()
        gate.wait(DEADLINE_SECONDS)
        raise AssayError("slow, and then nothing")

    bench.inputs.fetch = fetch_slowly  # type: ignore[method-assign]
    bench = bench.again()
    for size in range(1, 21):
        slow = replace(ELSEWHERE, size=size).encode()
        bench.computations.start(bytes([size + 9]) * 32, VERSION, slow, 10, ANN)
    for _ in range(4):
        assert begun.acquire(timeout=DEADLINE_SECONDS)
    bench.start(1, deadline=20, payload=served.encode())
    assert bench.await_one() == [(JOBS[1], Computed(b"a payload"))]
    assert not begun.acquire(blocking=False)
    gate.set()
