"""The executor's settings."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from worker.executor.sandbox import Limits


@dataclass(frozen=True)
class ExecutorSettings:
    """Bounds of the sandbox; seconds are wall clock unless the name says CPU."""

    limits: Limits = field(default_factory=Limits)
    start_seconds: float = 30.0  # to start the interpreter and import onnxruntime
    load_seconds: float = 60.0  # to inspect and load a model
    run_seconds: float = 60.0  # for one input
    run_cpu_seconds: int = 30  # for one input
    max_model_bytes: int = 256 << 20
    max_result_bytes: int = 1 << 20
    max_children: int = 4  # processes alive at once, idle ones included
    required_protections: tuple[str, ...] = ()  # refuse to run models unless these are "on"

    def for_child(self) -> dict[str, Any]:
        """The part that a child is told."""
        return {
            "limits": asdict(self.limits),
            "max_model_bytes": self.max_model_bytes,
            "max_result_bytes": self.max_result_bytes,
            "load_cpu_seconds": math.ceil(self.load_seconds),
            "run_cpu_seconds": self.run_cpu_seconds,
        }
