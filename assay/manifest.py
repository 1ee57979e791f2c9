"""The manifest of a version: the model card that stands beside the artefact.

A JSON file of a fixed form. Its digest, which the version carries on chain, is the sha256 of the
canonical bytes (RFC 8785: sorted keys, no spaces, UTF-8), so the file itself may be laid out for
reading.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from assay.errors import AssayError
from assay.tensors import MAX_RANK, MAX_TENSORS, DataType, TensorSpec

FORMAT: Literal["assay.manifest/1"] = "assay.manifest/1"
"""The only value of `format` that is read."""
MAX_MANIFEST_BYTES = 1 << 18
"""Size of the largest manifest file that is read."""

_MOST_BRACKETS = 5_000
"""Bounds the depth: where a library has raised Python's own bound, the parser overruns its stack.
Far more than any manifest has."""

_SUFFIX = ".manifest.json"
_FAULTS_SHOWN = 20
_LOCATION_SHOWN = 80


class ManifestError(AssayError):
    """A manifest was refused. `faults` names what is wrong with it, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "the manifest is refused: " + "; ".join(self.faults)


def manifest_uri(artefact_uri: str) -> str:
    """Where the manifest of the artefact at this URI is: the path with `.manifest.json` added."""
    parts = urlsplit(artefact_uri)
    return parts._replace(path=parts.path + _SUFFIX).geturl()


def _read_dtype(name: object) -> DataType:
    if isinstance(name, str) and name in DataType.__members__:
        return DataType[name]
    raise ValueError("unknown dtype: expected the name of an ONNX TensorProto.DataType, like FLOAT")


def _write_tensor(spec: TensorSpec) -> dict[str, object]:
    return {"name": spec.name, "dtype": spec.dtype.name, "shape": list(spec.shape)}


def _read_tensor(value: object) -> TensorSpec:
    fields = _write_tensor(value) if isinstance(value, TensorSpec) else value
    form = _TensorForm.model_validate(fields)
    return TensorSpec(form.name, form.dtype, form.shape)


def _require_different_names(specs: tuple[TensorSpec, ...]) -> tuple[TensorSpec, ...]:
    names = [spec.name for spec in specs]
    if len(set(names)) != len(names):
        raise ValueError("two tensors have one name: each needs its own")
    return specs


_Text = Annotated[str, Field(strict=True, max_length=8_192)]
_Line = Annotated[_Text, Field(min_length=1, max_length=256)]
_Domain = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9.]{1,64}$")]
_Opset = Annotated[int, Field(strict=True, ge=1, le=1_000)]
_Dim = Annotated[int, Field(strict=True, ge=0, lt=1 << 32)]
_Tensor = Annotated[TensorSpec, BeforeValidator(_read_tensor), PlainSerializer(_write_tensor)]
_Signature = Annotated[
    tuple[_Tensor, ...], Field(max_length=MAX_TENSORS), AfterValidator(_require_different_names)
]


class _TensorForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Line
    dtype: Annotated[DataType, BeforeValidator(_read_dtype)]
    shape: Annotated[tuple[_Dim | None, ...], Field(max_length=MAX_RANK)]


class Manifest(BaseModel):
    """What a version is, for people and for the workers that check it against the graph.

    Raises ManifestError when a field is missing, unknown, of another type or out of bounds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["assay.manifest/1"] = FORMAT
    description: _Text
    licence: _Line
    inputs: _Signature
    outputs: _Signature
    opset: Annotated[dict[_Domain, _Opset], Field(min_length=1, max_length=8)]
    runtime: _Line
    lineage: Annotated[tuple[_Line, ...], Field(max_length=32)] = ()

    def __init__(self, /, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise ManifestError(_faults(error)) from None

    @classmethod
    def parse(cls, raw: bytes) -> Manifest:
        """The manifest in a file's bytes.

        Raises ManifestError: too large, no JSON object, a key twice, or fields out of form.
        """
        if len(raw) > MAX_MANIFEST_BYTES:
            raise ManifestError([f"{len(raw)} bytes: expected at most {MAX_MANIFEST_BYTES}"])
        brackets = raw.count(b"[") + raw.count(b"{")
        if brackets > _MOST_BRACKETS:
            raise ManifestError([f"{brackets} brackets: expected at most {_MOST_BRACKETS}"])
        try:
            fields = json.loads(raw.decode("utf-8"), object_pairs_hook=_without_repeats)
        except (ValueError, RecursionError) as error:
            raise ManifestError([f"not UTF-8 JSON: {error}"]) from None
        if not isinstance(fields, dict):
            raise ManifestError([f"a JSON {type(fields).__name__}: expected an object"])
        return cls(**fields)

    def canonical(self) -> bytes:
        """The bytes that the digest is taken of."""
        fields = self.model_dump(mode="json")
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8")

    @property
    def digest(self) -> bytes:
        """sha256 of the canonical bytes: the version's manifest digest."""
        return hashlib.sha256(self.canonical()).digest()


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("an object has the same key twice")
    return fields


def _faults(error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    faults = [_fault(item["loc"], item["type"], item["msg"]) for item in found[:_FAULTS_SHOWN]]
    if len(found) > _FAULTS_SHOWN:
        faults.append(f"and {len(found) - _FAULTS_SHOWN} more")
    return faults


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ".".join(map(str, location))[:_LOCATION_SHOWN]
    if kind == "extra_forbidden":
        return f"{where}: unknown field; remove it"
    if kind == "missing":
        return f"{where}: missing"
    return f"{where}: {message.removeprefix('Value error, ')}"
