"""Chains that developers start on their own machines."""

from __future__ import annotations

CHAINS_FOR_DEVELOPMENT = (1_337, 31_337)
"""Their chain ids: what Ganache and Geth's developer mode have, and Anvil and Hardhat."""
