"""Events of StakeVault. Amounts are in wei, `units` in units of stake."""

from dataclasses import dataclass

from eth_typing import ChecksumAddress

from assay.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Deposited(Event):
    """`amount` wei of the asset became credit of `to`."""

    from_: ChecksumAddress
    to: ChecksumAddress
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(Event):
    """`amount` wei of the credit of `from_` were paid out to `to`."""

    from_: ChecksumAddress
    to: ChecksumAddress
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerRegistered(Event):
    """An account became a worker, switched on, without stake."""

    worker: ChecksumAddress
    signer: ChecksumAddress
    endpoint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignerChanged(Event):
    """The worker has another hot key, at once."""

    worker: ChecksumAddress
    previous_signer: ChecksumAddress
    signer: ChecksumAddress


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointChanged(Event):
    """The worker's artefacts are served elsewhere."""

    worker: ChecksumAddress
    endpoint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveChanged(Event):
    """The worker was switched on or off."""

    worker: ChecksumAddress
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Staked(Event):
    """Credit became stake, which counts from the next epoch on."""

    worker: ChecksumAddress
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unstaked(Event):
    """Stake is on its way out, free to leave from epoch `release_epoch` on."""

    worker: ChecksumAddress
    units: int
    release_epoch: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Released(Event):
    """What had finished unbonding became credit."""

    worker: ChecksumAddress
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnFlushed(Event):
    """`amount` wei that were burned left the vault for an address nobody owns."""

    amount: int
