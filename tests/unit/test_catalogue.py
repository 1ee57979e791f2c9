"""Finding models by what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from web3 import Web3

from assay import ids
from assay.addresses import ZERO_ADDRESS
from assay.artefacts.errors import ArtefactUnavailableError
from assay.artefacts.settings import ArtefactSettings
from assay.catalogue import (
    AmbiguousModelError,
    Cards,
    Catalogue,
    NothingInServiceError,
    OtherManifestError,
    UnknownModelError,
    require_own,
    usual_places,
)
from assay.manifest import Manifest, manifest_uri
from assay.terms import Numerics
from assay.versions import Model, PublishedVersion, Version
from tests.unit.samples import DEPLOYMENT, MANIFEST
from tests.unit.worker_jobs import ANN, BOB


@dataclass
class Shelf:
    """A registry in memory."""

    all_models: list[Model] = field(default_factory=list)
    all_versions: dict[bytes, PublishedVersion] = field(default_factory=dict)

    def put(self, creator: str, name: str, in_service: Sequence[bool] = (True,)) -> list[bytes]:
        """A model with so many versions; their ids."""
        model = ids.model_id(creator, name)
        for number, serves in enumerate(in_service):
            version_id = ids.digest(model + bytes([number]))
            self.all_versions[version_id] = PublishedVersion(
                version_id=version_id,
                model_id=model,
                deprecated=not serves,
                version=Version(artefact=bytes(32), manifest=bytes(32), numerics=Numerics.EXACT),
            )
        self.all_models.append(
            Model(
                model_id=model,
                owner=creator,  # type: ignore[arg-type]
                pending_owner=ZERO_ADDRESS,
                versions=len(in_service),
                name=name,
            )
        )
        return list(self.versions(model))

    def find_model(self, model_id: bytes) -> Model | None:
        return next((model for model in self.all_models if model.model_id == model_id), None)

    def find_version(self, version_id: bytes) -> PublishedVersion | None:
        return self.all_versions.get(version_id)

    def models(self) -> Iterable[Model]:
        return iter(self.all_models)

    def versions(self, model_id: bytes) -> Iterable[bytes]:
        return (v.version_id for v in self.all_versions.values() if v.model_id == model_id)

    def version(self, version_id: bytes) -> PublishedVersion:
        return self.all_versions[version_id]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


# --- models ---


def test_find__creator_and_name__newest_version_in_service(shelf: Shelf) -> None:
    _, second, _ = shelf.put(ANN, "digits", [True, True, False])
    shelf.put(BOB, "digits")
    assert Catalogue(shelf).find(f"{ANN}/digits").version_id == second


def test_find__ids__version_or_model_as_bytes_or_text(shelf: Shelf) -> None:
    first, second = shelf.put(ANN, "digits", [True, True])
    model = ids.model_id(ANN, "digits")
    catalogue = Catalogue(shelf)
    assert catalogue.find(first).version_id == first
    assert catalogue.find("0x" + first.hex()).version_id == first
    assert catalogue.find(model).version_id == second
    assert catalogue.find(model.hex()).version_id == second


def test_find__name_alone__not_guessed_though_only_one_has_it(shelf: Shelf) -> None:
    shelf.put(ANN, "digits")
    with pytest.raises(AmbiguousModelError, match=f"Ask for {ANN}/digits, once"):
        Catalogue(shelf).find("digits")
    shelf.put(BOB, "digits")
    with pytest.raises(AmbiguousModelError, match=f"{ANN}/digits or {BOB}/digits"):
        Catalogue(shelf).find("digits")


def test_find__nobody_has_it__said(shelf: Shelf) -> None:
    shelf.put(ANN, "digits")
    for name in ("digit", "g" * 64):
        with pytest.raises(UnknownModelError, match=f"models: {ANN}/digits"):
            Catalogue(shelf).find(name)
    for unknown in (f"{BOB}/digits", bytes(32), "0x" + "ab" * 32):
        with pytest.raises(UnknownModelError, match="is published here"):
            Catalogue(shelf).find(unknown)
    with pytest.raises(UnknownModelError, match="3 bytes are no id"):
        Catalogue(shelf).find(b"abc")


def test_find__all_versions_withdrawn__said(shelf: Shelf) -> None:
    shelf.put(ANN, "digits", [False])
    with pytest.raises(NothingInServiceError, match="no version in service"):
        Catalogue(shelf).find(f"{ANN}/digits")


# --- manifests ---


def published(folder: Path, manifest: Manifest = MANIFEST) -> Version:
    uri = (folder / "model.onnx").as_uri()
    Path(manifest_uri(str(folder / "model.onnx"))).write_bytes(manifest.canonical())
    return Version(
        artefact=bytes(32), manifest=MANIFEST.digest, numerics=Numerics.EXACT, uris=(uri,)
    )


def test_of__manifest_beside_the_artefact__read_and_kept(tmp_path: Path) -> None:
    version = published(tmp_path)
    places = ArtefactSettings(cache_dir=tmp_path / "cache", file_roots=(tmp_path,))
    cards = Cards(lambda: places)
    assert cards.of(version) == MANIFEST
    Path(manifest_uri(str(tmp_path / "model.onnx"))).unlink()
    assert cards.of(version) == MANIFEST


def test_of__another_manifest_there__refused(tmp_path: Path) -> None:
    version = published(tmp_path, MANIFEST.model_copy(update={"licence": "none"}))
    places = ArtefactSettings(cache_dir=tmp_path / "cache", file_roots=(tmp_path,))
    cards = Cards(lambda: places)
    with pytest.raises(ArtefactUnavailableError, match="sha256"):
        cards.of(version)


def test_of__file_outside_of_the_folders__not_opened(tmp_path: Path) -> None:
    version = published(tmp_path)
    cards = Cards(lambda: ArtefactSettings(cache_dir=tmp_path / "cache"))
    with pytest.raises(ArtefactUnavailableError, match="outside of the folders"):
        cards.of(version)


def test_of__cache_that_cannot_be_written__read_all_the_same(tmp_path: Path) -> None:
    version = published(tmp_path)
    (tmp_path / "cache").write_text("no folder")
    places = ArtefactSettings(cache_dir=tmp_path / "cache", file_roots=(tmp_path,))
    assert Cards(lambda: places).of(version) == MANIFEST


def test_require_own__manifest_of_another_version__refused(tmp_path: Path) -> None:
    version = published(tmp_path)
    require_own(MANIFEST, version)
    with pytest.raises(OtherManifestError, match="commits to"):
        require_own(MANIFEST.model_copy(update={"outputs": MANIFEST.inputs}), version)


@pytest.mark.parametrize(
    ("url", "chain_id", "local"),
    [
        ("http://127.0.0.1:8545", 31_337, True),
        ("http://localhost:8545", 1_337, True),
        ("http://[::1]:8545", 31_337, True),
        ("http://127.0.0.1:8545", 1, False),
        ("https://node.example/key", 31_337, False),
        ("http://127.0.0.1.example:8545", 31_337, False),
    ],
)
def test_usual_places__files_of_this_machine__only_on_a_local_chain_for_development(
    url: str, chain_id: int, local: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    deployment = DEPLOYMENT.model_copy(update={"chain_id": chain_id})
    found = usual_places(Web3(Web3.HTTPProvider(url)), deployment)
    assert found.cache_dir == tmp_path / "assay"
    assert bool(found.file_roots) is local
    assert bool(found.private_hosts) is local


def test_usual_places__account_without_a_home__a_folder_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    found = usual_places(Web3(Web3.HTTPProvider("https://node.example")), DEPLOYMENT)
    assert found.cache_dir.name.startswith("assay-")
