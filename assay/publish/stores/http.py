"""A server that takes files by PUT: WebDAV, an object store's own address, a CDN's origin."""

from __future__ import annotations

import httpx

from assay.artefacts.uris import shown
from assay.publish.errors import StoreRefusedError
from assay.publish.stores import web
from assay.publish.stores.base import Bundle, Chunks, public_base

_TAKEN = (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT)


class HttpStore:
    """Files below a URL. Its user, password and query go with each PUT and nowhere else.

    `public` is the URL that the files are served at; without it the same one, less its secrets.
    """

    def __init__(self, url: str, public: str | None = None) -> None:
        self._address = web.Address(url)
        self._public = self._address.plain if public is None else public_base(public)

    def __repr__(self) -> str:
        return f"HttpStore({self._address.plain!r}, public={self._public!r})"

    def foreseen(self, files: Bundle) -> str:
        """The URI."""
        return f"{self._public}/{files.own_name}"

    def put(self, files: Bundle) -> str:
        """Sends the files. Raises StoreRefusedError or StoreUnreachableError."""
        with self._address.client() as client:
            for name, content in files.placed(files.own_name):
                place = f"{self._address.plain}/{name}"
                with (
                    web.translated(place),
                    client.stream("PUT", place, content=content) as answer,  # its body is nothing
                ):
                    status = answer.status_code
                if status not in _TAKEN:
                    raise StoreRefusedError(
                        f"{shown(place)} answered {status} to a PUT, expected 200, 201 "
                        "or 204: check the address, and that it lets you write there"
                    )
        return self.foreseen(files)

    def read(self, uri: str) -> Chunks:
        """What the public address serves. Raises StoreError."""
        return web.get(uri)
