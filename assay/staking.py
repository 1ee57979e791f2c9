"""Stake: what the cold account of a worker does, and what the vault shows. Amounts in wei."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from eth_typing import ChecksumAddress
from web3.contract.contract import ContractFunction

from assay import rpc
from assay.addresses import ZERO_ADDRESS, address
from assay.asset import Asset
from assay.chain import Chain
from assay.contract_errors import InsufficientStakeError, contract_error
from assay.credit import Credit
from assay.events import WorkerRegistered, topics
from assay.transactions import Mined, Sender

_SPANS = 20
"""Registrations are rare: so many times as many blocks as usual are looked through at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """A worker, as the vault shows it."""

    address: ChecksumAddress
    """The cold account, which owns the stake."""
    signer: ChecksumAddress
    """The hot key; zero for an account that is no worker."""
    active: bool
    free: int
    """Wei of stake at its disposal. Bonds that lie in jobs are not in it."""
    weight: int
    """Wei of stake that count in the draws of this epoch."""
    unbonding: int
    """Wei on their way out."""
    release_at: int
    """When they can be released, UNIX seconds; 0 if there are none."""
    endpoint: str

    @property
    def registered(self) -> bool:
        """Whether the account is a worker."""
        return self.signer != ZERO_ADDRESS


class MinimumStakeError(InsufficientStakeError):
    """A worker would be left with some stake, and less than the least there may be."""

    def __init__(self, asset: Asset, minimum: int, received: int, unit: int) -> None:
        values = {"minimum": minimum // unit, "received": received // unit}
        super().__init__("BelowMinimumStake", values)
        self._message = (
            f"a worker has {asset.both(minimum)} of free stake at least, or none, and would have "
            f"{asset.both(received)}: stake more"
        )

    def __str__(self) -> str:
        return self._message


class Stakes:
    """Reads workers."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._views = chain.vault.functions

    def worker(self, account: str) -> Worker:
        """The worker of a cold account; not `registered` if it is none."""
        place, unit = address(account), self._chain.deployment.unit
        signer, active, free, weight, unbonding, release, endpoint = self._chain.call(
            self._views.worker(place)
        )
        return Worker(
            address=place,
            signer=address(signer),
            active=active,
            free=free * unit,
            weight=weight * unit,
            unbonding=unbonding * unit,
            release_at=release * self._chain.deployment.epoch if unbonding else 0,
            endpoint=endpoint,
        )

    def workers(self) -> Iterator[Worker]:
        """All that ever registered, newest first, from the vault's events."""
        wanted, vault = [topics(WorkerRegistered)], self._chain.deployment.vault
        for page in self._chain.events_backwards(*wanted, of=[vault], spans=_SPANS):
            for event in page:
                if isinstance(event, WorkerRegistered):
                    yield self.worker(event.worker)

    def total(self) -> int:
        """Wei of stake that a round draws from which opens now."""
        return int(self._chain.call(self._views.totalAt(self.now()))) * self._chain.deployment.unit

    def now(self) -> int:
        """UNIX seconds of the chain."""
        with rpc.translated(self._chain.w3):
            return int(self._chain.w3.eth.get_block("latest")["timestamp"])

    def minimum(self) -> int:
        """Wei of free stake that a worker which changes it has at least."""
        return int(self._chain.call(self._views.MINIMUM_STAKE())) * self._chain.deployment.unit


class Staker:
    """The acts of one cold account for its worker."""

    def __init__(self, chain: Chain, signers: Callable[[], tuple[Sender, Credit]]) -> None:
        """`signers` raises NoAccountError where there is no account."""
        self._chain = chain
        self._acts = chain.vault.functions
        self._stakes = Stakes(chain)
        self._signers = signers

    def register(self, signer: str, endpoint: str) -> Mined:
        """Makes the account a worker, switched on."""
        return self._send(self._acts.register(address(signer), endpoint))

    def set_signer(self, signer: str) -> Mined:
        """Another hot key, at once."""
        return self._send(self._acts.setSigner(address(signer)))

    def set_endpoint(self, endpoint: str) -> Mined:
        """Another endpoint."""
        return self._send(self._acts.setEndpoint(endpoint))

    def set_active(self, active: bool) -> Mined:
        """Switches the worker on or off."""
        return self._send(self._acts.setActive(active))

    def stake(self, amount: int) -> Mined:
        """Moves wei into the stake, after depositing what the credit lacks.

        What the vault would refuse is refused before the deposit.
        """
        sender, credit = self._signers()
        self.check(amount)
        lacking = credit.missing(amount)
        if lacking:
            credit.deposit(lacking, sender.address)
        return sender.send(self._acts.stake(amount))

    def check(self, amount: int) -> None:
        """Raises ContractError, named as the vault's, if it would not take that much stake."""
        account, unit = self._signers()[0].address, self._chain.deployment.unit
        worker = self._stakes.worker(account)
        if not worker.registered:
            raise contract_error("NotRegistered", worker=account)
        if amount == 0:
            raise contract_error("ZeroAmount")
        if amount % unit:
            raise contract_error("NotWholeUnits", unit=unit, received=amount)
        least, then = self._stakes.minimum(), worker.free + amount
        if then < least:
            raise MinimumStakeError(Asset.of(self._chain.deployment), least, then, unit)

    def unstake(self, amount: int) -> Mined:
        """Starts moving wei of free stake out."""
        return self._send(self._acts.unstake(amount))

    def release(self) -> Mined:
        """Moves what has finished unbonding into the credit."""
        self._require_released()
        return self._send(self._acts.release())

    def _require_released(self) -> None:
        """What the vault would say, with the time beside its epochs."""
        worker, now = self._stakes.worker(self._signers()[0].address), self._stakes.now()
        epoch = self._chain.deployment.epoch
        if worker.unbonding and now < worker.release_at:
            raise contract_error(
                "StillUnbonding",
                release_epoch=worker.release_at // epoch,
                epoch=now // epoch,
                release_at=worker.release_at,
            )

    def _send(self, act: ContractFunction) -> Mined:
        return self._signers()[0].send(act)
