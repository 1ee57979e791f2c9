"""What registering a version takes, before its model is there for a node to try it with."""

from __future__ import annotations

from collections.abc import Sequence

_VERSION_GAS = 183_000
_FIRST_GAS = 17_500
"""More for a model's first version: its list is begun."""
_SLOT_GAS = 22_150
_WORD_GAS = 800
"""Of 32 bytes in the calldata and the log."""
_URI_GAS = 2_500
_WORD_BYTES = 32


def publish_gas(uris: Sequence[str], *, first: bool) -> int:
    """Gas that `publish` takes in the registry, to within some percent."""
    gas = _VERSION_GAS + (_FIRST_GAS if first else 0) + (_SLOT_GAS if uris else 0)
    for uri in uris:
        length = len(uri.encode())
        words = -(-length // _WORD_BYTES)
        slots = 1 if length < _WORD_BYTES else 1 + words  # the length lies beside a short text
        gas += slots * _SLOT_GAS + words * _WORD_GAS + _URI_GAS
    return gas
