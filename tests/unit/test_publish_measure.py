"""Models run on samples in a process apart: what is seen, and what stops them."""

from __future__ import annotations

import platform
import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest

from assay.inspection import graph
from assay.publish.apart import EMULATOR
from assay.publish.errors import MeasuringLimitError, NumericsError, SampleFailedError
from assay.publish.measure import Measured, measure
from assay.publish.numerics import check, suggested
from assay.publish.samples import drawn
from assay.publish.settings import Measuring, vote
from assay.publish.spread import SAFETY
from assay.tensors import decode, encode
from assay.tolerance import Tolerance
from tests.unit import onnx_models
from tests.unit.onnx_models import FLOAT, INT64, model, node, value

HERE = Measuring(processors=(), samples=3)


def measured(
    proto: onnx.ModelProto,
    *samples: Any,
    measuring: Measuring = HERE,
    tolerance: Tolerance | None = None,
) -> Measured:
    inspection = graph.inspect(proto)
    payloads = [encode([np.asarray(s)]) for s in samples] or drawn(inspection.inputs, 3)
    return measure(proto.SerializeToString(), inspection, payloads, measuring, tolerance)


def test_measure__convolution__moves_between_levels_and_not_between_threads() -> None:
    proto = onnx_models.convolution()
    found = measured(proto)
    moved = {(str(d.setting.level), d.setting.threads): d.differing for d in found.deviations}
    assert len(moved) == 7
    assert moved["as-published", 2] == 0
    assert min(moved["basic", 1], moved["extended", 1], moved["rewritten", 2]) > 0
    assert 0 < found.spread < 1e-4
    assert found.tolerance.atol_value >= SAFETY * found.spread
    assert found.unmeasured == ()
    assert found.result_bytes == len(found.votes[0]) == 1 + 2 + 4 * 4 + 4 * 4 * 14 * 14
    assert found.seconds > 0


def test_measure__votes__as_the_graph_says() -> None:
    found = measured(onnx_models.linear(), np.array([[1, 2, 3]], np.float32))
    assert decode(found.votes[0])[0].tolist() == [[16.5, 21.5]]
    assert found.distance <= found.spread == 21.5 * 2.0**-23


def test_measure__integers__the_same_bits_where_votes_are_cast() -> None:
    proto = onnx_models.integer_product()
    found = measured(proto)
    voting = vote(exact=True).level
    assert [d.differing for d in found.deviations if d.setting.level is voting] == [0]
    assert suggested(graph.inspect(proto), found) is None


@pytest.mark.skipif(
    shutil.which(EMULATOR) is None or platform.machine() != "x86_64",
    reason=f"{EMULATOR} is not installed (Debian package qemu-user)",
)
def test_measure__emulated_processor__rounds_otherwise_at_the_voting_level() -> None:
    found = measured(onnx_models.convolution(), measuring=Measuring(processors=("Nehalem",)))
    (emulated,) = (d for d in found.deviations if d.setting.processor)
    assert str(emulated.setting) == "as-published, 1 thread, Nehalem"
    assert emulated.elements == 3 * 4 * 14 * 14
    assert emulated.distance < found.tolerance.atol_value


def test_measure__no_emulator__said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = measured(onnx_models.linear(), measuring=Measuring())
    assert found.unmeasured == ("Haswell: no emulator here", "Nehalem: no emulator here")


def test_measure__tolerance_in_question__settings_outside_of_it_named() -> None:
    proto = onnx_models.convolution()
    assert measured(proto, tolerance=Tolerance.at_least(1e-3, 1e-5)).outside == ()
    outside = measured(proto, tolerance=Tolerance.at_least(1e-9, 0)).outside
    assert {str(setting.level) for setting in outside} == {"basic", "extended", "rewritten"}


def test_measure__environment__kept_from_the_model_s_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    assert measured(onnx_models.linear()).votes


def test_measure__input_that_throws__error_with_the_reason() -> None:
    with pytest.raises(SampleFailedError, match=r"indices.*give samples that it takes"):
        measured(onnx_models.out_of_range(), np.int64(9))


def test_measure__operator_that_onnxruntime_lacks__named() -> None:
    proto = model(
        [node("BitShift", ["x", "x"], ["y"], direction="LEFT")],
        [value("x", onnx.TensorProto.UINT16, (2,))],
        [value("y", onnx.TensorProto.UINT16, (2,))],
    )
    with pytest.raises(SampleFailedError, match="BitShift"):
        measured(proto)


def test_measure__endless_model__ended() -> None:
    hasty = Measuring(processors=(), seconds=2)
    with pytest.raises(MeasuringLimitError, match="took longer than 2 s"):
        measured(onnx_models.loop_bomb(), np.int64(1 << 60), measuring=hasty)


def test_measure__more_memory_than_allowed__ended() -> None:
    with pytest.raises(MeasuringLimitError, match="more than 2048 MiB of memory"):
        measured(
            onnx_models.expand_bomb(),
            np.array([100_000]),
            measuring=Measuring(processors=(), memory_bytes=2 << 30),
        )


def test_measure__outputs_beyond_any_answer__ended() -> None:
    with pytest.raises(MeasuringLimitError, match="a worker reveals 48 KiB"):
        measured(onnx_models.huge_output(), np.array([5 << 20]))


# --- the class ---


def test_check__exact_over_floats__names_the_node() -> None:
    with pytest.raises(NumericsError, match="Gemm 'dense' computes in floating point"):
        check(graph.inspect(onnx_models.linear()), "exact")


def test_check__something_else__says_what_is_expected() -> None:
    with pytest.raises(NumericsError, match="expected None, 'exact' or a Tolerance"):
        check(graph.inspect(onnx_models.linear()), 0.1)  # type: ignore[arg-type]


def test_suggested__results_near_the_largest_float__refused() -> None:
    proto = model(
        [node("Mul", ["x", "many"], ["y"])],
        [value("x", FLOAT, (1,))],
        [value("y", FLOAT, (1,))],
        {"many": np.float32(1)},
    )
    inspection = graph.inspect(proto)
    found = measured(proto, np.array([3e38], np.float32))
    assert suggested(inspection, found) == found.tolerance
    moved = replace(found, deviations=(replace(found.deviations[0], distance=1e38),))
    with pytest.raises(NumericsError, match=r"move by 1e\+38.*scale the outputs"):
        suggested(inspection, moved)


def test_suggested__integers_that_differ_where_votes_are_cast__refused() -> None:
    proto = model(
        [node("Identity", ["x"], ["y"])], [value("x", INT64, (1,))], [value("y", INT64, (1,))]
    )
    found = measured(proto, np.array([3]))
    spoiled = replace(found, deviations=tuple(replace(d, differing=1) for d in found.deviations))
    with pytest.raises(NumericsError, match="1 of 1 elements of output y differ"):
        suggested(graph.inspect(proto), spoiled)
