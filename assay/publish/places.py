"""URIs of a version, and who can reach them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

from assay.artefacts.addresses import is_public
from assay.artefacts.uris import shown

MOST_URIS, LONGEST_URI = 8, 512
"""Of a version, and bytes of each: the registry's bounds."""

_SCHEMES = ("https", "http", "ipfs", "file")
_LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def faults(uris: Sequence[str]) -> Iterator[str]:
    """What is wrong with URIs, one sentence each, for whoever reads them."""
    if len(uris) > MOST_URIS:
        yield f"{len(uris)} URIs, at most {MOST_URIS}: leave some out"
    for uri in uris:
        parts = _split(uri)
        if parts is None or parts.scheme not in _SCHEMES:
            yield f"{shown(uri)}: workers fetch https, http, ipfs and file URIs only; name one"
        elif parts.username or parts.password:
            yield f"{shown(uri)} holds a user or password, which everybody would read: take it out"
        if (length := len(uri.encode())) > LONGEST_URI:
            yield f"{shown(uri)[:60]}…: {length} bytes, at most {LONGEST_URI}; shorten it"


def local(uris: Iterable[str]) -> list[str]:
    """Those that only this machine can read, as they may be shown."""
    return [shown(uri) for uri in uris if uri.startswith("file:")]


def private(uris: Iterable[str]) -> list[str]:
    """Those at hosts that are not on the internet, as far as their names tell."""
    return [shown(uri) for uri in uris if _is_private(_split(uri))]


def _is_private(parts: SplitResult | None) -> bool:
    if parts is None or parts.scheme not in ("http", "https"):
        return False
    host = (parts.hostname or "").rstrip(".")
    try:
        return not is_public(host)
    except ValueError:  # a name
        return "." not in host or host.endswith(_LOCAL_ENDINGS)


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts
