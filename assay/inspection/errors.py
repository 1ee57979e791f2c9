"""Why a model is refused before it runs. Each message tells the publisher what to do."""

from __future__ import annotations

from assay.errors import AssayError


class InspectionError(AssayError):
    """Root of the refusals."""


class NotOnnxError(InspectionError):
    """The artefact does not parse as an ONNX model."""


class ModelTooLargeError(InspectionError):
    """The artefact is larger than this worker runs."""


class CustomOperatorError(InspectionError):
    """An operator or function outside ai.onnx and ai.onnx.ml."""


class RandomOperatorError(InspectionError):
    """An operator that draws random numbers, whose result depends on what ran before."""


class ExternalDataError(InspectionError):
    """Weights that live outside the artefact."""


class UnsupportedTypeError(InspectionError):
    """An input or output that a payload cannot carry."""


class OpsetTooNewError(InspectionError):
    """An operator set or file format that this worker's onnxruntime does not know."""
