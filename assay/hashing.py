"""keccak256: a worker takes some thirty of them a job."""

from __future__ import annotations

from eth_hash.auto import keccak as usual
from eth_hash.main import Keccak256


def _fastest() -> Keccak256:
    try:
        from eth_hash.backends.pysha3 import backend
    except ImportError:  # it has wheels for Linux only
        return usual
    return Keccak256(backend)


keccak = _fastest()
"""Of bytes: 32 bytes."""
