"""Stores behind sockets: a server that takes PUT, a bucket, an IPFS node."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.store import ArtefactStore, guarded_client, standard_sources
from assay.publish.errors import (
    CorruptUploadError,
    NotServedError,
    StoreError,
    StoreRefusedError,
    StoreUnreachableError,
)
from assay.publish.stores.opening import open_store
from assay.publish.uploading import upload
from assay.publishing import describe
from tests.support.site import Site, beside, site
from tests.unit.test_publish_stores import FILES

NOWHERE = "http://127.0.0.1:1"
SECRETS = "user:pass%21word@"
TOKEN = "?sig=t0ken%2B&v=2"
BUCKET = "models"


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as found:
        yield found


def with_secrets(url: str) -> str:
    return url.replace("://", f"://{SECRETS}")


def is_secret(text: str) -> bool:
    return any(secret in text for secret in ("pass", "t0ken"))


# --- PUT ---


def test_http__upload__read_back_from_where_it_is_served(web: Site) -> None:
    store = open_store(f"{web.url}/some/where/")
    uri = upload(store, FILES)
    assert uri == f"{web.url}/some/where/{FILES.own_name}" == store.foreseen(FILES)
    assert beside(web, uri) == (FILES.artefact, FILES.manifest.canonical())
    assert [method for method, _, _ in web.asked] == ["PUT", "PUT", "GET", "GET"]
    assert upload(store, FILES) == uri


def test_http__credentials_and_token__sent_with_each_put_and_nowhere_else(
    web: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        uri = upload(open_store(with_secrets(f"{web.url}/m{TOKEN}")), FILES)
    assert uri == f"{web.url}/m/{FILES.own_name}"
    puts = [(path, login) for method, path, login in web.asked if method == "PUT"]
    assert all(path.endswith(TOKEN) and login.startswith("Basic ") for path, login in puts)
    gets = [(path, login) for method, path, login in web.asked if method == "GET"]
    assert not any(TOKEN in path or login for path, login in gets)
    assert "PUT" in caplog.text and not is_secret(caplog.text)


def test_http__served_elsewhere__read_back_from_there(web: Site) -> None:
    with site() as other:
        other.files = web.files
        store = open_store(f"{web.url}/m", public=f"{other.url}/m/")
        assert upload(store, FILES).startswith(other.url)
        assert [method for method, _, _ in other.asked] == ["GET", "GET"]


@pytest.mark.parametrize("status", [301, 401, 403, 404, 409, 413, 500, 507])
def test_http__refusing_server__error_without_secrets(web: Site, status: int) -> None:
    web.refuses = status
    with pytest.raises(StoreRefusedError, match=f"answered {status} to a PUT") as caught:
        upload(open_store(with_secrets(f"{web.url}/m{TOKEN}")), FILES)
    assert not is_secret(str(caught.value))


@pytest.mark.parametrize("status", [403, 404, 500])
def test_http__files_that_others_cannot_read__refused(web: Site, status: int) -> None:
    web.hides = status
    with pytest.raises(NotServedError, match=f"answers {status} to a reader without credentials"):
        upload(open_store(web.url), FILES)


def test_http__server_that_cuts_or_changes__refused(web: Site) -> None:
    for spoil in (lambda content: content[:-1], lambda content: content[:-1] + b"?"):
        web.spoils = spoil
        with pytest.raises(CorruptUploadError, match="the store cut or changed the file"):
            upload(open_store(web.url), FILES)


@pytest.mark.parametrize("scheme", ["", "ipfs+"])
def test_stores__nobody_there__unreachable_without_secrets(scheme: str) -> None:
    with pytest.raises(StoreUnreachableError, match=r"ConnectError") as caught:
        upload(open_store(f"{scheme}{with_secrets(NOWHERE)}/m{TOKEN}"), FILES)
    assert not is_secret(str(caught.value))


def test_folder__served_by_a_web_server__read_back_from_it(web: Site, tmp_path: Path) -> None:
    store = open_store(tmp_path, public=f"{web.url}/m")
    with pytest.raises(NotServedError, match="404"):
        upload(store, FILES)
    web.files = {f"/m/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    assert upload(store, FILES) == f"{web.url}/m/{FILES.own_name}"


# --- IPFS ---


def test_ipfs__upload__folder_with_both_files(web: Site) -> None:
    store = open_store(f"ipfs+{web.url}")
    uri = upload(store, FILES)
    assert uri.startswith("ipfs://b") and uri.endswith("/sums.onnx")
    assert len(uri) == len(store.foreseen(FILES))
    path = "/ipfs/" + uri.removeprefix("ipfs://")
    assert web.files[path] == FILES.artefact
    assert web.files[path + ".manifest.json"] == FILES.manifest.canonical()
    options = ("wrap-with-directory=true", "pin=true", "cid-version=1")
    assert all(option in web.asked[0][1] for option in options)
    assert upload(store, FILES) == uri


def test_ipfs__uri__fetched_by_way_of_a_gateway(web: Site, tmp_path: Path) -> None:
    uri = upload(open_store(f"ipfs+{web.url}"), FILES)
    settings = ArtefactSettings(cache_dir=tmp_path, ipfs_gateway=web.url)
    version = describe(FILES.artefact, FILES.manifest, uris=[uri])
    with guarded_client(settings) as client:
        store = ArtefactStore(settings, standard_sources(settings, client))
        fetched = store.fetch(version.artefact, version.manifest, version.uris)
    assert fetched.read() == FILES.artefact


def test_ipfs__credentials__sent_and_not_shown(web: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        upload(open_store(f"ipfs+{with_secrets(web.url)}"), FILES)
    assert all(login.startswith("Basic ") for _, _, login in web.asked)
    assert not is_secret(caplog.text)


def test_ipfs__refusing_node__error(web: Site) -> None:
    web.refuses = 403
    with pytest.raises(StoreRefusedError, match=r"answered 403.*RPC interface of an IPFS node"):
        upload(open_store(f"ipfs+{web.url}"), FILES)


@pytest.mark.parametrize(
    "said",
    [b"", b"<html>", b'{"Name": "x"}', b'{"Name": "", "Hash": "../../etc"}', b"[" * 100_000, b"7"],
)
def test_ipfs__answer_without_a_folder__refused(web: Site, said: bytes) -> None:
    web.spoils = lambda _: said
    with pytest.raises(StoreRefusedError, match="named no folder"):
        upload(open_store(f"ipfs+{web.url}"), FILES)


def test_ipfs__node_that_changes_or_loses_files__refused(web: Site) -> None:
    web.spoils = lambda content: content if content.startswith(b'{"Name"') else content[:10]
    with pytest.raises(CorruptUploadError):
        upload(open_store(f"ipfs+{web.url}"), FILES)


# --- buckets ---


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A client of a bucket that everybody may read."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "access-pass")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-pass")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    statement = [{**allow, "Resource": f"arn:aws:s3:::{BUCKET}/*"}]
    policy = {"Version": "2012-10-17", "Statement": statement}
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)


def test_s3__upload__objects_and_a_url_that_everybody_reads(s3: Any, endpoint: str) -> None:
    store = open_store(f"s3://{BUCKET}/some/prefix")
    uri = upload(store, FILES)
    assert uri == f"{endpoint}/{BUCKET}/some/prefix/{FILES.own_name}" == store.foreseen(FILES)
    body = s3.get_object(Bucket=BUCKET, Key=f"some/prefix/{FILES.own_name}")["Body"]
    assert body.read() == FILES.artefact
    assert upload(store, FILES) == uri


def test_s3__served_elsewhere__uris_and_reading_back_from_there(
    s3: Any, endpoint: str, web: Site
) -> None:
    store = open_store(f"s3://{BUCKET}/m", public=f"{web.url}/cdn")
    with pytest.raises(NotServedError, match="404"):
        upload(store, FILES)
    for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        content = s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
        web.files[item["Key"].replace("m/", "/cdn/", 1)] = content
    assert upload(store, FILES) == f"{web.url}/cdn/{FILES.own_name}"


def test_s3__bucket_that_is_not_public__refused(s3: Any) -> None:
    s3.delete_bucket_policy(Bucket=BUCKET)
    with pytest.raises(NotServedError, match=r"answers 403.*make the files public"):
        upload(open_store(f"s3://{BUCKET}"), FILES)


@pytest.mark.parametrize(
    "case", ["no bucket", "no credentials", "nobody there", "no bucket's name"]
)
def test_s3__cannot_be_written__error_without_secrets(
    s3: Any, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"s3://{BUCKET}"
    if case == "no bucket":
        place = "s3://other"
    elif case == "no bucket's name":
        place = "s3://UPPER_case!"
    elif case == "no credentials":
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", with_secrets(NOWHERE))
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreError, match="the bucket '") as caught:
        upload(open_store(place), FILES)
    assert not is_secret(str(caught.value))
