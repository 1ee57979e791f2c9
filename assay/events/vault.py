"""Events of StakeVault. Amounts are in wei, `units` in units of stake."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from assay.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Deposited(Event):
    from_: ChecksumAddress
    to: ChecksumAddress
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(Event):
    from_: ChecksumAddress
    to: ChecksumAddress
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerRegistered(Event):
    worker: ChecksumAddress
    signer: ChecksumAddress
    endpoint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignerChanged(Event):
    worker: ChecksumAddress
    previous_signer: ChecksumAddress
    signer: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointChanged(Event):
    worker: ChecksumAddress
    endpoint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveChanged(Event):
    worker: ChecksumAddress
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Staked(Event):
    worker: ChecksumAddress
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unstaked(Event):
    worker: ChecksumAddress
    units: int
    release_epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Released(Event):
    worker: ChecksumAddress
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnFlushed(Event):
    amount: int
