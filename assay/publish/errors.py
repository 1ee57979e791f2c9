"""Why a model is not published. Nothing was sent to the chain when one of these is raised."""

from __future__ import annotations

from collections.abc import Sequence

from assay.errors import AssayError


class PublishError(AssayError):
    """Root of what is refused between a model's file and the registry."""


class ExtraMissingError(PublishError):
    """A package that publishing needs is not installed."""


class SourceError(PublishError):
    """The model given cannot be read as one ONNX file."""


class StrangeWeightsError(SourceError):
    """The model takes weights from files that are not called so. Nothing was read."""

    def __init__(self, model: str, names: Sequence[str]) -> None:
        super().__init__(model, tuple(names))
        self.model, self.names = model, tuple(names)

    def __str__(self) -> str:
        return (
            f"{self.model} takes weights from {', '.join(self.names)}, which would be published "
            "with it for everybody to read: if that is what they are, name them as its weights; "
            "if it is somebody else's model, look what they are first"
        )


class DetailsError(PublishError):
    """What the registry would refuse. `faults` names everything, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "the registry would refuse this: " + "; ".join(self.faults)


class NumericsError(PublishError):
    """The numerics asked for do not fit the graph: every worker would abstain."""


class MeasuringError(PublishError):
    """The model could not be run on its samples."""


class SampleFailedError(MeasuringError):
    """onnxruntime cannot load the model, or it fails on a sample."""


class MeasuringLimitError(MeasuringError):
    """The model took more time or memory than measuring may."""


class StoreError(PublishError):
    """A store did not keep the files, or does not give them back."""


class UnknownStoreError(StoreError):
    """A store that is not named as one."""


class StoreUnreachableError(StoreError):
    """The store cannot be reached, or broke off."""


class StoreRefusedError(StoreError):
    """The store answered that it does not take the files."""


class NotServedError(StoreError):
    """The files were taken, and their URI does not serve them."""


class CorruptUploadError(StoreError):
    """The URI serves other bytes than were uploaded; `args` are where, expected and received."""

    def __init__(self, place: str, expected: bytes, received: bytes) -> None:
        super().__init__(place, expected, received)
        self.place, self.expected, self.received = place, expected, received

    def __str__(self) -> str:
        return (
            f"{self.place} gives back sha256 {self.received.hex()}, expected "
            f"{self.expected.hex()}: the store cut or changed the file; publish again, or use "
            "another store"
        )
