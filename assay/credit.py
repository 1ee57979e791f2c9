"""Credit in the vault: what goes in, what comes out, what a job takes of it. Amounts in wei."""

from __future__ import annotations

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from assay import permits
from assay.asset import Asset
from assay.chain import Chain
from assay.contract_errors import ContractError, InsufficientCreditError, contract_error
from assay.terms import Callback, Terms
from assay.transactions import Mined, Sender

_DEPOSIT_GAS = 200_000
"""More than a deposit with a signed allowance takes."""


class InsufficientAssetError(InsufficientCreditError):
    """Credit and what the account holds of the asset are together less than this takes."""

    def __init__(
        self, asset: Asset, account: ChecksumAddress, credit: int, held: int, required: int
    ) -> None:
        values = {"account": account, "available": credit + held, "required": required}
        super().__init__("InsufficientCredit", values)
        self._message = (
            f"{account} has {asset.both(credit)} of credit and {asset.both(held)} outside of the "
            f"vault, and this takes {asset.both(required)}: get more of the asset, the token at "
            f"{asset.address}"
        )

    def __str__(self) -> str:
        return self._message


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What a job under given terms costs, in wei."""

    escrow: int
    """Taken from the credit when it is posted; what is not spent returns."""
    seat_fees: int
    """The part of it for seats: as many as the requester pays for, at the highest price."""
    delivery_fee: int
    """The part of it for the delivery to the callback."""
    least: int
    """What is spent if the first round answers, every seat is right, and none has waited."""
    seats: int
    """How many the requester pays for at most."""
    appeal_deposit: int
    """What an appeal of the first round's answer takes; 0 where there is no appeal."""

    @classmethod
    def of(cls, terms: Terms, callback: Callback, unit: int) -> Quote:
        """For terms and callback; `unit` is the wei in a unit of the vault."""
        delivery_fee = callback.delivery_fee * unit
        seat_fees = terms.seat_fees() * unit
        appealable = terms.appeal_window != 0 and terms.rounds > 1
        return cls(
            escrow=seat_fees + delivery_fee,
            seat_fees=seat_fees,
            delivery_fee=delivery_fee,
            least=terms.committee_after(0) * terms.price(0, unit) + delivery_fee,
            seats=terms.own_seats,
            appeal_deposit=terms.deposit(0, 0) * unit if appealable else 0,
        )


class Credit:
    """The credit of one account."""

    def __init__(self, chain: Chain, sender: Sender, account: LocalAccount) -> None:
        self._chain = chain
        self._sender = sender
        self._account = account

    def deposit(self, amount: int, to: ChecksumAddress) -> Mined:
        """Moves wei of the asset into an account's credit.

        In one transaction where an allowance is there or the asset takes a signed one, else after
        approving exactly that much. Raises ContractError.
        """
        owner, vault = self._account.address, self._chain.deployment.vault
        asset = self._chain.asset.functions
        balance = self._chain.call(asset.balanceOf(owner))
        if balance < amount:
            raise contract_error(
                "ERC20InsufficientBalance", sender=owner, balance=balance, needed=amount
            )
        if self._chain.call(asset.allowance(owner, vault)) < amount:
            mined = self._with_permit(amount, to)
            if mined is not None:
                return mined
            self._sender.send(asset.approve(vault, amount))
        return self._sender.send(self._chain.vault.functions.deposit(to, amount))

    def missing(self, amount: int) -> int:
        """Wei to deposit for that much credit. Raises InsufficientAssetError without them."""
        owner = self._account.address
        credit = int(self._chain.call(self._chain.vault.functions.credit(owner)))
        missing = max(0, amount - credit)
        if missing:
            balance = int(self._chain.call(self._chain.asset.functions.balanceOf(owner)))
            if balance < missing:
                asset = Asset.of(self._chain.deployment)
                raise InsufficientAssetError(asset, owner, credit, balance, amount)
        return missing

    def require(self, amount: int) -> None:
        """Raises InsufficientCreditError when the account has less credit than that."""
        owner = self._account.address
        available = self._chain.call(self._chain.vault.functions.credit(owner))
        if available < amount:
            raise contract_error(
                "InsufficientCredit", account=owner, available=available, required=amount
            )

    def _with_permit(self, amount: int, to: ChecksumAddress) -> Mined | None:
        if not permits.taken(self._chain, self._account):
            return None
        vault = self._chain.deployment.vault
        # First: whoever has the signature has the allowance, and the node is shown it.
        agreed = self._sender.agree("depositWithPermit", vault, _DEPOSIT_GAS)
        permit = permits.sign(self._chain, self._account, amount)
        if permit is None:
            return None
        call = self._chain.vault.functions.depositWithPermit(
            to, amount, permit.deadline, permit.v, permit.r, permit.s
        )
        try:
            gas = self._sender.estimate(call)
        except ContractError:
            return None  # the asset did not take the signature after all
        return self._sender.send(call, gas, agreed)
