"""From a model to a version that workers answer: `draft`, `release`, `publish`."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from assay.aio import AsyncClient
from assay.artefacts.settings import ArtefactSettings
from assay.catalogue import UnknownModelError
from assay.client import Client, NoAccountError, Settings
from assay.contract_errors import ContractError, DeprecatedVersionError
from assay.errors import SignatureMismatchError
from assay.inspection.errors import CustomOperatorError, ExternalDataError, RandomOperatorError
from assay.manifest import Manifest, ManifestError
from assay.publish import extra
from assay.publish.cautions import Kind, PublishWarning
from assay.publish.details import Details
from assay.publish.draft import Draft
from assay.publish.errors import (
    CorruptUploadError,
    DetailsError,
    ExtraMissingError,
    NumericsError,
    SampleFailedError,
    UnknownStoreError,
)
from assay.publish.settings import Measuring
from assay.publishing import Publication
from assay.terms import Numerics
from assay.tolerance import Tolerance
from tests.support.plain_chain import ETHER, REQUESTER, PlainChain, account
from tests.support.site import Site, site
from tests.support.worker_rig import TERMS, Rig
from tests.unit import onnx_models
from tests.unit.onnx_models import FLOAT, node, value

QUICK = Measuring(processors=(), samples=2)
CARD: Details = {"description": "for a test", "licence": "MIT", "measuring": QUICK}
SAMPLES = [np.array([[1, 2, 3]], np.float32)]

pytestmark = pytest.mark.filterwarnings("ignore::assay.publish.cautions.PublishWarning")


@pytest.fixture
def client(chain: PlainChain, tmp_path: Path) -> Client:
    places = ArtefactSettings(
        cache_dir=tmp_path / "cache", file_roots=(tmp_path,), private_hosts=("127.0.0.1",)
    )
    settings = Settings(poll_seconds=0.01, artefacts=places)
    return Client(chain.w3, chain.deployment, REQUESTER, settings)


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as found:
        yield found


def sent(chain: PlainChain) -> int:
    """Transactions of the requester so far."""
    return chain.w3.eth.get_transaction_count(REQUESTER.address)


def kinds(draft: Draft) -> set[Kind]:
    return {caution.kind for caution in draft.cautions}


# --- the whole way ---


def test_publish__float_model_from_a_path__answered_by_workers(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    onnx.save_model(onnx_models.linear(), path, save_as_external_data=True, size_threshold=0)
    published = rig.client.publish(path, "net", store=rig.models, samples=SAMPLES, **CARD)
    assert published.version.numerics is Numerics.TOLERANCE
    answer = asked(rig, published, np.array([[1, 2, 3]], np.float32))
    assert answer.tolist() == [[16.5, 21.5]]


def test_publish__integer_model_in_memory__answered_by_workers(rig: Rig) -> None:
    published = rig.client.publish(
        onnx_models.integer_product(), "ints", store=rig.models, royalty_bps=100, **CARD
    )
    assert (published.version.numerics, published.version.royalty_bps) == (Numerics.EXACT, 100)
    answer = asked(rig, published, np.full((1, 4), 255, np.uint8))
    assert answer.tolist() == [[4 * 255 * 127, 4 * 255 * -128]]


def asked(rig: Rig, published: Publication, array: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """What three daemons, who fetch the files as they find them, agree on."""
    for number in range(3):
        rig.daemon(number)
    posted = rig.post(published.version_id, array, TERMS)
    rig.drive_until_done()
    (result,) = rig.client.wait(posted, timeout=1).arrays
    assert [rig.credit(number) > 0 for number in range(3)] == [True] * 3
    return result


def test_publish__by_http__found_by_name_and_signature(
    client: Client, chain: PlainChain, web: Site
) -> None:
    details: Details = {
        **CARD,
        "store": f"{web.url}/m",
        "lineage": ["a data set"],
        "uris": ["https://models.example/net.onnx"],
    }
    published = client.publish(onnx_models.linear(), "net", **details)
    assert published.new
    assert published.version.uris[1:] == ("https://models.example/net.onnx",)
    offer = client.offer(f"{REQUESTER.address}/net", SAMPLES[0], terms=TERMS)
    assert offer.version.version_id == published.version_id
    assert (offer.manifest.lineage, offer.manifest.licence) == (("a data set",), "MIT")
    assert offer.manifest.opset == {"ai.onnx": 21}
    before = sent(chain)
    again = client.publish(onnx_models.linear(), "net", **details)
    assert (again.version_id, again.new) == (published.version_id, False)
    assert sent(chain) == before


def test_publish__cautions__told_as_warnings(client: Client, tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", PublishWarning)
        client.publish(onnx_models.linear(), "net", **CARD)
    said = [str(one.message) for one in told if one.category is PublishWarning]
    assert any(text.startswith("no-uri: ") for text in said)
    assert {one.filename for one in told if one.category is PublishWarning} == {__file__}


def test_async_publish__same_version(client: Client, chain: PlainChain, tmp_path: Path) -> None:
    aio = AsyncClient(chain.w3, chain.deployment, REQUESTER, Settings(poll_seconds=0.01))

    async def publish() -> Publication:
        draft = await aio.draft(onnx_models.linear(), "net", store=tmp_path, **CARD)
        return await aio.release(draft)

    published = asyncio.run(publish())
    again = asyncio.run(aio.publish(onnx_models.linear(), "net", store=tmp_path, **CARD))
    assert (again.version_id, again.new) == (published.version_id, False)


# --- drafts ---


def test_draft__float_model__everything_known_and_nothing_done(
    client: Client, chain: PlainChain, tmp_path: Path
) -> None:
    before = sent(chain)
    draft = client.draft(onnx_models.convolution(), "net", store=tmp_path / "models", **CARD)
    assert (sent(chain), (tmp_path / "models").exists()) == (before, False)
    assert draft.size == len(onnx_models.convolution().SerializeToString())
    assert [spec.name for spec in draft.manifest.inputs] == ["x"]
    assert draft.tolerance == draft.suggested is not None
    assert {deviation.output for deviation in draft.measured.deviations} == {"y"}
    assert {Kind.RANDOM_SAMPLES, Kind.LOCAL_URI, Kind.ONE_PLACE} == kinds(draft)
    assert draft.gas_price > 0 and draft.gas_cost == (draft.gas or 0) * draft.gas_price
    published = client.release(draft)
    assert published.version.artefact == draft.sha256
    assert published.version.uris == draft.foreseen_uris
    path = Path(str(published.version.uris[0]).removeprefix("file://"))
    beside = path.with_name(path.name + ".manifest.json")
    assert Manifest.parse(beside.read_bytes()) == draft.manifest


def test_draft__gas__near_what_it_takes(client: Client, chain: PlainChain, tmp_path: Path) -> None:
    uris = ["https://models.example/" + "x" * 40, "ipfs://" + "b" * 59 + "/net.onnx"]
    for licence in ("first", "second"):
        card: Details = {**CARD, "licence": licence, "uris": uris}
        draft = client.draft(onnx_models.linear(), "net", **card)
        before = sent(chain)
        client.release(draft)
        used = _used(chain, sent(chain) - before)
        assert draft.gas is not None
        assert used <= draft.gas <= 1.35 * used
    assert client.draft(onnx_models.linear(), "net", **card).gas == 0


def _used(chain: PlainChain, blocks: int) -> int:
    """Gas of the newest blocks, which hold one transaction each."""
    newest = chain.w3.eth.block_number
    return sum(chain.w3.eth.get_block(newest - back)["gasUsed"] for back in range(blocks))


def test_draft__without_an_account__all_but_the_gas(chain: PlainChain) -> None:
    reader = Client(chain.w3, chain.deployment)
    draft = reader.draft(onnx_models.linear(), "net", **CARD)
    assert (draft.gas, draft.gas_cost) == (None, None)
    with pytest.raises(NoAccountError):
        reader.release(draft)


def test_draft__own_tolerance__kept_and_questioned(client: Client) -> None:
    narrow = Tolerance.at_least(1e-9, 0)
    draft = client.draft(onnx_models.convolution(), "net", numerics=narrow, **CARD)
    assert draft.tolerance == narrow != draft.suggested
    assert Kind.NARROW_TOLERANCE in kinds(draft)


def test_draft__label_from_floats__cautioned_twice(client: Client) -> None:
    draft = client.draft(onnx_models.convolution(with_label=True), "net", **CARD)
    assert {Kind.DISCRETE_OUTPUT, Kind.FLIPPING_OUTPUT} <= kinds(draft)
    (found,) = (c.message for c in draft.cautions if c.kind is Kind.DISCRETE_OUTPUT)
    assert "output label is INT64" in found


def test_draft__int8_among_floats__cautioned(client: Client) -> None:
    proto = onnx_models.model(
        [
            node("MatMulInteger", ["x", "w"], ["n"]),
            node("Cast", ["n"], ["f"], to=FLOAT),
            node("Mul", ["f", "scale"], ["y"]),
        ],
        [value("x", onnx.TensorProto.UINT8, (1, 4))],
        [value("y", FLOAT, (1, 2))],
        {"w": np.array([[127, -128]] * 4, np.int8), "scale": np.float32(0.01)},
    )
    draft = client.draft(proto, "net", **CARD)
    (found,) = (c.message for c in draft.cautions if c.kind is Kind.SATURATING_INT8)
    assert "MatMulInteger with the weights 'w'" in found


def test_publish__model_by_its_id_or_whole_name__another_version_of_it(
    client: Client, chain: PlainChain, tmp_path: Path
) -> None:
    first = client.publish(onnx_models.linear(), "net", store=tmp_path, **CARD)
    names: list[str | bytes] = [first.model_id, "0x" + first.model_id.hex()]
    for number, name in enumerate([*names, f"{REQUESTER.address}/net"]):
        card: Details = {**CARD, "licence": str(number)}
        again = client.publish(onnx_models.linear(), name, store=tmp_path, **card)
        assert again.model_id == first.model_id and again.new
        assert Path(str(again.version.uris[0])).name.startswith("net-")
    uris = [client.version(one).version.uris for one in client.versions(first.model_id)]
    assert len(set(uris)) == 4  # no version's files lie where another's do


# --- what is refused, before anything is uploaded or sent ---


REFUSED: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "custom operator": (
        onnx_models.model(
            [node("FusedMatMul", ["x", "x"], ["y"], domain="com.microsoft")],
            [value("x", FLOAT, (2, 2))],
            [value("y", FLOAT, (2, 2))],
            opset={"": 21, "com.microsoft": 1},
        ),
        {},
        CustomOperatorError,
        "com.microsoft.FusedMatMul: expected only ai.onnx.*export the model without",
    ),
    "random operator": (
        onnx_models.model([node("RandomNormal", [], ["y"], shape=[2])], [], [value("y")]),
        {},
        RandomOperatorError,
        "operator RandomNormal draws random numbers.*export it for inference",
    ),
    "exact over floats": (
        onnx_models.linear(),
        {"numerics": "exact"},
        NumericsError,
        "Gemm 'dense' computes in floating point",
    ),
    "samples of another shape": (
        onnx_models.linear(),
        {"samples": [np.zeros((1, 4), np.float32)]},
        SignatureMismatchError,
        r"expected \[\?, 3\]",
    ),
    "samples it fails on": (
        onnx_models.out_of_range(),
        {"samples": [np.int64(5)]},
        SampleFailedError,
        "Gather.*give samples that it takes",
    ),
    "royalty and URIs": (
        onnx_models.linear(),
        {"royalty_bps": 5_001, "uris": ["ftp://h/m", "https://u:pw@h/m"]},
        DetailsError,
        "royalty of 5001.*fetch https, http, ipfs and file.*holds a user or password",
    ),
    "store": (onnx_models.linear(), {"store": "ftp://h"}, UnknownStoreError, "expected a folder"),
    "manifest": (onnx_models.linear(), {"licence": ""}, ManifestError, "licence"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_publish__what_cannot_be__refused_with_what_to_do(
    case: str, client: Client, chain: PlainChain
) -> None:
    source, details, error, text = REFUSED[case]
    before = sent(chain)
    with pytest.raises(error, match=text):
        client.publish(source, "net", **{**CARD, **details})
    assert sent(chain) == before


@pytest.mark.parametrize("name", ["", "Net", "n" * 65, "a b"])
def test_publish__bad_name__refused(client: Client, name: str) -> None:
    with pytest.raises(DetailsError, match="expected 1 to 64"):
        client.publish(onnx_models.linear(), name, **CARD)


def test_publish__model_that_is_not_there__refused(client: Client) -> None:
    for name in (bytes(32), f"{REQUESTER.address}/net"):
        with pytest.raises(UnknownModelError):
            client.publish(onnx_models.linear(), name, **CARD)


def test_publish__somebody_else_s_model__refused_before_the_upload(
    client: Client, chain: PlainChain, tmp_path: Path
) -> None:
    other = account("other publisher")
    chain.fund(other.address, ETHER)
    theirs = Client(chain.w3, chain.deployment, other, Settings(poll_seconds=0.01))
    model_id = theirs.publish(onnx_models.linear(), "net", **CARD).model_id
    with pytest.raises(ContractError, match="NotModelOwner"):
        client.publish(onnx_models.linear(), model_id, store=tmp_path / "m", **CARD)
    assert not (tmp_path / "m").exists()


def test_release__withdrawn_since__refused_before_the_upload(
    client: Client, tmp_path: Path
) -> None:
    draft = client.draft(onnx_models.linear(), "net", store=tmp_path / "m", **CARD)
    published = client.release(draft)
    client.deprecate(published.version_id)
    for path in (tmp_path / "m").iterdir():
        path.unlink()
    with pytest.raises(DeprecatedVersionError):
        client.release(draft)
    assert not list((tmp_path / "m").iterdir())


def test_release__store_that_spoils_the_files__nothing_sent(
    client: Client, chain: PlainChain, web: Site
) -> None:
    web.spoils = lambda content: content[:100]
    before = sent(chain)
    with pytest.raises(CorruptUploadError):
        client.publish(onnx_models.linear(), "net", store=web.url, **CARD)
    assert sent(chain) == before


def test_release__store_of_one_s_own__used(client: Client, tmp_path: Path) -> None:
    class Drawer:
        def __init__(self) -> None:
            self.files: dict[str, bytes] = {}

        def foreseen(self, files: Any) -> str:
            return f"https://models.example/{files.own_name}"

        def put(self, files: Any) -> str:
            uri = self.foreseen(files)
            self.files.update(files.placed(uri))
            return uri

        def read(self, uri: str) -> Iterator[bytes]:
            yield self.files[uri]

    drawer = Drawer()
    published = client.publish(onnx_models.linear(), "net", store=drawer, **CARD)
    assert set(drawer.files) > set(published.version.uris)


def test_draft__weights_elsewhere_in_memory__says_what_to_do(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "net.onnx"
    onnx.save_model(onnx_models.linear(), path, save_as_external_data=True, size_threshold=0)
    for source in (path.read_bytes(), onnx.load(path, load_external_data=False)):
        with pytest.raises(ExternalDataError, match="save the model as one file"):
            client.draft(source, "net", **CARD)


def test_draft__extra_not_installed__says_what_to_install(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match=r'pip install "assay\[publish\]"'):
        client.draft(onnx_models.linear(), "net", **CARD)
