"""A version's files, fetched and verified."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assay.artefacts.errors import ArtefactDigestMismatchError, ArtefactEvictedError
from assay.manifest import Manifest


@dataclass(frozen=True)
class ModelArtefact:
    """An ONNX file in the cache and the manifest that its version commits to."""

    sha256: bytes
    path: Path
    manifest: Manifest

    def read(self) -> bytes:
        """The file's bytes, verified now: what is hashed is what runs.

        Raises ArtefactDigestMismatchError when the file was changed, and ArtefactEvictedError
        when it is gone.
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise ArtefactEvictedError(
                f"{self.path.name} cannot be read from the cache ({error.strerror}): fetch it again"
            ) from None
        received = hashlib.sha256(content).digest()
        if received != self.sha256:
            raise ArtefactDigestMismatchError(self.sha256, received, self.path.name)
        return content
