"""Stores by what people call them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from assay.publish.errors import UnknownStoreError
from assay.publish.extra import required
from assay.publish.stores.base import Store
from assay.publish.stores.folder import FolderStore
from assay.publish.stores.http import HttpStore
from assay.publish.stores.ipfs import IpfsStore

_PATHS = ("/", "./", "../", "~")
_KNOWN = (
    "a folder (a path that starts with / or ./, or file:///…), http(s)://host/path for PUT, "
    "s3://bucket/prefix, or ipfs+http://127.0.0.1:5001 for an IPFS node"
)


def open_store(place: str | Path | Store, *, public: str | None = None) -> Store:
    """The store of that name; one that is a store already stays as it is.

    Args:
        place: a folder's path or file: URI; a URL that takes PUT; `s3://bucket/prefix`; the URL of
            an IPFS node's RPC interface with `ipfs+` before it.
        public: the http(s) URL at which others find what lies in `place`, where that is another.

    Raises UnknownStoreError, and ExtraMissingError where boto3 is needed and is not there.
    """
    if isinstance(place, Path):
        return FolderStore(place, public)
    if not isinstance(place, str):
        return _as_it_is(place, public)
    if place.startswith(_PATHS):
        return FolderStore(Path(place), public)
    try:
        parts = urlsplit(place)
        _ = parts.port
    except ValueError:
        raise UnknownStoreError(f"the store's name is no URI: expected {_KNOWN}") from None
    return _by_scheme(place, parts, public)


def _by_scheme(place: str, parts: SplitResult, public: str | None) -> Store:
    match parts.scheme:
        case "file" if parts.netloc in ("", "localhost") and parts.path.startswith("/"):
            return FolderStore(Path(unquote(parts.path)), public)
        case "http" | "https" if parts.hostname:
            return HttpStore(place, public)
        case "s3" if parts.netloc and "@" not in parts.netloc:
            required("boto3")
            from assay.publish.stores.s3 import S3Store  # with its extra only

            return S3Store(parts.netloc, parts.path, public)
        case "ipfs+http" | "ipfs+https" if parts.hostname:
            return _as_it_is(IpfsStore(place.removeprefix("ipfs+")), public)
    if place and not parts.scheme and "@" not in place:
        raise UnknownStoreError(f"{place!r} names no store: for a folder write './{place}'")
    scheme = parts.scheme[:32] or "nothing"
    raise UnknownStoreError(f"a store of the scheme {scheme!r} is not known: expected {_KNOWN}")


def _as_it_is(store: Store, public: str | None) -> Store:
    if public is not None:
        raise UnknownStoreError(
            f"{store!r} says itself where its files are found: leave the public address out"
        )
    return store
