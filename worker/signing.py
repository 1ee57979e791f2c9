"""Raw transactions of the signer, and the same again at another price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp
from eth_account.signers.local import LocalAccount
from eth_account.typed_transactions import TypedTransaction
from eth_typing import ChecksumAddress
from hexbytes import HexBytes

from worker.fees import Price
from worker.store import Attempt

_TRANSFER_GAS = 21_000
_LIST = 0xC0
"""A legacy transaction begins as a list of RLP, all others with their type."""


@dataclass(frozen=True)
class Signing:
    """Signs for one account on one chain."""

    account: LocalAccount
    chain_id: int

    def call(
        self, nonce: int, target: ChecksumAddress, data: bytes, gas: int, price: Price
    ) -> Attempt:
        """A call of a contract."""
        return self._sign({"nonce": nonce, "to": target, "data": data, "gas": gas}, price)

    def nothing(self, nonce: int, price: Price) -> Attempt:
        """A transaction that only uses its nonce up."""
        own = {"nonce": nonce, "to": self.account.address, "data": b"", "gas": _TRANSFER_GAS}
        return self._sign(own, price)

    def again(self, raw: bytes, price: Price) -> Attempt:
        """The same transaction at another price."""
        fields = _fields(raw)
        kept = {name: fields[name] for name in ("nonce", "to", "data", "gas")}
        return self._sign(kept, price)

    def _sign(self, fields: dict[str, Any], price: Price) -> Attempt:
        offered: dict[str, Any] = {"gasPrice": price.max_fee}
        if not price.legacy:
            offered = {
                "type": 2,
                "maxFeePerGas": price.max_fee,
                "maxPriorityFeePerGas": price.tip,
            }
        signed = self.account.sign_transaction(
            {**fields, **offered, "chainId": self.chain_id, "value": 0}
        )
        return Attempt(bytes(signed.hash), bytes(signed.raw_transaction))


def price_of(raw: bytes) -> Price:
    """What a signed transaction offers."""
    fields = _fields(raw)
    if "gasPrice" in fields:
        return Price(fields["gasPrice"], fields["gasPrice"], legacy=True)
    return Price(fields["maxFeePerGas"], fields["maxPriorityFeePerGas"])


def _fields(raw: bytes) -> dict[str, Any]:
    if raw[0] >= _LIST:
        nonce, price, gas, to, _, data, *_ = rlp.decode(raw)
        numbers = {"nonce": nonce, "gasPrice": price, "gas": gas}
        known = {name: int.from_bytes(value, "big") for name, value in numbers.items()}
        return {**known, "to": to, "data": data}
    fields: dict[str, Any] = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return fields
