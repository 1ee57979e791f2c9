"""HTTP as the stores speak it: errors of this package, and no address with secrets in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import httpx

from assay.artefacts.uris import shown
from assay.publish.errors import NotServedError, StoreUnreachableError
from assay.publish.stores.base import Chunks, without_secrets

_STEP_SECONDS = 60.0
_CHUNK_BYTES = 1 << 16
_MOST_REDIRECTS = 5


class Address:
    """A URL, apart from what is secret in it: httpx logs the URLs of its requests."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for what is no URL."""
        parts = urlsplit(url)
        self.plain = without_secrets(parts)
        self._query = parts.query.encode()
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        self._login = (user, password) if user or password else None

    def client(self) -> httpx.Client:
        """A client that adds the secrets to each request. Close it."""
        # With a transport of one's own httpx looks for no proxy, so only where it has to be.
        transport = _WithQuery(self._query) if self._query else None
        return httpx.Client(timeout=_STEP_SECONDS, auth=self._login, transport=transport)


class _WithQuery(httpx.HTTPTransport):
    """Adds a query to each request, past the log."""

    def __init__(self, query: bytes) -> None:
        super().__init__()
        self._query = query

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(query=self._query),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )


@contextmanager
def translated(uri: str) -> Iterator[None]:
    """Turns what httpx raises inside into StoreUnreachableError.

    Only the kind of an error is told: some repeat the address.
    """
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StoreUnreachableError(
            f"{shown(uri)} cannot be reached, or broke off ({type(error).__name__}): check the "
            "address and the network, then publish again"
        ) from None


def get(uri: str) -> Chunks:
    """What a URL serves to anybody, never decompressed.

    Raises NotServedError or StoreUnreachableError.
    """
    with (
        translated(uri),
        httpx.Client(
            timeout=_STEP_SECONDS, follow_redirects=True, max_redirects=_MOST_REDIRECTS
        ) as opened,
        opened.stream("GET", uri, headers={"Accept-Encoding": "identity"}) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise NotServedError(
                f"{shown(uri)} answers {answer.status_code} to a reader without credentials, "
                "expected 200: workers could not fetch it; make the files public, or give the "
                "store the public address they are served at"
            )
        yield from answer.iter_raw(_CHUNK_BYTES)
