"""The model that is to be published, as the bytes of one ONNX file. Imports onnx."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import onnx
from google.protobuf.message import EncodeError
from onnx import ModelProto, TensorProto
from onnx.external_data_helper import load_external_data_for_model

from assay.inspection import graph
from assay.inspection.errors import ExternalDataError, ModelTooLargeError
from assay.inspection.walk import tensors
from assay.publish.errors import SourceError, StrangeWeightsError

LARGEST_MODEL = (1 << 31) - 1
"""Bytes of the largest file that holds an ONNX model: protobuf's own bound."""

_USUAL = ".data"
"""How exporters end the name of a file with weights, whatever comes before."""
_ENDINGS = (_USUAL, "_data", ".bin", ".weights")
"""Of one that is called after its model."""

Source = str | Path | bytes | ModelProto
"""A path, an ONNX file's bytes, or a model in memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Artefact:
    """One ONNX file."""

    content: bytes = field(repr=False)
    model: ModelProto = field(repr=False)
    """What the content holds."""


def read(source: Source, weights: Sequence[str] = ()) -> Artefact:
    """The file that will be published.

    A file's bytes are taken as they are. Only where a path's model keeps weights in other files
    these are folded in, and the whole is written anew. A model in memory is written so that the
    same one gives the same bytes.

    Args:
        weights: files beside the model that weights are taken from, besides `….data` and those
            that are called after it. Somebody else's model could name any file, and all that is
            folded in is published.

    Raises SourceError, NotOnnxError, ModelTooLargeError, ExternalDataError or StrangeWeightsError.
    """
    if isinstance(source, ModelProto):
        return Artefact(content=_written(source), model=source)
    if isinstance(source, bytes):
        return Artefact(content=source, model=_parsed(source))
    path = Path(source)
    content = _content(path)
    model = _parsed(content)
    if not _is_external(model):
        return Artefact(content=content, model=model)
    _require_weights(model, path, weights)
    _fold_in(model, path.absolute().parent)
    return Artefact(content=_written(model), model=model)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_MODEL:
            raise _too_large(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror}): expected the path of an ONNX file"
        ) from None


def _parsed(content: bytes) -> ModelProto:
    if len(content) > LARGEST_MODEL:
        raise _too_large(len(content))
    return graph.parse(content, LARGEST_MODEL)


def _written(model: ModelProto) -> bytes:
    try:
        if model.ByteSize() > LARGEST_MODEL:
            raise _too_large(model.ByteSize())
        return bytes(model.SerializeToString(deterministic=True))
    except (EncodeError, ValueError) as error:
        raise SourceError(f"the model cannot be written as an ONNX file: {error}") from None


def _is_external(model: ModelProto) -> bool:
    return any(map(_lies_elsewhere, tensors(model)))


def _lies_elsewhere(tensor: TensorProto) -> bool:
    return tensor.data_location == TensorProto.EXTERNAL


def _require_weights(model: ModelProto, path: Path, named: Sequence[str]) -> None:
    for tensor in filter(_lies_elsewhere, tensors(model)):
        keys = [entry.key for entry in tensor.external_data]
        if len(keys) != len(set(keys)) or not _stated(tensor, "location"):
            raise ExternalDataError(
                f"the tensor {tensor.name!r} does not say once where its data lies: save the model "
                "anew"
            )
    stated = {str(Path(place)) for one in tensors(model) if (place := _stated(one, "location"))}
    allowed = {str(Path(name)) for name in named}
    strange = sorted(name for name in stated - allowed if not _is_called_so(name, path))
    if strange:
        raise StrangeWeightsError(path.name, strange)
    linked = sorted(name for name in stated if (path.parent / name).is_symlink())
    if linked:
        raise ExternalDataError(
            f"{', '.join(linked)}: the file with the weights is a link to another; put the file "
            "itself beside the model"
        )


def _is_called_so(name: str, path: Path) -> bool:
    """Whether a file is called as exporters call one with a model's weights."""
    own = {start + ending for start in (path.name, path.stem) for ending in _ENDINGS}
    usual = name.endswith(_USUAL) and not name.startswith(".") and Path(name).name == name
    return usual or name in own


def _fold_in(model: ModelProto, folder: Path) -> None:
    stated = sum(map(_length, tensors(model)))
    if stated > LARGEST_MODEL:
        raise _too_large(stated)
    try:
        load_external_data_for_model(model, str(folder))
    except (OSError, ValueError, onnx.checker.ValidationError) as error:
        raise ExternalDataError(
            f"weights that the model keeps in other files cannot be read ({error}): put them "
            "beside the ONNX file, or save the model as one file (onnx.save_model with "
            "save_as_external_data=False)"
        ) from None


def _length(tensor: TensorProto) -> int:
    stated = _stated(tensor, "length")
    return int(stated) if stated.isdecimal() else 0


def _stated(tensor: TensorProto, key: str) -> str:
    """What a tensor says of where its data lies; nothing if that is in the model."""
    if not _lies_elsewhere(tensor):
        return ""
    return next((entry.value for entry in tensor.external_data if entry.key == key), "")


def _too_large(size: int) -> ModelTooLargeError:
    return ModelTooLargeError(
        f"the model takes {size} bytes as one file: an ONNX file holds at most {LARGEST_MODEL}, "
        "and workers run fewer; publish a smaller or quantised model"
    )
