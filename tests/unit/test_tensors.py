"""The encoding beyond the vectors: array layouts, refusals of encode, limits, and fuzzing."""

import pickle
import struct
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import errors
from assay.tensors import EMPTY_PAYLOAD, MAX_ELEMENTS, DataType, Limits, decode, encode

FIXED_WIDTH = [dtype for dtype in DataType if dtype is not DataType.STRING]

VECTOR = bytes.fromhex("01 01 01 03000000 0000c03f 000080be 00004040")


def one(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array after a round trip."""
    (decoded,) = decode(encode([array]))
    return decoded


def float32(*values: float) -> npt.NDArray[np.float32]:
    return np.array(values, np.float32)


def test_import__fresh_interpreter__no_model_runtime() -> None:
    check = "import sys, assay.tensors; print({'onnx', 'onnxruntime'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# --- encode: layouts ---------------------------------------------------------------------------


def test_encode__float_vector__documented_bytes() -> None:
    assert encode([float32(1.5, -0.25, 3)]) == VECTOR


def test_encode__no_arrays__empty_payload() -> None:
    assert encode([]) == EMPTY_PAYLOAD == b"\x00"
    assert decode(EMPTY_PAYLOAD) == []


@pytest.mark.parametrize(
    "dtype", ["f2", "f4", "f8", "i2", "i4", "i8", "u2", "u4", "u8", "c8", "c16"]
)
def test_encode__big_endian_array__same_bytes(dtype: str) -> None:
    little = np.array([1, 2, 3], f"<{dtype}")
    assert encode([little.astype(f">{dtype}")]) == encode([little])


def test_encode__big_endian_nan__payload_bits_kept() -> None:
    bits = np.array([0x7F800001, 0xFFC12345], ">u4")
    assert encode([bits.view(">f4")])[7:] == struct.pack("<2I", 0x7F800001, 0xFFC12345)


@pytest.mark.parametrize("dtype", FIXED_WIDTH, ids=lambda dtype: dtype.name)
def test_encode__strided_and_transposed__row_major(dtype: DataType) -> None:
    octets = np.arange(24, dtype=np.uint8) % 2
    base = octets.astype(dtype.numpy).reshape(4, 6)
    for view in (base.T, base[::2, ::3], base[::-1], np.asfortranarray(base)):
        assert not view.flags.c_contiguous
        assert encode([view]) == encode([np.ascontiguousarray(view)])
        assert same(one(view), view)


@pytest.mark.parametrize("dtype", FIXED_WIDTH, ids=lambda dtype: dtype.name)
def test_encode__scalar_array__rank_zero(dtype: DataType) -> None:
    array = np.ones((), dtype.numpy)
    assert encode([array])[:3] == bytes([1, dtype, 0])
    assert one(array).shape == ()
    assert one(array) == array


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0, 4), (0, MAX_ELEMENTS)])
@pytest.mark.parametrize("dtype", list(DataType), ids=lambda dtype: dtype.name)
def test_encode__no_elements__shape_kept(dtype: DataType, shape: tuple[int, ...]) -> None:
    array = one(np.zeros(shape, dtype.numpy))
    assert (array.shape, array.dtype) == (shape, dtype.numpy)


def test_encode__boolean_view_of_other_bytes__canonical() -> None:
    array = np.array([2, 0, 255], np.uint8).view(np.bool_)
    assert encode([array])[7:] == b"\x01\x00\x01"


def test_encode__packed_view_with_high_bits__masked() -> None:
    array = np.array([0xF7, 0x38], np.uint8).view(ml_dtypes.uint4)
    assert encode([array])[7:] == b"\x87"


def test_encode__strings__every_kind_of_array_alike() -> None:
    words = ["", "né", "😀 done"]
    expected = encode([np.array(words, np.object_)])
    assert encode([np.array(words)]) == expected
    assert encode([np.array(words).astype(">U9")]) == expected
    assert encode([np.array([np.str_(word) for word in words], np.object_)]) == expected
    assert encode([np.array([words, words]).T[:, 0]]) == expected


def test_encode__numpy_string_dtype__as_objects() -> None:
    string_dtype = getattr(np.dtypes, "StringDType", None)
    if string_dtype is None:
        pytest.skip("numpy 1 has no StringDType")
    words = np.array(["", "né", "😀 done"], np.object_)
    assert encode([words.astype(string_dtype())]) == encode([words])


@pytest.mark.parametrize("dtype", FIXED_WIDTH, ids=lambda dtype: dtype.name)
def test_encode__data_bytes__those_of_onnx_raw_data(dtype: DataType) -> None:
    onnx = pytest.importorskip("onnx")
    if dtype.name not in dict(onnx.TensorProto.DataType.items()):
        pytest.skip(f"this onnx does not know {dtype.name}")
    assert onnx.TensorProto.DataType.Value(dtype.name) == dtype
    octets = np.arange(7, dtype=np.uint8) % 4
    array = octets.astype(dtype.numpy)
    proto = onnx.numpy_helper.from_array(array)
    assert proto.data_type == dtype
    assert encode([array])[7:] == proto.raw_data


# --- encode: refusals --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([np.zeros(1, "datetime64[s]")], "dtype datetime64"),
        ([np.zeros(1, "S3")], "dtype |S3"),
        ([np.zeros(1, [("a", "<f4")])], "has no ONNX type"),
        ([np.zeros(1, ml_dtypes.float8_e3m4)], "dtype float8_e3m4"),
        ([np.zeros((1,) * 9, np.float32)], "rank 9"),
        ([np.zeros((0, MAX_ELEMENTS + 1), np.int8)], "at most 134217728 elements"),
        ([np.array(["a", 1], np.object_)], "element 1 is a int"),
        ([np.array([b"a"], np.object_)], "element 0 is a bytes"),
        ([np.array(["a", None], np.object_)], "element 1 is a NoneType"),
        ([np.array(["a", "b\ud800"], np.object_)], "element 1 holds a lone surrogate"),
        ([float32(1), [2.0]], "tensor 1: list is no numpy array"),
        ([np.float32(1)], "tensor 0: float32 is no numpy array"),
        ([float32(1)] * 256, "256 tensors"),
    ],
)
def test_encode__what_no_payload_holds__refused(arrays: Sequence[Any], message: str) -> None:
    with pytest.raises(errors.UnencodableTensorError, match=message.replace("|", r"\|")):
        encode(arrays)


# --- decode ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", list(DataType), ids=lambda dtype: dtype.name)
def test_decode__any_dtype__native_writable_aligned(dtype: DataType) -> None:
    zeros = np.zeros((2, 3), dtype.numpy) if dtype.bits else np.full((2, 3), "", np.object_)
    array = one(zeros)
    assert array.dtype.isnative
    assert array.flags.writeable
    assert array.flags.c_contiguous
    assert array.flags.aligned


def test_decode__changed_array__payload_untouched() -> None:
    payload = bytes(VECTOR)
    decode(payload)[0][:] = 0
    assert payload == VECTOR


@pytest.mark.parametrize(
    "limits", [Limits(payload_bytes=18), Limits(elements=2), Limits(payload_bytes=0, elements=0)]
)
def test_decode__over_own_limit__not_called_malformed(limits: Limits) -> None:
    with pytest.raises(errors.PayloadLimitError, match="this caller takes"):
        decode(VECTOR, limits=limits)


def test_decode__at_own_limit__accepted() -> None:
    assert len(decode(VECTOR, limits=Limits(payload_bytes=19, elements=3))) == 1


def test_decode__elements_limit__counts_all_tensors() -> None:
    payload = encode([float32(1, 2), float32(3, 4)])
    with pytest.raises(errors.PayloadLimitError, match="at least 4 elements"):
        decode(payload, limits=Limits(elements=3))


def test_malformed_error__through_pickle__same_message() -> None:
    with pytest.raises(errors.MalformedPayloadError) as caught:
        decode(VECTOR + b"!")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy)) == (errors.TensorTrailingError, str(caught.value))


# --- fuzzing -----------------------------------------------------------------------------------

no_deadline = settings(deadline=None)
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@st.composite
def tensors(draw: st.DrawFn) -> npt.NDArray[Any]:
    """Any dtype and small shape, every bit pattern of an element possible."""
    dtype = draw(st.sampled_from(DataType))
    shape = draw(SHAPES)
    elements = int(np.prod(shape))
    array = np.empty(elements, dtype.numpy)
    if dtype is DataType.STRING:
        text = st.text(st.characters(exclude_categories=["Cs"]))
        array[:] = draw(st.lists(text, min_size=elements, max_size=elements))
        return array.reshape(shape)
    size = elements * dtype.numpy.itemsize
    octets = np.frombuffer(draw(st.binary(min_size=size, max_size=size)), np.uint8)
    highest = 1 if dtype is DataType.BOOL else 2 ** min(dtype.bits, 8) - 1
    array[:] = (octets & highest).view(dtype.numpy)
    return array.reshape(shape)


def same(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> bool:
    """Equal dtype, shape and bits, NaN included."""
    if (left.dtype, left.shape) != (right.dtype, right.shape):
        return False
    if left.dtype == np.object_:
        return bool(left.tolist() == right.tolist())
    return left.tobytes() == right.tobytes()


@no_deadline
@given(st.lists(tensors(), max_size=5))
def test_round_trip__any_tensors__same_bits(arrays: list[npt.NDArray[Any]]) -> None:
    decoded = decode(encode(arrays))
    assert len(decoded) == len(arrays)
    assert all(map(same, decoded, arrays))


@no_deadline
@given(st.binary(max_size=64))
def test_decode__random_bytes__refused_or_canonical(payload: bytes) -> None:
    check_refused_or_canonical(payload)


@no_deadline
@given(st.lists(tensors(), min_size=1, max_size=3), st.data())
def test_decode__damaged_payload__refused_or_canonical(
    arrays: list[npt.NDArray[Any]], data: st.DataObject
) -> None:
    payload = bytearray(encode(arrays))
    for _ in range(data.draw(st.integers(1, 3), "damages")):
        payload[data.draw(st.integers(0, len(payload) - 1), "place")] = data.draw(
            st.integers(0, 255), "byte"
        )
    check_refused_or_canonical(bytes(payload[: data.draw(st.integers(0, len(payload)), "length")]))


@no_deadline
@given(st.lists(tensors(), min_size=1, max_size=3), st.data())
def test_decode__cut_payload__truncated(
    arrays: list[npt.NDArray[Any]], data: st.DataObject
) -> None:
    payload = encode(arrays)
    cut = payload[: data.draw(st.integers(0, len(payload) - 1))]
    with pytest.raises(errors.TensorTruncatedError):
        decode(cut)


@no_deadline
@given(st.lists(tensors(), max_size=3), st.binary(min_size=1, max_size=8))
def test_decode__lengthened_payload__trailing(arrays: list[npt.NDArray[Any]], rest: bytes) -> None:
    payload = encode(arrays)
    with pytest.raises(errors.TensorTrailingError) as caught:
        decode(payload + rest)
    assert caught.value.args == (len(payload), len(payload) + len(rest))


def check_refused_or_canonical(payload: bytes) -> None:
    try:
        arrays = decode(payload)
    except errors.MalformedPayloadError:
        return
    assert encode(arrays) == payload
