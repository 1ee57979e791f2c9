"""Events of ModelRegistry."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from assay.events.base import Event
from assay.versions import Version


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCreated(Event):
    model_id: bytes
    owner: ChecksumAddress
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelTransferStarted(Event):
    model_id: bytes
    owner: ChecksumAddress
    pending_owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelTransferred(Event):
    model_id: bytes
    previous_owner: ChecksumAddress
    owner: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPublished(Event):
    version_id: bytes
    model_id: bytes
    version: Version


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionDeprecated(Event):
    version_id: bytes
    model_id: bytes
