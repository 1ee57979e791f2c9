"""Keeps downloads out of one's own network (server-side request forgery)."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address

import httpx

from assay.artefacts.errors import RefusedUriError
from assay.artefacts.resolving import Resolver, resolve

Origin = tuple[str, str, int]  # scheme, host, port

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def origin(url: httpx.URL) -> Origin:
    """What decides whom a request talks to."""
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 0)
    return url.scheme, url.raw_host.decode("ascii").lower(), port


def is_public(address: str) -> bool:
    """Whether the address belongs to the internet at large, also when IPv6 wraps an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return all(part.is_global and not part.is_multicast for part in _inside(found))


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    embedded = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        embedded.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(part for part in embedded if part)]


class PublicAddressTransport(httpx.BaseTransport):
    """Sends each request, redirected ones too, to a public address of its host or not at all.

    The host is resolved once and the connection goes to an address that was checked, so a name
    cannot answer differently the second time. `private_hosts` and `private_origins` are exempt.
    Raises RefusedUriError.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        *,
        private_hosts: Collection[str] = (),
        private_origins: Collection[Origin] = (),
        resolver: Resolver = resolve,
    ) -> None:
        self._inner = inner
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._private_origins = frozenset(private_origins)
        self._resolve = resolver

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check, pin and send."""
        answer = self._send(request)
        return _without_body(answer) if answer.has_redirect_location else answer

    def close(self) -> None:
        """Close the transport underneath."""
        self._inner.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        scheme, host, port = target = origin(request.url)
        if scheme not in _DEFAULT_PORTS:
            raise RefusedUriError(f"{scheme}: is not followed: expected http or https")
        if host in self._private_hosts or target in self._private_origins:
            return self._inner.handle_request(request)
        failure: httpx.TransportError = httpx.ConnectError(f"{host} has no address")
        for address in self._public_addresses(host, port):
            try:
                return self._inner.handle_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    def _public_addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} does not resolve: {error}") from None
        for address in addresses:
            if not is_public(address):
                raise RefusedUriError(
                    f"{host} has the address {address}, which is not public: publish the file "
                    "where everybody can reach it, or name the host in private_hosts"
                )
        return addresses


def _without_body(redirect: httpx.Response) -> httpx.Response:
    """The same redirect. Its body is of no use, and httpx would read all of it into memory."""
    redirect.close()
    headers = [one for one in redirect.headers.raw if one[0].lower() == b"location"]
    return httpx.Response(redirect.status_code, headers=headers, extensions=redirect.extensions)


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    """The same request to a known address; `Host` and the certificate still name the host."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
