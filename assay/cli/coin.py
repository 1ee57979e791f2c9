"""The chain's own coin, which gas is paid in."""

from __future__ import annotations

from eth_typing import ChecksumAddress
from web3 import Web3

from assay import rpc
from assay.transactions import InsufficientFundsError


def balance(w3: Web3, account: ChecksumAddress) -> int:
    """Wei that an account holds."""
    with rpc.translated(w3):
        return int(w3.eth.get_balance(account))


def require(w3: Web3, account: ChecksumAddress, cost: int) -> None:
    """Raises InsufficientFundsError when an account holds less than that many wei."""
    held = balance(w3, account)
    if held < cost:
        raise InsufficientFundsError(
            f"{account} has {held} wei of the chain's own coin, and the gas takes about {cost}: "
            "send it some"
        )
