"""Events of ModelRegistry."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from assay.events.base import Event
from assay.versions import Version


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCreated(Event):
    """An account created the model `owner/name`."""

    model_id: bytes
    owner: ChecksumAddress
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelTransferStarted(Event):
    """The owner offers a model; a pending owner of zero withdraws the offer."""

    model_id: bytes
    owner: ChecksumAddress
    pending_owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelTransferred(Event):
    """The pending owner took the model over, and the royalties from now on."""

    model_id: bytes
    previous_owner: ChecksumAddress
    owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPublished(Event):
    """A version was published; all of it is here."""

    version_id: bytes
    model_id: bytes
    version: Version


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionDeprecated(Event):
    """The version takes no new jobs from now on."""

    version_id: bytes
    model_id: bytes
