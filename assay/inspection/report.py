"""What an inspection found, in a form that crosses the pipe from the sandbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assay.manifest import Manifest
from assay.tensors import DataType, TensorSpec


@dataclass(frozen=True)
class Inspection:
    """A model that this worker can run.

    `float_node` names a node that computes in floating point, and is None for a graph whose
    results are the same bits on every machine. `by_rows` says whether inputs of several jobs may
    run as one, along their first axis.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    opset: dict[str, int]
    float_node: str | None
    by_rows: bool = False

    @property
    def exact(self) -> bool:
        """Whether the version may be declared EXACT; otherwise it is one for TOLERANCE."""
        return self.float_node is None

    def to_json(self) -> dict[str, Any]:
        """Plain values, for `from_json`."""
        return asdict(self)

    @property
    def batches(self) -> bool:
        """Whether runs for several jobs may be one: only where that cannot change a bit."""
        return self.exact and self.by_rows

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Inspection:
        """The inspection from plain values; raises KeyError, TypeError or ValueError."""
        return cls(
            inputs=tuple(map(_spec, value["inputs"])),
            outputs=tuple(map(_spec, value["outputs"])),
            opset=dict(value["opset"]),
            float_node=value["float_node"],
            by_rows=bool(value["by_rows"]),
        )


def manifest_faults(found: Inspection, manifest: Manifest) -> list[str]:
    """Where a manifest says something else than its graph, one sentence each."""
    faults = []
    for what in ("inputs", "outputs"):
        stated, actual = getattr(manifest, what), getattr(found, what)
        if stated != actual:
            faults.append(f"{what}: the manifest says {_show(stated)}, the graph {_show(actual)}")
    if manifest.opset != found.opset:
        faults.append(f"opset: the manifest says {manifest.opset}, the graph {found.opset}")
    return faults


def _spec(value: dict[str, Any]) -> TensorSpec:
    return TensorSpec(value["name"], DataType(value["dtype"]), tuple(value["shape"]))


def _show(specs: tuple[TensorSpec, ...]) -> str:
    shown = (
        f"{spec.name} {spec.dtype.name}"
        f"[{', '.join('?' if dim is None else str(dim) for dim in spec.shape)}]"
        for spec in specs
    )
    return ", ".join(shown) or "none"
