"""Why an artefact or manifest could not be had."""

from __future__ import annotations

from collections.abc import Sequence

from assay.errors import AssayError


class ArtefactError(AssayError):
    """Root of what goes wrong between a version on chain and verified bytes on disk."""


class ArtefactDigestMismatchError(ArtefactError):
    """Bytes whose sha256 is not the one on chain; `args` are expected, received and where."""

    def __init__(self, expected: bytes, received: bytes, uri: str) -> None:
        super().__init__(expected, received, uri)
        self.expected, self.received, self.uri = expected, received, uri

    def __str__(self) -> str:
        return (
            f"{self.uri} has sha256 {self.received.hex()}: expected {self.expected.hex()}; "
            "whoever hosts it must serve the published file"
        )


class ArtefactTooLargeError(ArtefactError):
    """More bytes than are accepted; nothing of them was kept."""


class WrongSizeError(ArtefactError):
    """Bytes that are fewer or more than a reference says; `args` are expected and received."""

    def __init__(self, expected: int, received: int) -> None:
        super().__init__(expected, received)

    def __str__(self) -> str:
        expected, received = self.args
        least = "at least " if received > expected else ""
        return f"{least}{received} bytes: expected {expected}, as the reference says"


class RefusedUriError(ArtefactError):
    """A URI that is not opened here: its scheme, folder or address is not allowed."""


class ArtefactEvictedError(ArtefactError):
    """The file left the cache since it was fetched."""


class DownloadError(ArtefactError):
    """The host could not be reached, refused, or broke off."""


class HostBusyError(DownloadError):
    """As many downloads from the host are under way as may be at once."""


class ArtefactUnavailableError(ArtefactError):
    """No URI gave the published bytes. `failures` holds one error for each URI tried."""

    def __init__(self, what: str, failures: Sequence[tuple[str, AssayError]]) -> None:
        super().__init__(what, tuple(failures))
        self.what, self.failures = what, tuple(failures)

    def __str__(self) -> str:
        tried = "; ".join(f"{uri}: {error}" for uri, error in self.failures)
        return f"{self.what} is not available: {tried or 'the version names no URI'}"
