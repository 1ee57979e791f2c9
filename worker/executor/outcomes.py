"""What asking the executor can lead to: a result, a reason to abstain, or a failing model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.errors import AssayError


class Reason(StrEnum):
    """Why a worker does not vote."""

    REFUSED_MODEL = "refused-model"  # not a graph this worker runs
    MANIFEST_DIFFERS = "manifest-differs"  # the graph is not what its manifest says
    FLOAT_DECLARED_EXACT = "float-declared-exact"
    UNSTABLE = "unstable"  # moves more than its tolerance across optimisation levels
    MEMORY_LIMIT = "memory-limit"
    CPU_LIMIT = "cpu-limit"
    WALL_LIMIT = "wall-limit"
    RESULT_TOO_LARGE = "result-too-large"
    CRASHED = "crashed"
    INPUT_TOO_LARGE = "input-too-large"  # by reference, and more than this worker fetches
    UNKNOWN_REFERENCE = "unknown-reference"  # of a version that others may know


@dataclass(frozen=True)
class Result:
    """An encoded result and what it cost to compute.

    `wall_seconds` and `cpu_seconds` cover the model's run alone, measured in the child.
    """

    payload: bytes
    wall_seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Abstain:
    """The worker will not vouch for an answer; `detail` tells its operator why."""

    reason: Reason
    detail: str


@dataclass(frozen=True)
class ModelError:
    """onnxruntime loaded or ran the model and raised; `detail` is its message, truncated."""

    detail: str


Outcome = Result | Abstain | ModelError


class BatchFailedError(AssayError):
    """Several inputs could not be answered in one run; each has to be asked for by itself."""
