"""Runs a model's samples in every way there is here, and says how far the results move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assay.inspection.report import Inspection
from assay.publish import settings
from assay.publish.apart import Apart, Run, emulators
from assay.publish.errors import MeasuringError
from assay.publish.settings import Measuring, Setting
from assay.publish.spread import FLOAT32_STEP, Deviation, Extent, deviations, extents, tolerance_for
from assay.tolerance import SUPPORT, Tolerance, payloads_close


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What running the samples has shown."""

    votes: tuple[bytes, ...] = field(repr=False)
    """The encoded result of each sample, as workers vote for it."""
    deviations: tuple[Deviation, ...]
    """For each setting and output, from what workers vote for."""
    extents: tuple[Extent, ...]
    """For each output."""
    result_bytes: int
    """Of the largest encoded result."""
    seconds: float
    """Wall clock of the slowest sample, at the setting that workers vote with."""
    unmeasured: tuple[str, ...]
    """Processors whose rounding was not seen, and why."""
    outside: tuple[Setting, ...] = ()
    """Settings at which a result left the tolerance that was asked for."""

    @property
    def spread(self) -> float:
        """What a tolerance has to allow for: no less than one rounding of the largest element."""
        step = FLOAT32_STEP * max((extent.largest for extent in self.extents), default=0.0)
        return max(step, self.distance)

    @property
    def distance(self) -> float:
        """The largest distance of two float32 elements that was seen."""
        return max((found.distance for found in self.deviations), default=0.0)

    @property
    def tolerance(self) -> Tolerance:
        """What is suggested for a version that is TOLERANCE. Raises ToleranceError."""
        return tolerance_for(self.spread)


def measure(
    content: bytes,
    inspection: Inspection,
    samples: Sequence[bytes],
    measuring: Measuring,
    tolerance: Tolerance | None = None,
) -> Measured:
    """Run encoded samples at each setting, on this processor and on emulated ones.

    `tolerance` is one whose sufficiency is in question. Raises MeasuringError.
    """
    vote = settings.vote(exact=inspection.exact)
    found: list[Deviation] = []
    outside: list[Setting] = []
    unmeasured: list[str] = []

    def compare(votes: Run, run: Run) -> None:
        found.extend(deviations(run.setting, inspection.outputs, votes.payloads, run.payloads))
        if tolerance is not None and not _within(votes, run, tolerance):
            outside.append(run.setting)

    with Apart(content, inspection.inputs, samples, measuring) as apart:
        runs = apart.run([vote, *settings.others(exact=inspection.exact)])
        votes = next(runs)
        for run in runs:
            compare(votes, run)
        there = emulators(measuring)
        for processor in measuring.processors:
            setting = Setting(level=vote.level, processor=processor)
            if processor not in there:
                unmeasured.append(f"{processor}: no emulator here")
                continue
            try:
                (run,) = apart.run([setting])
                compare(votes, run)
            except MeasuringError as error:
                unmeasured.append(f"{processor}: {error}")
    return Measured(
        votes=tuple(votes.payloads),
        deviations=tuple(found),
        extents=tuple(extents(inspection.outputs, votes.payloads)),
        result_bytes=max(map(len, votes.payloads)),
        seconds=max(votes.seconds),
        unmeasured=tuple(unmeasured),
        outside=tuple(outside),
    )


def _within(votes: Run, run: Run, tolerance: Tolerance) -> bool:
    return all(
        payloads_close(vote, result, tolerance, SUPPORT)
        for vote, result in zip(votes.payloads, run.payloads, strict=True)
    )
