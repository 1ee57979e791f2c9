"""The manifest: parsing, canonical bytes and digest."""

import hashlib
import json
import sys
from typing import Any

import pytest

from assay.manifest import MAX_MANIFEST_BYTES, Manifest, ManifestError, manifest_uri
from assay.tensors import DataType, TensorSpec

FIELDS: dict[str, Any] = {
    "format": "assay.manifest/1",
    "description": "Handwritten digits of café bills",
    "licence": "CC-BY-4.0",
    "inputs": [{"name": "pixels", "dtype": "FLOAT", "shape": [None, 64]}],
    "outputs": [{"name": "probabilities", "dtype": "FLOAT", "shape": [None, 10]}],
    "opset": {"ai.onnx": 21},
    "runtime": "onnxruntime 1.31.1",
    "lineage": ["dataset: digits"],
}


def raw(**changes: Any) -> bytes:
    return json.dumps({**FIELDS, **changes}, indent=2).encode()


def test_parse__complete_file__every_field_read() -> None:
    manifest = Manifest.parse(raw())
    assert manifest.inputs == (TensorSpec("pixels", DataType.FLOAT, (None, 64)),)
    assert manifest.outputs == (TensorSpec("probabilities", DataType.FLOAT, (None, 10)),)
    assert manifest.opset == {"ai.onnx": 21}
    assert manifest.lineage == ("dataset: digits",)


@pytest.mark.parametrize("name", ["self", "cls", "fields"])
def test_parse__field_named_like_a_parameter__unknown(name: str) -> None:
    with pytest.raises(ManifestError, match=f"{name}: unknown field"):
        Manifest.parse(raw(**{name: 1}))


@pytest.mark.parametrize("side", ["inputs", "outputs"])
def test_parse__two_tensors_of_one_name__refused(side: str) -> None:
    with pytest.raises(ManifestError, match="two tensors have one name"):
        Manifest.parse(raw(**{side: 2 * FIELDS[side]}))


def test_canonical__known_manifest__these_exact_bytes() -> None:
    assert (
        Manifest.parse(raw()).canonical()
        == (
            '{"description":"Handwritten digits of café bills","format":"assay.manifest/1",'
            '"inputs":[{"dtype":"FLOAT","name":"pixels","shape":[null,64]}],"licence":"CC-BY-4.0",'
            '"lineage":["dataset: digits"],"opset":{"ai.onnx":21},'
            '"outputs":[{"dtype":"FLOAT","name":"probabilities","shape":[null,10]}],'
            '"runtime":"onnxruntime 1.31.1"}'
        ).encode()
    )


def test_digest__other_layout_and_order__the_same() -> None:
    compact = json.dumps(dict(reversed(FIELDS.items())), separators=(",", ":")).encode()
    manifest = Manifest.parse(raw())
    assert Manifest.parse(compact).digest == manifest.digest
    assert manifest.digest == hashlib.sha256(manifest.canonical()).digest()
    assert Manifest.parse(manifest.canonical()) == manifest


def test_digest__any_field_changed__another() -> None:
    changes: dict[str, Any] = {
        "description": "",
        "licence": "MIT",
        "inputs": [],
        "outputs": [],
        "opset": {"ai.onnx": 20},
        "runtime": "other",
        "lineage": [],
    }
    digests = {Manifest.parse(raw(**{name: value})).digest for name, value in changes.items()}
    assert len(digests | {Manifest.parse(raw()).digest}) == len(changes) + 1


def test_manifest__built_from_specs__same_as_parsed() -> None:
    built = Manifest(
        description=FIELDS["description"],
        licence="CC-BY-4.0",
        inputs=[TensorSpec("pixels", DataType.FLOAT, (None, 64))],
        outputs=[TensorSpec("probabilities", DataType.FLOAT, (None, 10))],
        opset={"ai.onnx": 21},
        runtime="onnxruntime 1.31.1",
        lineage=["dataset: digits"],
    )
    assert built == Manifest.parse(raw())


TENSOR = FIELDS["inputs"][0]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"format": "assay.manifest/2"}, "format: .*assay.manifest/1"),
        ({"author": "someone"}, "author: unknown field; remove it"),
        ({"inputs": [{**TENSOR, "layout": "NCHW"}]}, "layout: unknown field"),
        ({"inputs": [{"name": "x", "dtype": "FLOAT"}]}, "shape: missing"),
        ({"inputs": [{**TENSOR, "dtype": "float32"}]}, "dtype: unknown dtype: expected the name"),
        ({"inputs": [{**TENSOR, "dtype": 1}]}, "dtype: unknown dtype"),
        ({"inputs": [{**TENSOR, "shape": ["batch"]}]}, "shape.0"),
        ({"inputs": [{**TENSOR, "shape": [-1]}]}, "shape.0"),
        ({"inputs": [{**TENSOR, "shape": [1 << 32]}]}, "shape.0"),
        ({"inputs": [{**TENSOR, "shape": [True]}]}, "shape.0"),
        ({"inputs": [{**TENSOR, "shape": [1] * 9}]}, "shape: .*at most 8"),
        ({"inputs": [{**TENSOR, "name": ""}]}, "name: .*at least 1"),
        ({"inputs": [TENSOR] * 256}, "inputs: .*at most 255"),
        ({"inputs": "pixels"}, "inputs"),
        ({"description": "x" * 8_193}, "description: .*at most 8192"),
        ({"description": 3}, "description"),
        ({"licence": ""}, "licence: .*at least 1"),
        ({"opset": {}}, "opset: .*at least 1"),
        ({"opset": {"AI.ONNX": 1}}, "opset"),
        ({"opset": {"ai.onnx": "21"}}, "opset.ai.onnx"),
        ({"opset": {"ai.onnx": 0}}, "opset.ai.onnx"),
        ({"lineage": ["x"] * 33}, "lineage: .*at most 32"),
        ({"runtime": "\ud800"}, "runtime: .*unicode"),
    ],
)
def test_parse__field_out_of_form__refused_by_name(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ManifestError, match=fault):
        Manifest.parse(raw(**changes))


def test_parse__several_faults__all_of_them_reported() -> None:
    fields = {name: value for name, value in FIELDS.items() if name != "licence"}
    with pytest.raises(ManifestError) as caught:
        Manifest.parse(json.dumps({**fields, "runtime": 3, "author": "x"}).encode())
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "licence",
        "runtime",
        "author",
    ]


def test_parse__thousands_of_unknown_fields__message_stays_short() -> None:
    with pytest.raises(ManifestError, match="more") as caught:
        Manifest.parse(raw(**{f"{index}" + "x" * 200: 1 for index in range(1_000)}))
    assert len(str(caught.value)) < 4_000


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not UTF-8 JSON"),
        (b"\xff{}", "not UTF-8 JSON"),
        (b"[]", "expected an object"),
        (b'{"format": 1, "format": 2}', "same key twice"),
        (b"[" * 4_000, "not UTF-8 JSON"),
        (b" " * (MAX_MANIFEST_BYTES + 1), "expected at most"),
    ],
)
def test_parse__not_a_json_object__refused(content: bytes, fault: str) -> None:
    with pytest.raises(ManifestError, match=fault):
        Manifest.parse(content)


@pytest.mark.parametrize(
    ("artefact", "manifest"),
    [
        ("ipfs://bafy/model.onnx", "ipfs://bafy/model.onnx.manifest.json"),
        ("https://a.example/m.onnx?v=2", "https://a.example/m.onnx.manifest.json?v=2"),
        ("file:///models/m.onnx", "file:///models/m.onnx.manifest.json"),
    ],
)
def test_manifest_uri__artefact_uri__suffix_on_its_path(artefact: str, manifest: str) -> None:
    assert manifest_uri(artefact) == manifest


def test_parse__nested_where_python_s_limit_was_raised__refused() -> None:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(ManifestError, match="100000 brackets"):
            Manifest.parse(b"[" * 100_000)
    finally:
        sys.setrecursionlimit(usual)
