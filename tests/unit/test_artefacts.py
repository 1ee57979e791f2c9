"""Fetching, verifying and keeping the files of a version."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from assay.artefacts.cache import ContentCache
from assay.artefacts.errors import (
    ArtefactDigestMismatchError,
    ArtefactError,
    ArtefactTooLargeError,
    ArtefactUnavailableError,
    DownloadError,
    RefusedUriError,
    WrongSizeError,
)
from assay.artefacts.resolving import Resolver
from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.sources import FileSource, HttpSource
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.artefacts.uris import shown
from assay.manifest import MAX_MANIFEST_BYTES, Manifest
from assay.remote_inputs import MAX_INPUT_BYTES, RemoteInput

MODEL = b"an ONNX file, as far as the store can tell" * 100
DIGEST = hashlib.sha256(MODEL).digest()
MANIFEST = Manifest(
    description="", licence="MIT", inputs=[], outputs=[], opset={"ai.onnx": 21}, runtime="any"
)
FILES = {"/m.onnx": MODEL, "/m.onnx.manifest.json": MANIFEST.canonical()}
URI = "https://models.example/m.onnx"

Handler = Callable[[httpx.Request], httpx.Response]


class Stream(httpx.SyncByteStream):
    """A body that comes in pieces, as from a network; it may break off or never end."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks


def answering(*chunks: bytes) -> Handler:
    return lambda _: httpx.Response(200, stream=Stream(chunks))


def serve(request: httpx.Request) -> httpx.Response:
    content = FILES.get(request.url.path)
    return httpx.Response(404) if content is None else answering(content)(request)


def at(*addresses: str) -> Resolver:
    return lambda _host, _port: addresses


def store(folder: Path, handler: Handler = serve, **changes: Any) -> ArtefactStore:
    settings = ArtefactSettings(cache_dir=folder / "cache", **changes)
    client = guarded_client(settings, httpx.MockTransport(handler), at("93.184.215.14"))
    return ArtefactStore(settings, standard_sources(settings, client), structlog.get_logger())


def fetch(
    folder: Path, uris: Sequence[str] = (URI,), handler: Handler = serve, **changes: Any
) -> bytes:
    found = store(folder, handler, **changes).fetch(DIGEST, MANIFEST.digest, uris)
    assert found.manifest == MANIFEST
    return found.read()


def failure(folder: Path, handler: Handler, **changes: Any) -> Exception:
    """Why the only URI of an artefact failed; its manifest is always served."""

    def only_the_artefact(request: httpx.Request) -> httpx.Response:
        return serve(request) if request.url.path.endswith(".json") else handler(request)

    with pytest.raises(ArtefactUnavailableError) as caught:
        fetch(folder, handler=only_the_artefact, **changes)
    ((_, error),) = caught.value.failures
    return error


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in (folder / "cache").iterdir() if path.name.startswith(".")]


# The store


def test_fetch__over_https__verified_file_and_manifest(tmp_path: Path) -> None:
    assert fetch(tmp_path) == MODEL


def test_fetch__second_time__from_the_cache(tmp_path: Path) -> None:
    fetch(tmp_path)

    def offline(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("offline")

    assert fetch(tmp_path, handler=offline) == MODEL


def test_fetch__first_uris_fail__the_next_serves(tmp_path: Path) -> None:
    uris = ["gopher://old.example/m.onnx", "https://models.example/gone.onnx", URI]
    assert fetch(tmp_path, uris) == MODEL


def test_fetch__every_uri_fails__each_failure_reported_in_order(tmp_path: Path) -> None:
    uris = [
        "https://user:pw@models.example/gone?token=t",
        "file:///etc/passwd",
        "ipfs://cid/m",
        "x",
    ]
    with pytest.raises(ArtefactUnavailableError) as caught:
        fetch(tmp_path, uris)
    assert [uri for uri, _ in caught.value.failures] == [
        "https://models.example/gone.manifest.json",
        "file:///etc/passwd.manifest.json",
        "ipfs://cid/m.manifest.json",
        "x.manifest.json",
    ]
    kinds = [type(error) for _, error in caught.value.failures]
    assert kinds == [DownloadError, RefusedUriError, RefusedUriError, RefusedUriError]
    for part in ("answered 404", "file_roots", "ipfs_gateway", "scheme ''"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "\x00",
        "http://",
        "http://[bad",
        "http://models.example:99999/m",
        "http://models.example:port/m",
        "http://\ud800.example/m",
        "http://xn--\u2603.example/m",
        "https://" + "a" * 70 + ".example/m",
        "ipfs://../../etc/passwd",
        "file://[::1]/m",
        "FILE:///etc/passwd",
        "x" * 100_000,
    ],
)
def test_fetch__uri_made_to_confuse__refused_and_the_next_serves(tmp_path: Path, uri: str) -> None:
    def strict(request: httpx.Request) -> httpx.Response:
        return serve(request) if request.url.path.startswith("/m.onnx") else httpx.Response(404)

    assert fetch(tmp_path, [uri, URI], strict, ipfs_gateway="http://127.0.0.1:8080") == MODEL


def test_fetch__no_uri__says_so(tmp_path: Path) -> None:
    with pytest.raises(ArtefactUnavailableError, match="names no URI"):
        fetch(tmp_path, [])


def test_fetch__more_uris_than_are_tried__the_rest_ignored(tmp_path: Path) -> None:
    uris = ["https://models.example/gone"] * 8 + [URI]
    with pytest.raises(ArtefactUnavailableError) as caught:
        fetch(tmp_path, uris)
    assert len(caught.value.failures) == 8


def test_fetch__failing_uri_with_credentials__not_in_log_or_error(tmp_path: Path) -> None:
    secret = "https://user:hunter2@models.example/gone?token=hunter2#hunter2"
    with (
        structlog.testing.capture_logs() as logs,
        pytest.raises(ArtefactUnavailableError) as caught,
    ):
        fetch(tmp_path, [secret])
    assert logs
    assert "hunter2" not in str(logs) + str(caught.value)


def test_fetch__ipfs_uri__asked_of_the_gateway_even_a_local_one(tmp_path: Path) -> None:
    asked = []

    def gateway(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answering(FILES["/" + request.url.path.rpartition("/")[2]])(request)

    gateway_url = "http://127.0.0.1:8080/"
    assert fetch(tmp_path, ["ipfs://bafy/m.onnx"], gateway, ipfs_gateway=gateway_url) == MODEL
    assert asked == [
        "http://127.0.0.1:8080/ipfs/bafy/m.onnx.manifest.json",
        "http://127.0.0.1:8080/ipfs/bafy/m.onnx",
    ]


def test_fetch__host_with_a_private_address__refused(tmp_path: Path) -> None:
    settings = ArtefactSettings(cache_dir=tmp_path / "cache")
    client = guarded_client(settings, httpx.MockTransport(serve), at("10.0.0.1"))
    guarded = ArtefactStore(settings, standard_sources(settings, client))
    with pytest.raises(ArtefactUnavailableError, match="not public"):
        guarded.fetch(DIGEST, MANIFEST.digest, [URI])


def test_fetch__redirects_without_end__given_up(tmp_path: Path) -> None:
    def around(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": str(request.url)})

    assert "TooManyRedirects" in str(failure(tmp_path, around))


def test_fetch__other_bytes__digest_mismatch_and_nothing_kept(tmp_path: Path) -> None:
    error = failure(tmp_path, answering(b"other"))
    assert isinstance(error, ArtefactDigestMismatchError)
    assert error.expected == DIGEST
    assert error.received == hashlib.sha256(b"other").digest()
    assert error.uri == URI
    assert left_behind(tmp_path) == []


def test_fetch__truncated_download__digest_mismatch(tmp_path: Path) -> None:
    error = failure(tmp_path, answering(MODEL[:-1]))
    assert isinstance(error, ArtefactDigestMismatchError)


def test_fetch__connection_breaks_off__download_error_and_nothing_kept(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield MODEL[:100]
        raise httpx.RemoteProtocolError("peer closed connection")

    error = failure(tmp_path, lambda _: httpx.Response(200, stream=Stream(breaking())))
    assert isinstance(error, DownloadError)
    assert "peer closed connection" in str(error)
    assert left_behind(tmp_path) == []


def test_fetch__download_without_end__cut_at_the_limit(tmp_path: Path) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1 << 16
            yield bytes(1 << 16)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Stream(endless()))

    error = failure(tmp_path, answer, max_artefact_bytes=1 << 20)
    assert isinstance(error, ArtefactTooLargeError)
    assert sent <= (1 << 20) + (1 << 17)
    assert left_behind(tmp_path) == []


def test_fetch__compressed_bomb__never_decompressed(tmp_path: Path) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Accept-Encoding"])
        return httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=Stream(iter([b"\x1f\x8b junk"]))
        )

    assert isinstance(failure(tmp_path, answer), ArtefactDigestMismatchError)
    assert asked == ["identity"]


def test_fetch__manifest_of_another_version__digest_mismatch(tmp_path: Path) -> None:
    with pytest.raises(ArtefactUnavailableError) as caught:
        store(tmp_path).fetch(DIGEST, bytes(32), [URI])
    ((uri, error),) = caught.value.failures
    assert isinstance(error, ArtefactDigestMismatchError)
    assert (uri, error.received) == (f"{URI}.manifest.json", MANIFEST.digest)


@pytest.mark.parametrize("content", [b"{}", b" " * (MAX_MANIFEST_BYTES + 1), b"<html>"])
def test_fetch__manifest_out_of_form__refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ArtefactUnavailableError, match="the manifest is refused"):
        fetch(tmp_path, handler=answering(content))


def test_chunks__download_slower_than_allowed__given_up() -> None:
    times = iter([0.0, 1.0, 9.0, 11.0])

    def slowly(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Stream(iter([bytes(1 << 16)] * 5)))

    with httpx.Client(transport=httpx.MockTransport(slowly)) as client:
        source = HttpSource(client, 10, clock=lambda: next(times))
        with pytest.raises(DownloadError, match="longer than 10 s"):
            list(source.chunks(URI))


# file: URIs


def read_file(root: Path, uri: str) -> bytes:
    return b"".join(FileSource([root]).chunks(uri))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    root = tmp_path / "models"
    root.mkdir()
    (root / "m.onnx").write_bytes(MODEL)
    (tmp_path / "secret").write_text("secret")
    return root


def test_file__inside_the_root__read(models: Path) -> None:
    assert read_file(models, f"file://{models}/m.onnx") == MODEL
    assert read_file(models, f"file://localhost{models}/%6d.onnx") == MODEL


def test_file__link_to_inside__read(models: Path) -> None:
    (models / "link").symlink_to("m.onnx")
    assert read_file(models, f"file://{models}/link") == MODEL


@pytest.mark.parametrize(
    "path", ["/../secret", "/%2e%2e/secret", "/link", "/folder/secret", "/m.onnx%00.txt"]
)
def test_file__way_out_of_the_root__refused(models: Path, path: str) -> None:
    (models / "link").symlink_to("../secret")
    (models / "folder").symlink_to("..")
    with pytest.raises(RefusedUriError):
        read_file(models, f"file://{models}{path}")


@pytest.mark.parametrize("uri", ["file:m.onnx", "file://server/share/m.onnx", "file:///etc/passwd"])
def test_file__not_an_allowed_path__refused(models: Path, uri: str) -> None:
    with pytest.raises(RefusedUriError):
        read_file(models, uri)


def test_file__no_roots__everything_refused(models: Path) -> None:
    with pytest.raises(RefusedUriError, match="add its folder to file_roots"):
        list(FileSource([]).chunks(f"file://{models}/m.onnx"))


def test_file__pipe__refused_without_waiting(models: Path) -> None:
    os.mkfifo(models / "pipe")
    with pytest.raises(RefusedUriError, match="no regular file"):
        read_file(models, f"file://{models}/pipe")


def test_file__missing__download_error(models: Path) -> None:
    with pytest.raises(DownloadError, match="No such file"):
        read_file(models, f"file://{models}/gone.onnx")


# The cache


def digest_of(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def put(cache: ContentCache, content: bytes) -> Path:
    return cache.put(digest_of(content), [content], len(content), "test")


def test_get__stored_by_another_process__verified_first(tmp_path: Path) -> None:
    path = put(ContentCache(tmp_path, 100), b"content")
    path.write_bytes(b"changed")
    assert ContentCache(tmp_path, 100).get(digest_of(b"content")) is None
    assert not path.exists()


def test_get__never_stored__none(tmp_path: Path) -> None:
    assert ContentCache(tmp_path / "new", 100).get(bytes(32)) is None


def test_get__removed_since__none(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, 100)
    put(cache, b"content").unlink()
    assert cache.get(digest_of(b"content")) is None


def test_put__above_the_size__least_recently_used_goes(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, 30)
    old, used = put(cache, b"a" * 10), put(cache, b"b" * 10)
    for age, path in ((300, old), (200, used)):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    cache.get(digest_of(b"a" * 10))  # now `used` is the one unused for longest
    put(cache, b"c" * 15)
    assert (old.exists(), used.exists()) == (True, False)


def test_put__above_the_size__what_is_pinned_stays(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, 30, lambda: [digest_of(b"a" * 10)])
    for letter in (b"a", b"b", b"c", b"d"):
        put(cache, letter * 10)
    there = [cache.get(digest_of(letter * 10)) is not None for letter in (b"a", b"b", b"c", b"d")]
    assert there == [True, False, True, True]


def test_put__larger_than_the_cache__kept_alone(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, 10)
    small, large = put(cache, b"a" * 5), put(cache, b"b" * 50)
    assert (small.exists(), large.exists()) == (False, True)


def test_put__download_left_behind_days_ago__removed(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, 100)
    old, new = tmp_path / ".part-old", tmp_path / ".part-new"
    for part in (old, new):
        part.write_bytes(b"x")
    os.utime(old, (0, 0))
    put(cache, b"content")
    assert (old.exists(), new.exists()) == (False, True)


def test_put__exactly_the_limit__kept(tmp_path: Path) -> None:
    assert put(ContentCache(tmp_path, 100), b"content").read_bytes() == b"content"
    with pytest.raises(ArtefactTooLargeError):
        ContentCache(tmp_path, 100).put(digest_of(b"content!"), [b"cont", b"ent!"], 7, "test")


# Shown URIs


@pytest.mark.parametrize(
    ("uri", "safe"),
    [
        ("https://u:p@h.example:1/a?k=v#f", "https://h.example:1/a"),
        ("ipfs://cid/m.onnx", "ipfs://cid/m.onnx"),
        ("file:///a\nb", "file:///ab"),
        ("https://h/\x1b[31mred", "https://h/?[31mred"),
        ("http://[bad", "a malformed URI"),
    ],
)
def test_shown__uri__safe_for_a_log(uri: str, safe: str) -> None:
    assert shown(uri) == safe
    assert len(shown("https://h/" + "x" * 10_000)) <= 200


# Inputs by reference

INPUT = b"a payload, as far as the store can tell" * 10_000
REMOTE = RemoteInput(
    sha256=hashlib.sha256(INPUT).digest(), size=len(INPUT), uris=("https://a.example/x",)
)


def unavailable(folder: Path, handler: Handler, **changes: Any) -> list[Exception]:
    """Why no URI of an input served it; nothing of it is kept."""
    remote = replace(REMOTE, **changes)
    made = store(folder, handler)
    with pytest.raises(ArtefactUnavailableError) as caught:
        made.payload(remote)
    assert [uri for uri, _ in caught.value.failures] == list(remote.uris)
    assert made.kept(remote) is None
    assert left_behind(folder) == []
    return [error for _, error in caught.value.failures]


def test_payload__served__its_bytes_and_from_the_cache_afterwards(tmp_path: Path) -> None:
    assert store(tmp_path, answering(INPUT)).payload(REMOTE) == INPUT
    offline = store(tmp_path, lambda _: httpx.Response(503))
    assert offline.payload(REMOTE) == offline.kept(REMOTE) == INPUT


def test_payload__file_changed_in_the_cache__not_what_is_read(tmp_path: Path) -> None:
    made = store(tmp_path, answering(INPUT))
    made.bring(REMOTE)
    (tmp_path / "cache" / REMOTE.sha256.hex()).write_bytes(bytes(len(INPUT)))
    assert made.kept(REMOTE) is None
    assert made.payload(REMOTE) == INPUT


def test_payload__first_serves_other_bytes__the_next_is_tried(tmp_path: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        other = request.url.path == "/swapped"
        return answering(bytes(len(INPUT)) if other else INPUT)(request)

    remote = replace(REMOTE, uris=("https://a.example/swapped", "https://a.example/x"))
    assert store(tmp_path, handler).payload(remote) == INPUT


def test_payload__swapped_since__refused(tmp_path: Path) -> None:
    (error,) = unavailable(tmp_path, answering(bytes(len(INPUT))))
    assert isinstance(error, ArtefactDigestMismatchError)


@pytest.mark.parametrize("size", [1, len(INPUT) - 1, len(INPUT) + 1, MAX_INPUT_BYTES])
def test_payload__size_is_a_lie__refused_also_where_the_bytes_are_kept(
    tmp_path: Path, size: int
) -> None:
    made = store(tmp_path, answering(INPUT), max_artefact_bytes=MAX_INPUT_BYTES)
    made.bring(REMOTE)
    lie = replace(REMOTE, size=size)
    with pytest.raises(ArtefactUnavailableError) as caught:
        made.payload(lie)
    ((_, error),) = caught.value.failures
    assert isinstance(error, WrongSizeError)
    assert error.args[0] == size
    assert made.kept(lie) is None


def test_payload__body_never_ends__left_at_the_size_that_was_named(tmp_path: Path) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1 << 16
            yield bytes(1 << 16)

    (error,) = unavailable(tmp_path, lambda _: httpx.Response(200, stream=Stream(endless())))
    assert isinstance(error, WrongSizeError)
    assert sent <= len(INPUT) + (1 << 17)


def test_payload__time_is_over__uris_left_are_not_tried(tmp_path: Path) -> None:
    """Else eight hosts that fail slowly hold a thread eight times as long."""
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    uris = ("https://inputs.example/1", "https://inputs.example/2")
    remote = RemoteInput(sha256=bytes(32), size=1, uris=uris)
    with pytest.raises(ArtefactUnavailableError, match="not tried: the time was over") as raised:
        store(tmp_path, refuse, fetch_seconds=0.0).bring(remote)
    assert (asked, len(raised.value.failures)) == ([], 1)


def test_payload__compressed_bomb__never_unpacked(tmp_path: Path) -> None:
    """It is its packed bytes that count, whatever the host calls them."""
    bomb = gzip.compress(bytes(64 << 20))
    headers = {"Content-Encoding": "gzip"}
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Accept-Encoding"])
        return httpx.Response(200, headers=headers, stream=Stream([bomb]))

    (error,) = unavailable(tmp_path, handler, size=len(bomb))
    assert isinstance(error, ArtefactDigestMismatchError)
    assert error.received == hashlib.sha256(bomb).digest()
    assert asked == ["identity"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.0.1"]
)
def test_payload__host_in_the_own_network__not_even_asked(tmp_path: Path, address: str) -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answering(INPUT)(request)

    settings = ArtefactSettings(cache_dir=tmp_path / "cache")
    client = guarded_client(settings, httpx.MockTransport(handler), at(address))
    made = ArtefactStore(settings, standard_sources(settings, client))
    with pytest.raises(ArtefactUnavailableError, match="not public"):
        made.payload(REMOTE)
    assert asked == []


def test_payload__file_outside_of_the_roots__refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(INPUT)
    (error,) = unavailable(tmp_path, serve, uris=((tmp_path / "x").as_uri(),))
    assert isinstance(error, RefusedUriError)


def test_payload__more_than_is_accepted_here__refused_without_asking(tmp_path: Path) -> None:
    made = store(tmp_path, answering(INPUT), max_artefact_bytes=len(INPUT) - 1)
    with pytest.raises(ArtefactTooLargeError, match="at most"):
        made.payload(REMOTE)


def test_payload__folder_cannot_be_written__told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    with pytest.raises(ArtefactError, match="cannot be kept"):
        store(tmp_path, answering(INPUT)).payload(REMOTE)
