"""Stores by their names, folders, and uploads that are read back. Sockets: tests/integration."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest

from assay.manifest import Manifest, manifest_uri
from assay.publish import extra
from assay.publish.errors import (
    CorruptUploadError,
    ExtraMissingError,
    NotServedError,
    StoreRefusedError,
    UnknownStoreError,
)
from assay.publish.gas import publish_gas
from assay.publish.places import faults
from assay.publish.stores.base import Files, InputFile
from assay.publish.stores.folder import FolderStore
from assay.publish.stores.http import HttpStore
from assay.publish.stores.ipfs import IpfsStore
from assay.publish.stores.opening import open_store
from assay.publish.stores.s3 import S3Store
from assay.publish.uploading import upload
from tests.unit.samples import MANIFEST

FILES = Files(stem="sums", artefact=b"artefact" * 1_000, manifest=MANIFEST)


class Forgetful:
    """A store that gives back what it likes."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    def foreseen(self, files: Files) -> str:
        return f"https://models.example/{files.own_name}"

    put = foreseen

    def read(self, _uri: str) -> Iterator[bytes]:
        return iter(self._chunks)


# --- names ---


@pytest.mark.parametrize(
    ("place", "kind", "shown"),
    [
        ("/srv/models", FolderStore, "FolderStore('/srv/models', public=None)"),
        ("file:///srv/a%20b", FolderStore, "FolderStore('/srv/a b', public=None)"),
        (Path("/srv"), FolderStore, "FolderStore('/srv', public=None)"),
        ("https://u:pw@h.example/m/?sig=pw", HttpStore, "public='https://h.example/m'"),
        ("s3://bucket/some/prefix/", S3Store, "S3Store('bucket', 'some/prefix', public=None)"),
        ("s3://bucket", S3Store, "S3Store('bucket', '', public=None)"),
        ("ipfs+http://u:pw@127.0.0.1:5001", IpfsStore, "IpfsStore('http://127.0.0.1:5001')"),
    ],
)
def test_open_store__name__kind_without_its_secrets(
    place: str | Path, kind: type, shown: str
) -> None:
    store = open_store(place)
    assert isinstance(store, kind)
    assert shown in repr(store)
    assert "pw" not in repr(store)
    assert open_store(store) is store


NO_STORES = [
    *("", "u:pw@h", "ftp://u:pw@h/m", "file://host/m", "http:///m", "s3://k:pw@b/m", "s3:pw"),
    *("ipfs://pw", "http://[pw", "http://h:pw/", "ipfs+http:"),
]


@pytest.mark.parametrize("place", NO_STORES)
def test_open_store__no_store__refused_without_its_secrets(place: str) -> None:
    with pytest.raises(UnknownStoreError, match="expected a folder") as caught:
        open_store(place)
    assert "pw" not in str(caught.value)


def test_upload__input__alone_under_its_digest(tmp_path: Path) -> None:
    store, file = FolderStore(tmp_path), InputFile(b"payload")
    assert upload(store, file) == upload(store, file) == store.foreseen(file)
    (path,) = tmp_path.iterdir()
    assert path.read_bytes() == b"payload"
    assert path.name == f"input-{hashlib.sha256(b'payload').hexdigest()}.payload"


def test_open_store__path_that_could_be_anything__how_to_write_it() -> None:
    with pytest.raises(UnknownStoreError, match=r"for a folder write '\./my/models'"):
        open_store("my/models")


@pytest.mark.parametrize(
    "public", ["models.example", "ftp://h/", "https://u:pw@h/", "https://h?pw"]
)
def test_open_store__public_address_that_is_none__refused(public: str) -> None:
    with pytest.raises(UnknownStoreError, match="without a user, a password or a query") as caught:
        open_store(Path("/srv"), public=public)
    assert "pw" not in str(caught.value)


def test_open_store__public_address_of_what_has_its_own__refused() -> None:
    for place in ("ipfs+http://127.0.0.1:5001", Forgetful()):
        with pytest.raises(UnknownStoreError, match="leave the public address out"):
            open_store(place, public="https://models.example")


def test_open_store__no_boto3__says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match=r'boto3.*pip install "assay\[publish\]"'):
        open_store("s3://bucket")


def test_names__other_manifest__another_file_but_in_ipfs() -> None:
    fields = {**MANIFEST.model_dump(), "licence": "other"}
    other = replace(FILES, manifest=Manifest(**fields))
    assert FILES.name == other.name == "sums.onnx"
    assert FILES.own_name != other.own_name
    assert replace(FILES, artefact=b"").own_name != FILES.own_name
    assert FILES.own_name.startswith("sums-") and FILES.own_name.endswith(".onnx")
    assert replace(FILES, stem="../a b/").name == "..-a-b-.onnx"


# --- folders ---


def test_folder__upload__both_files_beside_each_other(tmp_path: Path) -> None:
    store = open_store(tmp_path / "new" / "models")
    uri = upload(store, FILES)
    assert uri == store.foreseen(FILES) == (tmp_path / "new/models" / FILES.own_name).as_uri()
    path = tmp_path / "new/models" / FILES.own_name
    assert path.read_bytes() == FILES.artefact
    manifest = Path(manifest_uri(str(path)))
    assert Manifest.parse(manifest.read_bytes()) == MANIFEST
    assert path.stat().st_mode & 0o444 == 0o444  # a web server reads it, too
    assert upload(store, FILES) == uri
    assert sorted(path.parent.iterdir()) == [path, manifest]


def test_folder__cannot_be_made__refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreRefusedError, match="name a folder that can be written to"):
        upload(open_store(tmp_path / "file" / "models"), FILES)


def test_folder__changed_on_the_way__told_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    monkeypatch.setattr(store, "put", store.foreseen)
    with pytest.raises(NotServedError, match="cannot be read back: No such file"):
        upload(store, FILES)


# --- reading back ---


@pytest.mark.parametrize("chunks", [(), (b"x",), (FILES.artefact,), (b"y" * 10_000_000,)])
def test_upload__store_gives_back_something_else__refused(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(CorruptUploadError) as caught:
        upload(Forgetful(*chunks), FILES)
    assert caught.value.expected == hashlib.sha256(MANIFEST.canonical()).digest()
    assert caught.value.place.endswith(".onnx.manifest.json")


def test_upload__bytes_that_never_end__not_read_for_ever() -> None:
    class Endless(Forgetful):
        def read(self, _uri: str) -> Iterator[bytes]:
            return repeat(b"x" * 1_000)

    with pytest.raises(CorruptUploadError):
        upload(Endless(), FILES)


# --- URIs and gas ---


def test_faults__uris__all_at_once_without_secrets() -> None:
    uris = ["https://u:pw@h/m", "ftp://pw@h/m", "nonsense", "https://h/" + "x" * 512, "http://[pw"]
    found = list(faults(uris))
    assert len(found) == 5
    assert not any("pw" in fault for fault in found)
    assert list(faults(["https://h/m"] * 9)) == ["9 URIs, at most 8: leave some out"]
    assert not list(faults(["https://h/m?v=2", "ipfs://cid/m", "file:///m", "http://h/m"]))


def test_publish_gas__longer_uris__cost_their_slots() -> None:
    none, short = publish_gas([], first=False), publish_gas(["x" * 31], first=False)
    assert none < publish_gas([], first=True) < short < publish_gas(["x" * 32], first=False)
