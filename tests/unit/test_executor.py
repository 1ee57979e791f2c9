"""Models in the sandbox: what comes out of good ones and of hostile ones."""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import structlog
from onnx import helper

from assay.artefacts.errors import ArtefactDigestMismatchError, ArtefactEvictedError
from assay.execution.levels import Level
from assay.inspection import graph
from assay.inspection.report import Inspection
from assay.tensors import EMPTY_PAYLOAD, decode, encode
from assay.tolerance import Tolerance
from tests.unit import onnx_models
from tests.unit.artefact_files import artefact_of, manifest_of, stored
from tests.unit.onnx_models import FLOAT, model, node, value
from worker.executor import executor as executor_module
from worker.executor import process
from worker.executor.errors import ChildStartError, ExecutorClosedError
from worker.executor.executor import Executor
from worker.executor.loaded import LoadedModel
from worker.executor.outcomes import Abstain, BatchFailedError, ModelError, Reason, Result
from worker.executor.sandbox import Limits
from worker.executor.settings import ExecutorSettings

SETTINGS = ExecutorSettings(
    limits=Limits(memory_bytes=1 << 30),
    run_cpu_seconds=1,
    max_result_bytes=1 << 16,
    max_children=6,
)
INPUT = encode([np.array([[1, 2, 3], [-4, 5, 6]], np.float32)])
EXPECTED = np.array([[1, 2, 3], [-4, 5, 6]]) @ np.arange(6).reshape(3, 2) + [0.5, -0.5]
ANY = Tolerance.at_least(1e-3, 1e-3)


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with Executor(SETTINGS) as running:
        yield running


def abstention(outcome: object) -> Reason:
    assert isinstance(outcome, Abstain), outcome
    return outcome.reason


def payload_of(outcome: object) -> bytes:
    assert isinstance(outcome, Result), outcome
    return outcome.payload


def integer(number: int, shape: tuple[int, ...] = (1,)) -> bytes:
    return encode([np.full(shape, number, np.int64)])


# Results


def test_run__input_that_fits__encoded_outputs_and_seconds(
    executor: Executor, tmp_path: Path
) -> None:
    outcome = executor.run(artefact_of(tmp_path, onnx_models.linear()), INPUT)
    assert isinstance(outcome, Result)
    (output,) = decode(outcome.payload)
    np.testing.assert_array_equal(output, EXPECTED.astype(np.float32))
    assert outcome.wall_seconds > 0
    assert outcome.cpu_seconds >= 0


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not a payload",
        INPUT + b"\x00",
        INPUT[:-1],
        EMPTY_PAYLOAD,
        encode([np.zeros((1, 3), np.float64)]),
        encode([np.zeros((1, 4), np.float32)]),
        encode([np.zeros(3, np.float32)]),
        encode([np.zeros((1, 3), np.float32)] * 2),
    ],
)
def test_run__input_outside_the_signature__empty_payload(
    executor: Executor, tmp_path: Path, payload: bytes
) -> None:
    outcome = executor.run(artefact_of(tmp_path, onnx_models.linear()), payload)
    assert payload_of(outcome) == EMPTY_PAYLOAD


def test_run__nan_and_infinity__results_like_any_other(executor: Executor, tmp_path: Path) -> None:
    proto = model([node("Log", ["x"], ["y"])], [value("x", FLOAT, (4,))], [value("y", FLOAT, (4,))])
    numbers = np.array([-1, 0, np.inf, np.nan], np.float32)
    outcome = executor.vouch(artefact_of(tmp_path, proto), encode([numbers]), ANY)
    (output,) = decode(payload_of(outcome))
    np.testing.assert_array_equal(output, [np.nan, -np.inf, np.inf, np.nan])


def test_run__same_model_again__same_child(tmp_path: Path) -> None:
    with Executor(SETTINGS) as fresh, structlog.testing.capture_logs():
        artefact = artefact_of(tmp_path, onnx_models.linear())
        fresh.run(artefact, INPUT)
        (before,) = idle_children(fresh)
        fresh.run(artefact, INPUT)
        (after,) = idle_children(fresh)
        assert after is before
        assert after.runs == 2


def test_run__more_models_than_children__least_recently_used_ends(tmp_path: Path) -> None:
    first, second, third = (
        artefact_of(tmp_path, onnx_models.identity(shape=(size,))) for size in (1, 2, 3)
    )
    with Executor(dataclasses.replace(SETTINGS, max_children=2)) as fresh:
        for artefact in (first, second):
            fresh.inspect(artefact)
        oldest, newer = idle_children(fresh)
        fresh.inspect(third)
        assert not process_exists(oldest.pid)
        assert process_exists(newer.pid)
        assert len(idle_children(fresh)) == 2
    assert not process_exists(newer.pid)


# Models that are refused


def _sequence_output() -> onnx.ModelProto:
    output = helper.make_tensor_sequence_value_info("y", FLOAT, None)
    return model([node("SequenceConstruct", ["x"], ["y"])], [value("x")], [output])


def _external() -> onnx.ModelProto:
    proto = onnx_models.linear()
    weights = proto.graph.initializer[0]
    weights.data_location = onnx.TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="/etc/passwd")
    return proto


def _custom() -> onnx.ModelProto:
    return model(
        [node("Steal", ["x"], ["y"], domain="thief")],
        [value("x")],
        [value("y")],
        opset={"thief": 1},
    )


@pytest.mark.parametrize(
    ("content", "sign"),
    [
        (b"#!/bin/sh\necho hello", "NotOnnxError"),
        (_sequence_output().SerializeToString(), "UnsupportedTypeError"),
        (_external().SerializeToString(), "ExternalDataError"),
        (_custom().SerializeToString(), "CustomOperatorError"),
    ],
)
def test_inspect__model_no_worker_could_agree_on__abstains_and_says_why(
    executor: Executor, tmp_path: Path, content: bytes, sign: str
) -> None:
    any_manifest = manifest_of(graph.inspect(onnx_models.linear()))
    refusal = executor.inspect(stored(tmp_path, content, any_manifest))
    assert abstention(refusal) is Reason.REFUSED_MODEL
    assert isinstance(refusal, Abstain)
    assert sign in refusal.detail


def test_inspect__opset_too_new__abstains(executor: Executor, tmp_path: Path) -> None:
    proto = onnx_models.identity()
    proto.opset_import[0].version = 99
    refusal = executor.inspect(artefact_of(tmp_path, proto))
    assert abstention(refusal) is Reason.REFUSED_MODEL
    assert "OpsetTooNewError" in str(refusal)


def test_inspect__manifest_of_another_graph__abstains(executor: Executor, tmp_path: Path) -> None:
    content = onnx_models.linear().SerializeToString()
    other = manifest_of(graph.inspect(onnx_models.identity()))
    refusal = executor.inspect(stored(tmp_path, content, other))
    assert abstention(refusal) is Reason.MANIFEST_DIFFERS
    assert "the manifest says x FLOAT[2], the graph x FLOAT[?, 3]" in str(refusal)


def test_inspect__graph_onnxruntime_cannot_load__model_error(
    executor: Executor, tmp_path: Path
) -> None:
    proto = model([node("Add", ["x", "nowhere"], ["y"])], [value("x")], [value("y")])
    outcome = executor.inspect(artefact_of(tmp_path, proto))
    assert isinstance(outcome, ModelError)
    assert "nowhere" in outcome.detail


def test_run__refused_model_again__remembered_without_a_child(tmp_path: Path) -> None:
    any_manifest = manifest_of(graph.inspect(onnx_models.linear()))
    artefact = stored(tmp_path, b"junk", any_manifest)
    with Executor(SETTINGS) as fresh:
        first = fresh.run(artefact, INPUT)
        artefact.path.unlink()  # a second child would need it
        assert fresh.run(artefact, INPUT) == first


def test_run__file_changed_in_the_cache__not_run(executor: Executor, tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, onnx_models.identity(shape=(5,)))
    artefact.path.write_bytes(onnx_models.linear().SerializeToString())
    with pytest.raises(ArtefactDigestMismatchError):
        executor.run(artefact, INPUT)


def test_run__file_gone_from_the_cache__says_to_fetch_it(
    executor: Executor, tmp_path: Path
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.identity(shape=(6,)))
    artefact.path.unlink()
    with pytest.raises(ArtefactEvictedError, match="fetch it again"):
        executor.run(artefact, INPUT)


# Models that misbehave


def test_run__expand_bomb__memory_limit_and_life_goes_on(
    executor: Executor, tmp_path: Path
) -> None:
    bomb = artefact_of(tmp_path, onnx_models.expand_bomb())
    assert abstention(executor.run(bomb, integer(100_000))) is Reason.MEMORY_LIMIT
    (output,) = decode(payload_of(executor.run(bomb, integer(10))))
    assert output == 100


def test_run__loop_bomb__cpu_limit(executor: Executor, tmp_path: Path) -> None:
    bomb = artefact_of(tmp_path, onnx_models.loop_bomb())
    assert abstention(executor.run(bomb, integer(10**15, ()))) is Reason.CPU_LIMIT
    (output,) = decode(payload_of(executor.run(bomb, integer(10, ()))))
    assert output == 10


def test_run__longer_than_the_wall_clock_allows__killed(tmp_path: Path) -> None:
    settings = ExecutorSettings(run_seconds=0.5, run_cpu_seconds=60, max_children=1)
    with Executor(settings) as fresh:
        bomb = artefact_of(tmp_path, onnx_models.loop_bomb())
        assert abstention(fresh.run(bomb, integer(10**15, ()))) is Reason.WALL_LIMIT
        assert idle_children(fresh) == []


def test_run__huge_output__abstains_and_keeps_the_child(executor: Executor, tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, onnx_models.huge_output())
    assert abstention(executor.run(artefact, integer(1 << 20))) is Reason.RESULT_TOO_LARGE
    (output,) = decode(payload_of(executor.run(artefact, integer(8))))
    assert output.tolist() == [1.0] * 8


def test_run__onnxruntime_throws__model_error_and_keeps_the_child(
    executor: Executor, tmp_path: Path
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.out_of_range())
    outcome = executor.run(artefact, integer(7, ()))
    assert isinstance(outcome, ModelError)
    assert "out of data bounds" in outcome.detail
    (output,) = decode(payload_of(executor.run(artefact, integer(1, ()))))
    assert output == 20


def test_run__child_killed_in_the_middle__abstains(tmp_path: Path) -> None:
    settings = ExecutorSettings(run_seconds=60, run_cpu_seconds=60)
    child = LoadedModel(settings)
    try:
        assert isinstance(child.load(onnx_models.loop_bomb().SerializeToString()), Inspection)
        outcomes: list[object] = []
        run = threading.Thread(target=lambda: outcomes.append(child.run(integer(10**15, ()))))
        before = cpu_ticks(child.pid)
        run.start()
        deadline = time.monotonic() + 30
        while cpu_ticks(child.pid) < before + 5 and time.monotonic() < deadline:
            run.join(0.01)
        os.kill(child.pid, signal.SIGKILL)
        run.join(30)
        (outcome,) = outcomes
        assert abstention(outcome) is Reason.CRASHED
        assert "SIGKILL" in str(outcome)
        assert not child.usable
    finally:
        child.kill()


def test_run__warm_child_died__a_fresh_one_answers(tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, onnx_models.linear())
    with Executor(SETTINGS) as fresh:
        expected = payload_of(fresh.run(artefact, INPUT))
        (warm,) = idle_children(fresh)
        os.kill(warm.pid, signal.SIGKILL)
        assert payload_of(fresh.run(artefact, INPUT)) == expected
        (replacement,) = idle_children(fresh)
        assert replacement.pid != warm.pid


# What a worker vouches for


def test_vouch__float_graph_declared_exact__abstains(executor: Executor, tmp_path: Path) -> None:
    outcome = executor.vouch(artefact_of(tmp_path, onnx_models.linear()), INPUT, None)
    assert abstention(outcome) is Reason.FLOAT_DECLARED_EXACT
    assert "Gemm 'dense'" in str(outcome)


def test_vouch__integer_graph_declared_exact__full_range_products_do_not_saturate(
    executor: Executor, tmp_path: Path
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.integer_product())
    outcome = executor.vouch(artefact, encode([np.full((1, 4), 255, np.uint8)]), None)
    (output,) = decode(payload_of(outcome))
    assert output.tolist() == [[4 * 255 * 127, 4 * 255 * -128]]


IMAGE = encode([np.random.default_rng(1).standard_normal((1, 3, 16, 16)).astype(np.float32)])


def test_vouch__result_that_stays_within_the_tolerance__the_published_graphs(
    executor: Executor, tmp_path: Path
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.convolution())
    result = payload_of(executor.vouch(artefact, IMAGE, ANY))
    keys = [key for key, _ in executor._pool._idle]
    assert keys.count((artefact.sha256, artefact.manifest.digest)) == 1
    assert result == payload_of(executor.run(artefact, IMAGE, Level.AS_PUBLISHED))
    assert result != payload_of(executor.run(artefact, IMAGE, Level.REWRITTEN))


def test_vouch__result_that_moves_more_than_the_tolerance__abstains(
    executor: Executor, tmp_path: Path
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.convolution())
    assert abstention(executor.vouch(artefact, IMAGE, Tolerance(0, 0))) is Reason.UNSTABLE


def test_vouch__discrete_output_that_flips__abstains(executor: Executor, tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, onnx_models.convolution(with_label=True))
    assert abstention(executor.vouch(artefact, IMAGE, ANY)) is Reason.UNSTABLE


def test_vouch__input_outside_the_signature__empty_payload(
    executor: Executor, tmp_path: Path
) -> None:
    outcome = executor.vouch(artefact_of(tmp_path, onnx_models.linear()), b"junk", ANY)
    assert payload_of(outcome) == EMPTY_PAYLOAD


# The sandbox around it


def test_executor__secrets_in_the_environment__not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYSTORE_PASSWORD", "hunter2")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = LoadedModel(SETTINGS)
    try:
        environment = Path(f"/proc/{child.pid}/environ").read_bytes()
        command = Path(f"/proc/{child.pid}/cmdline").read_bytes()
    finally:
        child.kill()
    assert b"LC_ALL" in environment
    assert b"hunter2" not in environment + command
    assert b"PYTHONPATH" not in environment


def test_executor__required_protection_missing__refuses_to_start(tmp_path: Path) -> None:
    settings = ExecutorSettings(required_protections=("memory", "moat"))
    with Executor(settings) as fresh, pytest.raises(ChildStartError, match="moat is None"):
        fresh.inspect(artefact_of(tmp_path, onnx_models.linear()))


def test_run__interrupted_while_waiting__child_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = LoadedModel(SETTINGS)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(child._child, "exchange", interrupt)
    with pytest.raises(KeyboardInterrupt):
        child.run(INPUT)
    assert not child.usable
    assert not process_exists(child.pid)


SUBVERTED = """
import os
def read():
    header = os.read(0, 5)
    left = int.from_bytes(header[1:], "little")
    while left:
        left -= len(os.read(0, left))
def write(kind, body):
    os.write(1, bytes([kind]) + len(body).to_bytes(4, "little") + body)
write(16, b"{}")
read()
write(17, %r)
for _ in range(2):
    read()
    write(18, bytes(16) + b"no payload")
"""


def test_vouch__child_that_was_taken_over__its_result_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artefact = artefact_of(tmp_path, onnx_models.linear())
    report = json.dumps(graph.inspect(onnx_models.linear()).to_json()).encode()
    monkeypatch.setattr(process, "_BOOTSTRAP", SUBVERTED % report)
    with Executor(SETTINGS) as fresh:
        outcome = fresh.vouch(artefact, INPUT, ANY)
    assert abstention(outcome) is Reason.CRASHED
    assert "no payload" in str(outcome)


def test_executor__worker_gone__child_ends_by_itself() -> None:
    child = LoadedModel(SETTINGS)
    handle = os.pidfd_open(child.pid)
    try:
        for pipe in child._child._pipes():
            pipe.close()  # as the kernel does when the worker ends
        ended, _, _ = select.select([handle], [], [], 30)
        assert ended
    finally:
        os.close(handle)
        os.waitpid(child.pid, 0)


def test_executor__used_after_close__refused(tmp_path: Path) -> None:
    closed = Executor(SETTINGS)
    closed.close()
    with pytest.raises(ExecutorClosedError):
        closed.run(artefact_of(tmp_path, onnx_models.linear()), INPUT)


def idle_children(executor: Executor) -> list[LoadedModel]:
    return [child for _, child in executor._pool._idle]


def process_exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def rows_of(*numbers: int) -> list[bytes]:
    return [encode([np.full((1, 2), number, np.int32)]) for number in numbers]


def doubling() -> onnx.ModelProto:
    """y = 2 x over integers, batch of any size."""
    return model(
        [node("Add", ["x", "x"], ["y"])],
        [value("x", onnx_models.INT32, ("n", 2))],
        [value("y", onnx_models.INT32, ("n", 2))],
    )


def looking_up() -> onnx.ModelProto:
    """Looks its input up in a table of three."""
    return model(
        [node("Gather", ["t", "x"], ["y"])],
        [value("x", onnx_models.INT32, ("n", 2))],
        [value("y", onnx_models.INT32, ("n", 2))],
        {"t": np.array([5, 6, 7], np.int32)},
    )


def test_vouch_many__integer_rows__one_run_and_what_each_alone_gives(tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, doubling())
    with Executor(SETTINGS) as own:
        known = own.batches(artefact.sha256, artefact.manifest.digest)
        payloads = [*rows_of(1, 2), b"no payload", *rows_of(3)]
        together = own.vouch_many(artefact, payloads, None)
        assert (known, own.batches(artefact.sha256, artefact.manifest.digest)) == (False, True)
        child = own._pool._idle[0][1]
        assert child.runs == 1
        alone = [own.vouch(artefact, payload, None) for payload in payloads]
    assert list(map(payload_of, together)) == list(map(payload_of, alone))
    assert payload_of(together[2]) == EMPTY_PAYLOAD


def test_vouch_many__one_input_fails__all_are_to_be_asked_for_one_by_one(tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, looking_up())
    with Executor(SETTINGS) as own:
        with pytest.raises(BatchFailedError):
            own.vouch_many(artefact, rows_of(0, 9, 2), None)
        with pytest.raises(BatchFailedError, match="one by one"):  # asked for in the meantime
            own.vouch_many(artefact, rows_of(0, 2), None)
        answers = [own.vouch_many(artefact, [row], None)[0] for row in rows_of(0, 9, 2)]
    first, second, third = answers
    assert [decode(payload_of(o))[0].tolist() for o in (first, third)] == [[[5, 5]], [[7, 7]]]
    assert isinstance(second, ModelError)


def test_vouch_many__floats__each_by_itself(tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, onnx_models.linear())
    with Executor(SETTINGS) as own:
        outcomes = own.vouch_many(artefact, [INPUT, INPUT], ANY)
        assert not own.batches(artefact.sha256, artefact.manifest.digest)
    np.testing.assert_allclose(decode(payload_of(outcomes[1]))[0], EXPECTED, rtol=1e-5)


def test_vouch_many__batch_failed__each_alone_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor_module, "_ALONE_AFTER_A_FAULT", 3)
    artefact = artefact_of(tmp_path, looking_up())
    key = artefact.sha256, artefact.manifest.digest
    with Executor(SETTINGS) as own:
        with pytest.raises(BatchFailedError):
            own.vouch_many(artefact, rows_of(0, 9), None)
        after_a_fault = own.batches(*key)
        for row in rows_of(0, 9, 1):
            own.vouch_many(artefact, [row], None)
        after_three_alone = own.batches(*key)
    assert (after_a_fault, after_three_alone) == (False, True)


def test_vouch_many__too_much_at_once__each_alone(tmp_path: Path) -> None:
    artefact = artefact_of(tmp_path, doubling())
    small = dataclasses.replace(SETTINGS, limits=Limits(memory_bytes=700 << 20))
    large = [encode([np.zeros((3_000_000, 2), np.int32)])] * 8
    with Executor(dataclasses.replace(small, max_result_bytes=1 << 26)) as own:
        with pytest.raises(BatchFailedError):
            own.vouch_many(artefact, large, None)
        (outcome,) = own.vouch_many(artefact, large[:1], None)
        again = own.batches(artefact.sha256, artefact.manifest.digest)
    assert isinstance(outcome, Result)
    assert not again


def test_inspect__not_loaded_in_time__left_alone_for_five_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job of such a version would otherwise hold a thread for as long as loading may take."""
    artefact, loads, now = artefact_of(tmp_path, doubling()), [], [1_000.0]

    def too_slow(self: LoadedModel, model: bytes) -> Abstain:
        loads.append(len(model))
        return Abstain(Reason.WALL_LIMIT, "the child gave no answer in time")

    monkeypatch.setattr(LoadedModel, "load", too_slow)
    tried = []
    with Executor(SETTINGS, clock=lambda: now[0]) as own:
        for now[0] in (1_000.0, 1_299.0, 1_300.0):
            assert abstention(own.inspect(artefact)) is Reason.WALL_LIMIT
            tried.append(len(loads))
    assert tried == [1, 1, 2]
