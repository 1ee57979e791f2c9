"""What a publisher is cautioned against, and what not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from assay.execution.levels import Level
from assay.inspection.report import Inspection
from assay.publish.cautions import LARGEST_MODEL, LARGEST_RESULT, Case, Kind, cautions
from assay.publish.measure import Measured
from assay.publish.settings import Setting
from assay.publish.spread import Deviation, Extent
from assay.tensors import DataType, TensorSpec
from assay.tolerance import Tolerance
from tests.support.pages import page
from worker.settings import ExecutorTable

Y = TensorSpec("y", DataType.FLOAT, (1, 4))
LABEL = TensorSpec("label", DataType.INT64, (1,))
SETTING = Setting(level=Level.BASIC)
PUBLIC = ("ipfs://bafy/m.onnx", "https://models.example/m.onnx")


def deviation(output: TensorSpec = Y, **changes: Any) -> Deviation:
    plain = Deviation(
        setting=SETTING,
        output=output.name,
        elements=4,
        differing=1,
        apart=0,
        distance=1e-6,
        relative=1e-6,
    )
    return replace(plain, **changes)


MEASURED = Measured(
    votes=(b"\0",),
    deviations=(deviation(),),
    extents=(Extent(spec=Y, lowest=-1.0, highest=1.0, strange=0),),
    result_bytes=100,
    seconds=0.01,
    unmeasured=(),
)
FLOATS = Inspection(
    inputs=(TensorSpec("x", DataType.FLOAT, (1, 3)),),
    outputs=(Y,),
    opset={"ai.onnx": 21},
    float_node="Gemm",
)
INTEGERS = replace(FLOATS, outputs=(LABEL,), float_node=None)
PLAIN = Case(
    inspection=FLOATS,
    float_outputs=frozenset({"y"}),
    saturating=None,
    measured=MEASURED,
    drawn=False,
    tolerance=Tolerance.at_least(1e-4, 1e-5),
    size=1_000,
    uris=PUBLIC,
)
EXACT = replace(PLAIN, inspection=INTEGERS, float_outputs=frozenset(), tolerance=None)


def seen(**changes: Any) -> Measured:
    return replace(MEASURED, **changes)


def test_cautions__bounds_of_workers__are_their_defaults() -> None:
    usual = ExecutorTable()
    assert (usual.max_model_mb << 20, usual.max_result_bytes) == (LARGEST_MODEL, LARGEST_RESULT)


def test_cautions__nothing_amiss__none() -> None:
    assert cautions(PLAIN) == ()
    assert cautions(EXACT) == ()


LABELLED = replace(FLOATS, outputs=(Y, LABEL))
WIDE = Tolerance.at_least(0.03, 0)
CASES: dict[str, tuple[Case, Kind, str]] = {
    "label of floats": (
        replace(PLAIN, inspection=LABELLED, float_outputs=frozenset({"y", "label"})),
        Kind.DISCRETE_OUTPUT,
        "output label is INT64 and hangs on floats",
    ),
    "label that flips": (
        replace(PLAIN, inspection=LABELLED, measured=seen(deviations=(deviation(LABEL, apart=3),))),
        Kind.FLIPPING_OUTPUT,
        "output label flips: 3 of 4 elements differ at the setting 'basic, 1 thread'",
    ),
    "integers that flip": (
        replace(EXACT, measured=seen(deviations=(deviation(LABEL, apart=1),))),
        Kind.FLIPPING_OUTPUT,
        "No worker votes with that one",
    ),
    "nan": (
        replace(PLAIN, measured=seen(extents=(Extent(spec=Y, lowest=0, highest=1, strange=7),))),
        Kind.NOT_FINITE,
        "output y holds 7 elements that are NaN or infinite",
    ),
    "wide": (replace(PLAIN, tolerance=WIDE), Kind.WIDE_TOLERANCE, "ranges over 2 only"),
    "narrow": (
        replace(PLAIN, measured=seen(outside=(SETTING,))),
        Kind.NARROW_TOLERANCE,
        "results leave the tolerance at 'basic, 1 thread'",
    ),
    "needless": (
        replace(EXACT, tolerance=Tolerance.at_least(1e-4, 0)),
        Kind.NEEDLESS_TOLERANCE,
        "publish it as EXACT",
    ),
    "int8 among floats": (
        replace(PLAIN, saturating="MatMulInteger with the weights 'w'"),
        Kind.SATURATING_INT8,
        "MatMulInteger with the weights 'w'.*reduce_range=True",
    ),
    "int8 alone": (
        replace(EXACT, saturating="MatMulInteger with the weights 'w'"),
        Kind.SATURATING_INT8,
        "widens them, so votes agree",
    ),
    "dynamic": (
        replace(
            PLAIN,
            inspection=replace(FLOATS, inputs=(TensorSpec("x", DataType.FLOAT, (None, 3)),)),
        ),
        Kind.DYNAMIC_AXES,
        "inputs of any size: x",
    ),
    "large result": (
        replace(PLAIN, measured=seen(result_bytes=(48 << 10) + 1)),
        Kind.LARGE_RESULT,
        "a result takes 49153 bytes",
    ),
    "large model": (
        replace(PLAIN, size=(256 << 20) + 1),
        Kind.LARGE_MODEL,
        "the artefact has 268435457 bytes",
    ),
    "slow": (replace(PLAIN, measured=seen(seconds=5.5)), Kind.SLOW_MODEL, "took 5.5 s"),
    "no uri": (replace(PLAIN, uris=()), Kind.NO_URI, "Give a store or uris"),
    "one place": (replace(PLAIN, uris=PUBLIC[:1]), Kind.ONE_PLACE, "Name a second one"),
    "file": (
        replace(PLAIN, uris=("file:///m/a.onnx", *PUBLIC)),
        Kind.LOCAL_URI,
        "file:///m/a.onnx: only workers on this machine",
    ),
    "processors": (
        replace(PLAIN, measured=seen(unmeasured=("Haswell: no emulator here",))),
        Kind.UNMEASURED_PROCESSORS,
        "Haswell: no emulator here.*qemu-user",
    ),
    "random": (replace(PLAIN, drawn=True), Kind.RANDOM_SAMPLES, "says little about real inputs"),
}


@pytest.mark.parametrize("name", CASES)
def test_cautions__one_thing_amiss__said_with_what_to_do(name: str) -> None:
    case, kind, text = CASES[name]
    (found,) = (caution for caution in cautions(case) if caution.kind is kind)
    assert re.search(text, found.message)
    assert str(found).startswith(f"{kind.value}: ")


def test_cautions__kinds__each_is_tested() -> None:
    assert {kind for _, kind, _ in CASES.values()} | {Kind.PRIVATE_URI} == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_docs__cautions__each_has_a_row(kind: Kind) -> None:
    assert f"`{kind.value}`" in page("models.md")


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1", "10.1.2.3", "[::1]", "nas", "nas.local", "a.internal."]
)
def test_cautions__host_that_is_not_on_the_internet__said(host: str) -> None:
    case = replace(PLAIN, uris=(f"http://{host}/m.onnx?key=secret", *PUBLIC))
    (found,) = cautions(case)
    assert found.kind is Kind.PRIVATE_URI
    assert "secret" not in found.message


def test_cautions__float_that_hangs_on_floats__no_word() -> None:
    assert cautions(replace(PLAIN, float_outputs=frozenset({"y"}))) == ()


def test_cautions__flips_that_saturation_explains__told_once() -> None:
    case = replace(
        EXACT, saturating="ConvInteger", measured=seen(deviations=(deviation(LABEL, apart=1),))
    )
    assert [found.kind for found in cautions(case)] == [Kind.SATURATING_INT8]


def test_cautions__constant_output__range_is_its_size() -> None:
    constant = (Extent(spec=Y, lowest=5.0, highest=5.0, strange=0),)
    assert cautions(replace(PLAIN, measured=seen(extents=constant))) == ()
    zero = (Extent(spec=Y, lowest=0.0, highest=0.0, strange=0),)
    assert cautions(replace(PLAIN, measured=seen(extents=zero))) == ()
