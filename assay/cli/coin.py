"""The chain's own coin, which gas is paid in."""

from __future__ import annotations

from eth_typing import ChecksumAddress
from web3 import Web3

from assay import rpc


def balance(w3: Web3, account: ChecksumAddress) -> int:
    """Wei that an account holds."""
    with rpc.translated(w3):
        return int(w3.eth.get_balance(account))
