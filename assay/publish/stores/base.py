"""What a store is, and the files it takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from assay.manifest import Manifest, manifest_uri
from assay.publish.errors import UnknownStoreError

Chunks = Iterator[bytes]

_TAG_CHARACTERS = 16
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_STEM = 64


class Bundle(Protocol):
    """Files that lie beside each other, one of which is the one that is asked for."""

    @property
    def name(self) -> str:
        """Its name, for places where content decides on the address."""
        ...

    @property
    def own_name(self) -> str:
        """Its name where names are given once and for all, with the start of a digest."""
        ...

    def placed(self, name: str) -> list[tuple[str, bytes]]:
        """Names and contents of all, given its name or URI; itself last."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """An artefact and its manifest, which lie beside each other."""

    stem: str
    """The artefact's name before `.onnx`."""
    artefact: bytes = field(repr=False)
    manifest: Manifest = field(repr=False)

    @property
    def name(self) -> str:
        """The artefact's, for places where content decides on the address."""
        return f"{_UNSAFE.sub('-', self.stem)[:_LONGEST_STEM] or 'model'}.onnx"

    @property
    def own_name(self) -> str:
        """The artefact's, with the start of a digest of both files.

        Where names are given once and for all another version must not take this one's.
        """
        both = hashlib.sha256(self.artefact).digest() + self.manifest.digest
        tag = hashlib.sha256(both).hexdigest()[:_TAG_CHARACTERS]
        return f"{self.name.removesuffix('.onnx')}-{tag}.onnx"

    def placed(self, artefact: str) -> list[tuple[str, bytes]]:
        """Names and contents, given the artefact's: the manifest first, so that whoever finds the
        artefact finds both."""
        return [(manifest_uri(artefact), self.manifest.canonical()), (artefact, self.artefact)]


@dataclass(frozen=True, slots=True)
class InputFile:
    """An encoded input, which a reference is to name."""

    payload: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The same for all."""
        return "input.payload"

    @property
    def own_name(self) -> str:
        """With all of its digest: of two inputs of strangers with one name the later would win."""
        return f"input-{hashlib.sha256(self.payload).hexdigest()}.payload"

    def placed(self, name: str) -> list[tuple[str, bytes]]:
        """It is alone."""
        return [(name, self.payload)]


class Store(Protocol):
    """Somewhere to put files. One's own may do what these do."""

    def foreseen(self, files: Bundle) -> str:
        """The URI that the file will have; where only the upload tells, one as long."""
        ...

    def put(self, files: Bundle) -> str:
        """Keeps all files and returns the URI of the one; the same files go to the same one.

        Raises StoreError.
        """
        ...

    def read(self, uri: str) -> Chunks:
        """What a URI serves, the nearest possible to how workers will see it.

        Raises StoreError.
        """
        ...


def public_base(url: str) -> str:
    """An address that others fetch below, without its last slash. Raises UnknownStoreError."""
    try:
        parts = urlsplit(url)
        fit = parts.scheme in ("http", "https") and parts.hostname
        secret = parts.username or parts.password or parts.query or parts.fragment
    except ValueError:
        fit = secret = None
    if not fit or secret:
        raise UnknownStoreError(
            "the public address of a store has to be http(s)://host/path, without a user, a "
            "password or a query: everybody reads it in the registry"
        )
    return url.rstrip("/")


def without_secrets(parts: SplitResult) -> str:
    """A URL as others may see it: no user, no password, no query, no last slash."""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl().rstrip("/")
