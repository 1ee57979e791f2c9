"""From sources to the inputs of one job, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from assay.arranging import Value
from assay.cli.errors import InputError
from assay.cli.inputs.pictures import Pixels, tensor
from assay.cli.inputs.sources import Picture, Source
from assay.cli.inputs.tables import Table
from assay.tensors import DataType, TensorSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitting:
    """How values become the inputs of a model."""

    signature: Sequence[TensorSpec]
    pixels: Pixels = field(default_factory=Pixels)
    cast: bool = False
    """Whether arrays get the input's type, where that can hold each value."""

    def named(self, sources: Mapping[str, Source]) -> dict[str, Value]:
        """Inputs by name; a name that the model does not know is left to be refused with it."""
        return {name: self._one(source, self._spec(name)) for name, source in sources.items()}

    def in_order(self, sources: Sequence[Source]) -> dict[str, Value]:
        """Inputs in the model's order; a single source may hold all of them, by name or in order.

        Raises InputError.
        """
        if len(sources) == 1:
            (only,) = sources
            if isinstance(only, Mapping):
                return self.named(only)
            if isinstance(only, list) and len(self.signature) > 1:
                sources = only
            elif isinstance(only, Table) and self.is_by_column(only):
                return self.columns(only, slice(None))
        if len(sources) != len(self.signature):
            names = ", ".join(spec.name for spec in self.signature) or "none"
            raise InputError(
                f"{len(sources)} inputs, and the model takes {len(self.signature)}: {names}; give "
                "them in this order, or by name with --input NAME=VALUE"
            )
        return {
            spec.name: self._one(source, spec)
            for spec, source in zip(self.signature, sources, strict=True)
        }

    def is_by_column(self, table: Table) -> bool:
        """Whether a table has a column for each input, called like it."""
        return set(table.names) == {spec.name for spec in self.signature}

    def columns(self, table: Table, chosen: slice) -> dict[str, Value]:
        """Inputs by column, of some rows of a table."""
        rows = table.rows[chosen]
        specs = {spec.name: spec for spec in self.signature}
        return {
            name: self._fit(_column([row[place] for row in rows], specs[name]), name)
            for place, name in enumerate(table.names)
        }

    def _one(self, source: Any, spec: TensorSpec | None) -> Value:
        if spec is None:
            return _raw(source)
        if isinstance(source, Picture):
            return self._fit(tensor(source.path, spec, self.pixels), spec.name)
        if isinstance(source, Mapping):
            if len(source) != 1:
                raise InputError(f"{spec.name}: {len(source)} values by name, where one belongs")
            (source,) = source.values()
        if isinstance(source, Table):
            source = [_of_type(list(row), spec) for row in source.rows]
            if len(spec.shape) == 1 and len(source) == 1:
                (source,) = source
        return self._fit(source, spec.name)

    def _fit(self, value: Any, name: str) -> Value:
        """With the axes of length one that are missing in front, and the type if asked."""
        spec = self._spec(name)
        if spec is None:
            return _raw(value)
        if self.cast and isinstance(value, np.ndarray) and value.dtype != spec.dtype.numpy:
            value = value.tolist()
        missing = len(spec.shape) - _axes(value)
        if missing > 0 and all(dim in (None, 1) for dim in spec.shape[:missing]):
            for _ in range(missing):
                value = value[None] if isinstance(value, np.ndarray) else [value]
        fitted: Value = value
        return fitted

    def _spec(self, name: str) -> TensorSpec | None:
        return next((spec for spec in self.signature if spec.name == name), None)


def _axes(value: Any) -> int:
    """Of an array, or of lists as deep as their first elements are."""
    if isinstance(value, np.ndarray):
        return value.ndim
    depth = 0
    while isinstance(value, list):
        depth += 1
        if not value:
            break
        value = value[0]
    return depth


def _column(cells: list[Any], spec: TensorSpec) -> Any:
    """Cells below each other: rows of an input, or its only value."""
    cells = _of_type(cells, spec)
    if not spec.shape and len(cells) == 1:
        return cells[0]
    for _ in spec.shape[1:]:
        cells = [[cell] for cell in cells]
    return cells


def _of_type(cells: list[Any], spec: TensorSpec) -> list[Any]:
    """Cells of a table; for an input of texts all are texts."""
    return [str(cell) for cell in cells] if spec.dtype is DataType.STRING else cells


def _raw(source: Any) -> Value:
    """Of an input that the model does not have: anything, it is refused by its name."""
    return 0 if isinstance(source, Picture | Table | Mapping) else source
