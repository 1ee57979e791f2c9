"""Which addresses a download may reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import httpx
import pytest

from assay.artefacts.addresses import PublicAddressTransport, is_public
from assay.artefacts.errors import RefusedUriError

PUBLIC, PUBLIC_TOO, PUBLIC_6 = "93.184.215.14", "93.184.215.15", "2606:2800:21f:cb07::1"


@pytest.mark.parametrize(
    "address", [PUBLIC, PUBLIC_6, "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_is_public__address_of_the_internet__yes(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # metadata of cloud machines
        "100.64.0.1",  # carrier-grade NAT
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",  # 127.0.0.1 behind NAT64
        "2002:7f00:1::",  # 127.0.0.1 in 6to4
    ],
)
def test_is_public__address_of_a_machine_or_a_network__no(address: str) -> None:
    assert not is_public(address)


class Recorder(httpx.MockTransport):
    """Answers with the next response and remembers the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(
    inner: Recorder, names: Mapping[str, Sequence[str]], **exempt: Sequence[object]
) -> httpx.Client:
    def resolver(host: str, port: int) -> Sequence[str]:
        if host not in names:
            raise OSError("Name or service not known")
        return names[host]

    transport = PublicAddressTransport(inner, resolver=resolver, **exempt)  # type: ignore[arg-type]
    return httpx.Client(transport=transport, follow_redirects=True, trust_env=False)


def redirect(location: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": location})


def test_request__public_host__sent_to_the_address_that_was_checked() -> None:
    inner = Recorder(httpx.Response(200, text="model"))
    answer = client(inner, {"models.example": [PUBLIC]}).get("https://models.example:8443/a?b=c")
    (request,) = inner.requests
    assert answer.text == "model"
    assert str(request.url) == f"https://{PUBLIC}:8443/a?b=c"
    assert request.headers["Host"] == "models.example:8443"
    assert request.extensions["sni_hostname"] == "models.example"


def test_request__ipv6_host__sent_to_its_address() -> None:
    inner = Recorder(httpx.Response(200))
    client(inner, {"six.example": [PUBLIC_6]}).get("http://six.example/a")
    assert str(inner.requests[0].url) == f"http://[{PUBLIC_6}]/a"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_request__host_with_a_private_address__refused_unsent(address: str) -> None:
    inner = Recorder()
    with pytest.raises(RefusedUriError, match="not public"):
        client(inner, {"sly.example": [address]}).get("http://sly.example/latest/meta-data")
    assert inner.requests == []


def test_request__one_private_address_among_public_ones__refused() -> None:
    with pytest.raises(RefusedUriError):
        client(Recorder(), {"sly.example": [PUBLIC, "127.0.0.1"]}).get("http://sly.example/")


def test_request__redirect_to_a_private_address__refused() -> None:
    inner = Recorder(redirect("http://router.local/admin"))
    names = {"models.example": [PUBLIC], "router.local": ["192.168.0.1"]}
    with pytest.raises(RefusedUriError, match=r"router\.local has the address 192\.168\.0\.1"):
        client(inner, names).get("https://models.example/a")
    assert len(inner.requests) == 1


def test_request__redirect_with_an_endless_body__followed_and_the_body_never_read() -> None:
    class Endless(httpx.SyncByteStream):
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError("all of it would be read into memory")

        def close(self) -> None:
            self.closed = True

    body = Endless()
    first = httpx.Response(302, headers={"Location": "/b"}, stream=body)
    inner = Recorder(first, httpx.Response(200, text="model"))
    answer = client(inner, {"models.example": [PUBLIC]}).get("https://models.example/a")
    assert (answer.text, body.closed) == ("model", True)


def test_request__redirect_in_other_letters__followed() -> None:
    first = httpx.Response(302, headers=[(b"Location", "/ä".encode("latin-1"))])
    inner = Recorder(first, httpx.Response(200, text="model"))
    answer = client(inner, {"models.example": [PUBLIC]}).get("https://models.example/a")
    assert answer.text == "model"


def test_request__redirect_to_another_scheme__refused() -> None:
    inner = Recorder(redirect("ftp://models.example/a"))
    with pytest.raises((RefusedUriError, httpx.UnsupportedProtocol)):
        client(inner, {"models.example": [PUBLIC]}).get("https://models.example/a")


def test_request__private_host_by_name__sent() -> None:
    inner = Recorder(httpx.Response(200, text="model"))
    allowed = client(inner, {}, private_hosts=["Cache.Internal"])
    assert allowed.get("http://cache.internal:9000/a").text == "model"


def test_request__private_origin__that_port_only() -> None:
    inner = Recorder(httpx.Response(200, text="block"))
    gateway = client(
        inner, {"localhost": ["127.0.0.1"]}, private_origins=[("http", "localhost", 8080)]
    )
    assert gateway.get("http://localhost:8080/ipfs/x").text == "block"
    with pytest.raises(RefusedUriError):
        gateway.get("http://localhost:5001/api")


def test_request__first_address_unreachable__the_next_is_tried() -> None:
    inner = Recorder(httpx.ConnectError("unreachable"), httpx.Response(200, text="model"))
    answer = client(inner, {"models.example": [PUBLIC, PUBLIC_TOO]}).get("http://models.example/a")
    assert answer.text == "model"
    assert [request.url.host for request in inner.requests] == [PUBLIC, PUBLIC_TOO]


def test_request__unknown_host__connect_error() -> None:
    with pytest.raises(httpx.ConnectError, match="does not resolve"):
        client(Recorder(), {}).get("http://nowhere.example/")
