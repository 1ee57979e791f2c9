"""From this machine to a store, and back again to see whether it kept what it was given."""

from __future__ import annotations

import hashlib
import time

from assay.artefacts.uris import shown
from assay.publish.errors import CorruptUploadError, NotServedError
from assay.publish.stores.base import Bundle, Store

READ_SECONDS = 600.0
"""For reading one file back."""


def upload(store: Store, files: Bundle) -> str:
    """Puts files into a store and returns the URI of the one, once all are read back whole.

    Safe to repeat. Raises StoreError.
    """
    uri = store.put(files)
    for place, content in files.placed(uri):
        _compare(store, place, content)
    return uri


def _compare(store: Store, place: str, content: bytes) -> None:
    """Raises CorruptUploadError or NotServedError."""
    end = time.monotonic() + READ_SECONDS
    received, length = hashlib.sha256(), 0
    for chunk in store.read(place):
        received.update(chunk)
        length += len(chunk)
        if length > len(content):  # however much may follow
            break
        if time.monotonic() > end:
            raise NotServedError(
                f"{shown(place)} takes longer than {READ_SECONDS:g} s to be read: workers would "
                "give up, too; use a faster store"
            )
    expected = hashlib.sha256(content).digest()
    if received.digest() != expected:
        raise CorruptUploadError(shown(place), expected, received.digest())
