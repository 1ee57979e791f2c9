"""From what is typed to the tensors of a signature."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from assay.arranging import arrange
from assay.cli.errors import InputError
from assay.cli.inputs import sources
from assay.cli.inputs.options import Given
from assay.cli.inputs.pictures import Pixels, tensor
from assay.cli.inputs.tables import of
from assay.tensors import DataType, TensorSpec

ROWS = TensorSpec("x", DataType.FLOAT, (None, 2))
PAIR = (TensorSpec("a", DataType.FLOAT, (None, 1)), TensorSpec("b", DataType.INT64, (None, 1)))
TEXTS = TensorSpec("t", DataType.STRING, (None, 2))
NOTHING: dict[str, Any] = {
    "inputs": (),
    "named": (),
    "many": None,
    "cast": False,
    "image_mode": None,
    "image_size": None,
    "image_layout": None,
    "image_scale": None,
    "image_mean": None,
    "image_std": None,
    "image_invert": False,
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def jobs(*signature: TensorSpec, **given: Any) -> list[list[Any]]:
    """The values of each job's inputs, as the client takes them."""
    found = Given(**{**NOTHING, **given}).jobs(signature)
    return [[array.tolist() for array in arrange(one.inputs, signature)] for one in found]


def one(*inputs: str, signature: tuple[TensorSpec, ...] = (ROWS,), **given: Any) -> list[Any]:
    (found,) = jobs(*signature, inputs=inputs, **given)
    return found


# --- one job ---


@pytest.mark.parametrize("text", ["[[1, 2]]", "[1, 2]", '{"x": [1, 2]}', " [1.0, 2.0]"])
def test_inputs__json__with_the_axis_that_is_missing(text: str) -> None:
    assert one(text) == [[[1.0, 2.0]]]


def test_inputs__files__each_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.array([[1, 2]], np.float32)
    np.save("a.npy", array)
    np.savez("a.npz", x=array)
    np.savez("b.npz", array)
    Path("a.json").write_text("[1, 2]")
    Path("a.csv").write_text("1,2\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("[1, 2]"))
    for name in ("a.npy", "a.npz", "b.npz", "a.json", "a.csv", "-"):
        assert one(name) == [[[1.0, 2.0]]], name
        if name != "-":
            assert jobs(ROWS, named=(f"x={name}",)) == [[[[1.0, 2.0]]]]


def test_inputs__several__in_order_or_by_name() -> None:
    expected = [[[1.5]], [[2]]]
    assert one("1.5", "2", signature=PAIR) == expected
    assert one("[[1.5], 2]", signature=PAIR) == expected
    assert jobs(*PAIR, named=("b=2", "a=1.5")) == [expected]
    Path("a.csv").write_text("b,a\n2,1.5\n")
    assert one("a.csv", signature=PAIR) == expected
    Path("a.csv").write_text("b,a\n2,1.5\n4,3\n")
    assert one("a.csv", signature=PAIR) == [[[1.5], [3.0]], [[2], [4]]]


def test_inputs__array_of_another_type__only_with_cast() -> None:
    np.save("a.npy", np.array([[1, 2]], np.float64))
    assert one("a.npy", cast=True) == [[[1.0, 2.0]]]
    with pytest.raises(Exception, match="dtype DOUBLE, expected FLOAT"):
        one("a.npy")
    np.save("b.npy", np.array([[1.5]]))
    with pytest.raises(Exception, match="not all are integers"):
        one("b.npy", signature=(PAIR[1],), cast=True)


def test_inputs__texts__numbers_as_they_were_written() -> None:
    Path("a.csv").write_text("one,2\n")
    assert one("a.csv", signature=(TEXTS,)) == [[["one", "2"]]]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (("nothing.npy",), "there is no such file"),
        (("null",), "there is no such file"),
        (("x" * 5_000,), "there is no such file"),
        (("[" * 100_000,), "there is no such file"),
        (("a.txt",), "expected one of"),
        (("a.npy",), "cannot be read as npy"),
        (("a.npz",), "cannot be read as npz"),
        (("a.json",), "not JSON"),
        (("a.csv",), "row 2 has 1 cells"),
        (("pickled.npy",), "cannot be read as npy"),
        (("1", "2"), "2 inputs, and the model takes 1: x"),
        ((), "0 inputs, and the model takes 1: x"),
    ],
)
def test_inputs__what_cannot_be_read__refused(texts: tuple[str, ...], says: str) -> None:
    for suffix in ("txt", "npy", "npz", "json"):
        Path(f"a.{suffix}").write_text("nonsense")
    Path("a.csv").write_text("1,2\n3\n")
    np.save("pickled.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(InputError, match=says):
        one(*texts)


def test_inputs__brackets_in_texts__not_counted_as_depth() -> None:
    texts = TensorSpec("t", DataType.STRING, (1,))
    assert one(json.dumps(["[" * 1_000 + '\\"']), signature=(texts,)) == [["[" * 1_000 + '\\"']]
    Path("deep.json").write_text('["' + "]" * 100_000 + '", ' + "[" * 100_000)
    with pytest.raises(InputError, match="nested deeper than 64"):
        one("deep.json")


def test_inputs__file_too_large__refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 3)
    Path("a.json").write_text("[1, 2]")
    with pytest.raises(InputError, match="6 bytes; expected at most 3"):
        one("a.json")


@pytest.mark.parametrize(
    "given",
    [
        {"inputs": ("1",), "many": "[1]"},
        {"named": ("x",)},
        {"named": ("x=1", "x=2")},
        {"inputs": ("1",), "image_size": "12"},
        {"inputs": ("1",), "image_mean": "a"},
    ],
)
def test_options__that_exclude_each_other_or_are_wrong__usage(given: dict[str, Any]) -> None:
    with pytest.raises(click.UsageError):
        jobs(ROWS, **given)


# --- many ---


def test_many__rows_of_every_kind__one_job_each() -> None:
    expected = [[[[1.0, 2.0]]], [[[3.0, 4.0]]]]
    array = np.array([[1, 2], [3, 4]], np.float32)
    np.save("a.npy", array)
    np.savez("a.npz", x=array)
    Path("a.json").write_text('[[1, 2], {"x": [3, 4]}]')
    Path("a.csv").write_text("first,second\n1,2\n3,4\n")
    folder = Path("folder")
    folder.mkdir()
    for name, row in (("b", [3, 4]), ("a", [1, 2])):
        (folder / f"{name}.json").write_text(json.dumps(row))
    (folder / ".hidden").write_text("")
    for name in ("a.npy", "a.npz", "a.json", "a.csv", "folder", "[[1, 2], [3, 4]]"):
        assert jobs(ROWS, many=name) == expected, name
    labels = [one.label for one in Given(**{**NOTHING, "many": "folder"}).jobs([ROWS])]
    assert labels == ["a.json", "b.json"]


def test_many__rows_of_one_axis__as_they_are() -> None:
    Path("a.csv").write_text("1,2\n3,4\n")
    flat = TensorSpec("x", DataType.FLOAT, (2,))
    assert jobs(flat, many="a.csv") == [[[1.0, 2.0]], [[3.0, 4.0]]]


def test_many__columns_called_like_inputs__by_name() -> None:
    Path("a.csv").write_text("a,b\n1.5,2\n3,4\n")
    assert jobs(*PAIR, many="a.csv") == [[[[1.5]], [[2]]], [[[3.0]], [[4]]]]
    np.savez("a.npz", a=np.array([1.5, 3], np.float32), b=np.array([2, 4]))
    assert jobs(*PAIR, many="a.npz") == [[[[1.5]], [[2]]], [[[3.0]], [[4]]]]


@pytest.mark.parametrize("text", ["1", "[]", '{"a": [1], "b": [1, 2]}', '{"a": 1, "b": 2}'])
def test_many__without_rows__refused(text: str) -> None:
    with pytest.raises(InputError):
        jobs(*PAIR, many=text)


def test_many__more_than_are_posted_at_once__refused() -> None:
    with pytest.raises(InputError, match="1001 jobs; expected 1 to 1000"):
        jobs(ROWS, many=json.dumps([[1, 2]] * 1_001))


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([["a", "b"], ["1", "2"]], ("a", "b")),
        ([["1", "2"], ["3", "4"]], ()),
        ([["a", "b"], ["c", "d"]], ()),
        ([["a", "1"], ["2", "3"]], ()),
    ],
)
def test_table__first_line__names_only_above_numbers(
    lines: list[list[str]], names: tuple[str, ...]
) -> None:
    assert of(lines).names == names


# --- pictures ---


def picture(colours: Any, mode: str = "RGB") -> Path:
    image = pytest.importorskip("PIL.Image")
    path = Path("picture.png")
    image.fromarray(np.array(colours, np.uint8)).convert(mode).save(path)
    return path


RED_BLUE = [[[255, 0, 0], [0, 0, 255]]]
"""One pixel high, two wide."""


def test_picture__channels_first_or_last__as_the_shape_says() -> None:
    path = picture(RED_BLUE)
    first = tensor(path, TensorSpec("x", DataType.FLOAT, (1, 3, 1, 2)), Pixels())
    assert first.dtype == np.float32
    assert first.tolist() == [[[1, 0]], [[0, 0]], [[0, 1]]]
    path = picture(RED_BLUE * 2)
    last = tensor(path, TensorSpec("x", DataType.UINT8, (None, 2, 2, 3)), Pixels())
    assert last.tolist() == RED_BLUE * 2
    assert last.dtype == np.uint8


def test_picture__scaled_shifted_inverted__in_that_order() -> None:
    spec = TensorSpec("x", DataType.FLOAT, (1, 1, 1, 2))
    path = picture([[0, 255]], "L")
    assert tensor(path, spec, Pixels(scale=16)).tolist() == [[[0, 16]]]
    assert tensor(path, spec, Pixels(scale=16, invert=True)).tolist() == [[[16, 0]]]
    assert tensor(path, spec, Pixels(mean=(0.5,), std=(0.25,))).tolist() == [[[-2, 2]]]
    by_channel = Pixels(mean=(1, 0, 0), std=(1, 2, 1))
    colours = tensor(picture(RED_BLUE), TensorSpec("x", DataType.FLOAT, (1, 3, 1, 2)), by_channel)
    assert colours.tolist() == [[[0, -1]], [[0, 0]], [[0, 1]]]


def test_picture__flat_input__square_and_stretched() -> None:
    path = picture(np.full((4, 8), 255), "L")
    flat = tensor(path, TensorSpec("x", DataType.FLOAT, (None, 9)), Pixels(scale=2))
    assert flat.tolist() == [2.0] * 9
    assert one(str(path), signature=(TensorSpec("x", DataType.FLOAT, (None, 9)),)) == [[[1.0] * 9]]
    wide = Pixels(size=(5, 2))
    assert tensor(path, TensorSpec("x", DataType.FLOAT, (10,)), wide).shape == (10,)


@pytest.mark.parametrize(
    ("shape", "dtype", "pixels", "says"),
    [
        ((1, 5, 5, 5), DataType.FLOAT, Pixels(), "--image-layout"),
        ((None, 10), DataType.FLOAT, Pixels(), "--image-size"),
        ((1, 3, 1, 2), DataType.BOOL, Pixels(), "takes BOOL"),
        ((1, 3, 1, 2), DataType.INT8, Pixels(), "--image-scale"),
        ((1, 3, 1, 2), DataType.FLOAT, Pixels(mean=(1, 2)), "expected one, or one for each"),
        ((1, 3, 1, 2), DataType.FLOAT, Pixels(std=(0,)), "zero"),
        ((None, 1, 2), DataType.FLOAT, Pixels(mode="RGB"), "--image-mode"),
        ((None, None, None, None), DataType.FLOAT, Pixels(layout="NCHW"), "--image-mode"),
    ],
)
def test_picture__that_cannot_be_the_input__refused_with_what_would_do(
    shape: tuple[int | None, ...], dtype: DataType, pixels: Pixels, says: str
) -> None:
    if pixels.mode == "RGB":
        pixels = Pixels(mode="RGB", layout="NHW")
    with pytest.raises(InputError, match=says):
        tensor(picture(RED_BLUE), TensorSpec("x", dtype, shape), pixels)


def test_picture__no_picture__refused() -> None:
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    with pytest.raises(InputError, match="cannot be read as a picture"):
        tensor(Path("a.png"), TensorSpec("x", DataType.FLOAT, (1, 3, 1, 2)), Pixels())


def test_picture__without_pillow__says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(Exception, match=r"assay\[images\]"):
        tensor(Path("a.png"), TensorSpec("x", DataType.FLOAT, (1, 3, 1, 2)), Pixels())
