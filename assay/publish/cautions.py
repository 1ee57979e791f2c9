"""What a publisher should know about a model before it is out for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assay.inspection.report import Inspection
from assay.publish import places
from assay.publish.measure import Measured
from assay.tensors import DataType
from assay.tolerance import Tolerance

LARGEST_MODEL = 256 << 20
"""Bytes of the largest file that a worker runs unless its operator says otherwise."""
LARGEST_RESULT = 48 << 10
"""The same of a result."""

_WIDE = 100
"""A tolerance is wide when it is more than the hundredth part of what an output ranges over."""
_SLOW_SECONDS = 5.0
_NAMED = 5
"""Names in one sentence."""


class PublishWarning(UserWarning):
    """The category of the cautions that `Client.publish` tells by Python's own warnings."""


class Kind(StrEnum):
    """What a caution is about."""

    RANDOM_SAMPLES = "random-samples"
    UNMEASURED_PROCESSORS = "unmeasured-processors"
    DISCRETE_OUTPUT = "discrete-output"
    FLIPPING_OUTPUT = "flipping-output"
    NOT_FINITE = "not-finite"
    WIDE_TOLERANCE = "wide-tolerance"
    NARROW_TOLERANCE = "narrow-tolerance"
    NEEDLESS_TOLERANCE = "needless-tolerance"
    SATURATING_INT8 = "saturating-int8"
    DYNAMIC_AXES = "dynamic-axes"
    LARGE_RESULT = "large-result"
    LARGE_MODEL = "large-model"
    SLOW_MODEL = "slow-model"
    NO_URI = "no-uri"
    LOCAL_URI = "local-uri"
    PRIVATE_URI = "private-uri"
    ONE_PLACE = "one-place"


@dataclass(frozen=True, kw_only=True, slots=True)
class Caution:
    """Something that is allowed, and that a publisher may regret."""

    kind: Kind
    message: str
    """What it is, and what to do."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is known of a model that is to be published."""

    inspection: Inspection
    float_outputs: frozenset[str]
    """Outputs that hang on floats that were computed."""
    saturating: str | None
    """A node whose int8 products may saturate."""
    measured: Measured
    drawn: bool
    """Whether the samples were drawn at random."""
    tolerance: Tolerance | None
    """Of the version; None is EXACT."""
    size: int
    """Bytes of the artefact."""
    uris: Sequence[str]


def cautions(case: Case) -> tuple[Caution, ...]:
    """All there are, the gravest kinds first."""
    return tuple(found for check in _CHECKS for found in check(case))


def _discrete(case: Case) -> Iterator[Caution]:
    for spec in case.inspection.outputs:
        if spec.dtype is not DataType.FLOAT and spec.name in case.float_outputs:
            yield Caution(
                kind=Kind.DISCRETE_OUTPUT,
                message=f"output {spec.name} is {spec.dtype.name} and hangs on floats: it has to "
                "be equal on all machines, and workers abstain from inputs for which it flips. "
                "Publish the float32 numbers it is taken from and leave the rest, like argmax, to "
                "the reader; cast other floats to float32",
            )


def _flipping(case: Case) -> Iterator[Caution]:
    if case.inspection.exact and case.saturating is not None:
        return  # what differs then is told by `_saturating`
    for spec in case.inspection.outputs:
        flips = [d for d in case.measured.deviations if d.output == spec.name and d.apart]
        if flips:
            worst = max(flips, key=lambda deviation: deviation.apart)
            yield Caution(
                kind=Kind.FLIPPING_OUTPUT,
                message=f"output {spec.name} flips: {worst.apart} of {worst.elements} elements "
                f"differ at the setting '{worst.setting}' beyond any tolerance. "
                + (_NOT_VOTED if case.inspection.exact else _ABSTAINED),
            )


_NOT_VOTED = (
    "No worker votes with that one, but an operator that onnxruntime computes differently is not "
    "to be relied on: find it, and export without it"
)
_ABSTAINED = (
    "Workers abstain from such inputs, and jobs are refunded: drop the output, or keep the graph "
    "away from ties, NaN and infinities"
)


def _not_finite(case: Case) -> Iterator[Caution]:
    for extent in case.measured.extents:
        if extent.strange:
            yield Caution(
                kind=Kind.NOT_FINITE,
                message=f"output {extent.spec.name} holds {extent.strange} elements that are NaN "
                "or infinite: a NaN is close only to a NaN. Clip or guard what leads there "
                "(division by zero, logarithms, overflow), or give samples from real use",
            )


def _wide(case: Case) -> Iterator[Caution]:
    tolerance = case.tolerance
    if tolerance is None:
        return
    for extent in case.measured.extents:
        if extent.spec.dtype is not DataType.FLOAT or not extent.range:
            continue
        bound = tolerance.atol_value + tolerance.rtol_value * extent.largest
        if bound > extent.range / _WIDE:
            yield Caution(
                kind=Kind.WIDE_TOLERANCE,
                message=f"the tolerance lets output {extent.spec.name} differ by {bound:.3g}, and "
                f"it ranges over {extent.range:.3g} only: answers up to three times that far off "
                "are paid as right. Choose a smaller one if the spread allows it, bring outputs to "
                "a like scale, or publish the output as a model of its own",
            )


def _narrow(case: Case) -> Iterator[Caution]:
    outside = [f"'{setting}'" for setting in case.measured.outside]
    if case.tolerance is not None and outside:
        yield Caution(
            kind=Kind.NARROW_TOLERANCE,
            message=f"results leave the tolerance at {_some(outside)}: "
            "workers abstain from inputs like that, and honest ones may disagree. Take the "
            "suggested one, or numerics=None",
        )


def _needless(case: Case) -> Iterator[Caution]:
    if case.inspection.exact and case.tolerance is not None:
        yield Caution(
            kind=Kind.NEEDLESS_TOLERANCE,
            message="the graph computes in integers alone, whose results are the same bits "
            "everywhere: publish it as EXACT, which costs workers and requesters less",
        )


def _saturating(case: Case) -> Iterator[Caution]:
    if case.saturating is None:
        return
    if case.inspection.exact:
        message = (
            "workers run integer graphs with a setting that widens them, so votes agree; with "
            "onnxruntime's own defaults your results may differ from theirs"
        )
    else:
        message = (
            "workers on such machines get other results than the rest, and abstain. Quantise with "
            "7-bit weights (reduce_range=True) or with unsigned ones"
        )
    yield Caution(
        kind=Kind.SATURATING_INT8,
        message=f"{case.saturating}: int8 products saturate on processors with AVX2 and without "
        f"VNNI: {message}",
    )


def _dynamic(case: Case) -> Iterator[Caution]:
    free = [spec.name for spec in case.inspection.inputs if None in spec.shape]
    if free:
        yield Caution(
            kind=Kind.DYNAMIC_AXES,
            message=f"inputs of any size: {_some(free)}. Whoever asks chooses it, the fee is the "
            "same, and a large one may pass workers' bounds on time, memory or results. Export "
            "with fixed shapes, unless jobs of many rows are meant",
        )


def _large_result(case: Case) -> Iterator[Caution]:
    if case.measured.result_bytes > LARGEST_RESULT:
        yield Caution(
            kind=Kind.LARGE_RESULT,
            message=f"a result takes {case.measured.result_bytes} bytes, and workers reveal "
            f"{LARGEST_RESULT} unless set otherwise: such jobs are refunded. Leave outputs out, or "
            "reduce them inside the graph",
        )


def _large_model(case: Case) -> Iterator[Caution]:
    if case.size > LARGEST_MODEL:
        yield Caution(
            kind=Kind.LARGE_MODEL,
            message=f"the artefact has {case.size} bytes, and workers fetch {LARGEST_MODEL} unless "
            "set otherwise: few will run it. Publish a smaller or quantised model, or agree with "
            "operators on max_model_mb",
        )


def _slow(case: Case) -> Iterator[Caution]:
    if case.measured.seconds > _SLOW_SECONDS:
        yield Caution(
            kind=Kind.SLOW_MODEL,
            message=f"one input took {case.measured.seconds:.1f} s on one thread, and workers stop "
            "after 30 s of CPU time unless set otherwise: slower ones cannot answer. Publish a "
            "smaller model, or ask with long commit phases",
        )


def _places(case: Case) -> Iterator[Caution]:
    if not case.uris:
        yield Caution(
            kind=Kind.NO_URI,
            message="no URI: workers can run it only if they have the files already. Give a store "
            "or uris; a published version's cannot be changed",
        )
        return
    if local := places.local(case.uris):
        yield Caution(
            kind=Kind.LOCAL_URI,
            message=f"{_some(local)}: only workers on this machine can read it, if their operator "
            "allows the folder. Use a store or a public address that others reach",
        )
    if private := places.private(case.uris):
        yield Caution(
            kind=Kind.PRIVATE_URI,
            message=f"{_some(private)}: not an address on the internet, and workers refuse others. "
            "Use a host that everybody reaches",
        )
    if len(case.uris) == 1:
        yield Caution(
            kind=Kind.ONE_PLACE,
            message="one place only: when it is gone, so is the model, and URIs cannot be added "
            "later. Name a second one",
        )


def _processors(case: Case) -> Iterator[Caution]:
    if case.measured.unmeasured:
        yield Caution(
            kind=Kind.UNMEASURED_PROCESSORS,
            message="how other processors round was not seen "
            f"({'; '.join(case.measured.unmeasured)}). Measure where qemu-x86_64 is installed "
            "(Debian: qemu-user), or leave more room in the tolerance",
        )


def _random(case: Case) -> Iterator[Caution]:
    if case.drawn:
        yield Caution(
            kind=Kind.RANDOM_SAMPLES,
            message="the samples were drawn at random, which says little about real inputs: give "
            "some of those as `samples`",
        )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


_CHECKS: tuple[Callable[[Case], Iterator[Caution]], ...] = (
    _flipping,
    _discrete,
    _not_finite,
    _narrow,
    _wide,
    _needless,
    _saturating,
    _large_result,
    _large_model,
    _slow,
    _dynamic,
    _places,
    _processors,
    _random,
)
