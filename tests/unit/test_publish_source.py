"""Models as they are given, and the one file that is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from assay.inspection import graph
from assay.inspection.errors import ExternalDataError, ModelTooLargeError, NotOnnxError
from assay.publish import source
from assay.publish.errors import SourceError, StrangeWeightsError
from assay.publish.source import read
from tests.unit import onnx_models


def apart(folder: Path) -> Path:
    """A model whose weights lie in a file of their own."""
    path = folder / "model.onnx"
    onnx.save_model(
        onnx_models.linear(), path, save_as_external_data=True, location="weights", size_threshold=0
    )
    return path


def moved(path: Path, place: str) -> Path:
    """The model, which says now that its weights lie there."""
    proto = onnx.load(path, load_external_data=False)
    for tensor in proto.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = place
    path.write_bytes(proto.SerializeToString())
    return path


def test_read__path__bytes_as_they_are(tmp_path: Path) -> None:
    content = b"\x32\x00" + onnx_models.linear().SerializeToString()  # an empty doc_string more
    (tmp_path / "m.onnx").write_bytes(content)
    assert read(tmp_path / "m.onnx").content == content
    assert read(str(tmp_path / "m.onnx")).content == content
    assert read(content).content == content


def test_read__no_file__says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"No such file.*expected the path of an ONNX file"):
        read(tmp_path / "m.onnx")


@pytest.mark.parametrize("content", [b"", b"%PDF"])
def test_read__not_onnx__refused(content: bytes) -> None:
    with pytest.raises(NotOnnxError):
        read(content)


def test_read__model_in_memory__the_same_bytes_each_time() -> None:
    one, other = onnx_models.linear(), onnx_models.linear()
    for proto, names in ((one, "ab"), (other, "ba")):
        for name in names:
            entry = proto.metadata_props.add()
            entry.key, entry.value = name, name
    del other.metadata_props[:]
    other.metadata_props.extend(one.metadata_props)
    assert read(one).content == read(other).content
    assert graph.parse(read(one).content, 1 << 20) == one


def test_read__weights_in_another_file__folded_in(tmp_path: Path) -> None:
    found = read(apart(tmp_path), ["weights"])
    (tmp_path / "weights").unlink()
    parsed = graph.parse(found.content, 1 << 20)
    assert graph.inspect(parsed).inputs[0].name == "x"
    weights = onnx.numpy_helper.to_array(parsed.graph.initializer[0])
    assert weights.tolist() == np.arange(6).reshape(3, 2).tolist()
    assert found.model == parsed


def test_read__weights_gone__refused(tmp_path: Path) -> None:
    path = apart(tmp_path)
    (tmp_path / "weights").unlink()
    with pytest.raises(ExternalDataError, match="put them beside the ONNX file"):
        read(path, ["weights"])


def test_read__weights_in_a_file_called_after_the_model__folded_in(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for place in ("model.onnx.data", "1f-2e.data", "model.onnx_data", "model.bin", "model.weights"):
        onnx.save_model(
            onnx_models.linear(),
            path,
            save_as_external_data=True,
            location=place,
            size_threshold=0,
        )
        assert graph.inspect(read(path).model).inputs[0].name == "x"


@pytest.mark.parametrize(
    "place", [".env", "assay-key.json", "model.json", "sub/model.bin", "sub/x.data", ".data"]
)
def test_read__file_that_is_called_otherwise__refused_unless_named(
    tmp_path: Path, place: str
) -> None:
    path = moved(apart(tmp_path), place)
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / "weights").rename(tmp_path / place)
    with pytest.raises(StrangeWeightsError, match=place) as caught:
        read(path)
    assert caught.value.names == (place,)
    assert read(path, [f"./{place}"]).model.graph.initializer[0].raw_data


@pytest.mark.parametrize("places", [["model.bin", ".env"], ["", ".env"], [".env", "model.bin"]])
def test_read__data_said_to_lie_in_two_places__refused(tmp_path: Path, places: list[str]) -> None:
    """What is looked at has to be what is read."""
    path = apart(tmp_path)
    (tmp_path / "weights").rename(tmp_path / ".env")
    (tmp_path / "model.bin").write_bytes((tmp_path / ".env").read_bytes())
    proto = onnx.load(path, load_external_data=False)
    for tensor in proto.graph.initializer:
        for entry in list(tensor.external_data):
            if entry.key == "location":
                tensor.external_data.remove(entry)
        for place in places:
            tensor.external_data.add(key="location", value=place)
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(ExternalDataError, match="does not say once where"):
        read(path, [".env", "model.bin"])


def test_read__link_called_after_the_model__refused(tmp_path: Path) -> None:
    path = moved(apart(tmp_path), "model.bin")
    (tmp_path / "model.bin").symlink_to(tmp_path / "weights")
    with pytest.raises(ExternalDataError, match=r"model\.bin: .* is a link"):
        read(path)


def test_read__weights_outside_of_the_folder__refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    path = moved(apart(tmp_path / "inner"), "../weights")
    (tmp_path / "inner" / "weights").rename(tmp_path / "weights")
    with pytest.raises(ExternalDataError):
        read(path, ["../weights"])


def test_read__bytes_with_weights_elsewhere__refused_by_inspection(tmp_path: Path) -> None:
    with pytest.raises(ExternalDataError, match="save the model as one file"):
        graph.inspect(read(apart(tmp_path).read_bytes()).model)


def test_read__larger_than_a_file_can_be__refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = apart(tmp_path)
    whole = onnx_models.linear()
    monkeypatch.setattr(source, "LARGEST_MODEL", 20)
    (tmp_path / "whole.onnx").write_bytes(whole.SerializeToString())
    path = moved(path, "model.bin")
    (tmp_path / "weights").rename(tmp_path / "model.bin")
    for given in (path, tmp_path / "whole.onnx", whole, whole.SerializeToString()):
        with pytest.raises(ModelTooLargeError, match="holds at most 20"):
            read(given)
