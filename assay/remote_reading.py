"""Inputs by reference, fetched before they are paid for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy.typing as npt

from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.remote_inputs import RemoteInput
from assay.tensors import decode


class RemoteReader:
    """Reads what references name, as workers do."""

    def __init__(self, places: Callable[[], ArtefactSettings]) -> None:
        """`places` is asked when the first one is read."""
        self._places = places

    def arrays(self, remote: RemoteInput) -> list[npt.NDArray[Any]]:
        """The arrays of the payload behind a reference.

        Raises ArtefactUnavailableError when no URI serves it, and MalformedPayloadError when it is
        none.
        """
        settings = self._places()
        with closing(guarded_client(settings)) as client:
            store = ArtefactStore(settings, standard_sources(settings, client))
            return decode(store.payload(remote))
