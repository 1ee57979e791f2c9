"""The encoding against tests/vectors, the same cases that the Solidity library is held to."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy.typing as npt
import pytest

from assay import errors
from assay.tensors import MAX_ELEMENTS, MAX_RANK, MAX_TENSORS, DataType, decode, encode

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, list[Any]] = json.loads((ROOT / "tests/vectors/tensors.json").read_text())
DOCUMENT = (ROOT / "docs/encoding.md").read_text()

Case = dict[str, Any]


def payload_of(case: Case) -> bytes:
    return bytes.fromhex(case["payload"].removeprefix("0x"))


def each(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", VECTORS[section], ids=lambda case: case["name"])


def texts(array: npt.NDArray[Any], dtype: DataType) -> list[str]:
    """The elements as the vector file writes them."""
    flat = array.ravel()
    if dtype is DataType.STRING:
        return list(flat)
    if array.dtype.kind == "c":
        return [f"{float(x.real).hex()} {float(x.imag).hex()}" for x in flat]
    if dtype is DataType.BOOL or "INT" in dtype.name:
        return [str(int(x)) for x in flat]
    return [float(x).hex() for x in flat]


@pytest.mark.parametrize("script", ["tensors.py", "tensor_mutations.py", "fixed_point.py"])
def test_vectors__generated_again__same_file(script: str) -> None:
    command = [sys.executable, str(ROOT / "scripts/vectors" / script), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@each("valid")
def test_decode__valid_vector__expected_tensors(case: Case) -> None:
    arrays = decode(payload_of(case))
    assert len(arrays) == len(case["tensors"])
    for array, expected in zip(arrays, case["tensors"], strict=True):
        dtype = DataType[expected["dtype"]]
        assert array.dtype == dtype.numpy
        assert list(array.shape) == expected["shape"]
        assert texts(array, dtype) == expected["values"]


@each("valid")
def test_encode__decoded_vector__same_bytes(case: Case) -> None:
    assert encode(decode(payload_of(case))) == payload_of(case)


@each("malformed")
def test_decode__malformed_vector__named_error(case: Case) -> None:
    with pytest.raises(errors.MalformedPayloadError) as caught:
        decode(payload_of(case))
    assert type(caught.value).__name__ == f"Tensor{case['failure']}Error"
    assert [str(arg) for arg in caught.value.args] == case["args"]
    for arg in case["args"]:  # the message tells both numbers
        assert arg in str(caught.value) or hex(int(arg)) in str(caught.value)


def test_vectors__malformed__cover_every_error() -> None:
    named_errors = {f"Tensor{case['failure']}Error" for case in VECTORS["malformed"]}
    assert named_errors == {e.__name__ for e in errors.MalformedPayloadError.__subclasses__()}


def test_vectors__valid__cover_every_dtype() -> None:
    covered = {tensor["dtype"] for case in VECTORS["valid"] for tensor in case["tensors"]}
    assert covered == set(DataType.__members__)


def test_data_types__vectors__same_codes_and_widths() -> None:
    listed = [(one["name"], one["code"], one["bits"]) for one in VECTORS["dtypes"]]
    assert [(one.name, one.value, one.bits) for one in DataType] == listed


def test_bounds__documented_numbers__unchanged() -> None:
    assert (MAX_TENSORS, MAX_RANK, MAX_ELEMENTS) == (255, 8, 134_217_728)


# --- the specification -------------------------------------------------------------------------


def test_document__dumps__bytes_of_the_vectors() -> None:
    payloads = {case["name"]: payload_of(case) for case in VECTORS["valid"]}
    pattern = r"^\*\*([^*\n]+)\*\*[^\n]*\n```text\n(.+?)```"
    dumps = re.findall(pattern, DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(dumps) == 9
    for name, dump in dumps:
        columns = [re.split(r"  +", line)[0] for line in dump.splitlines()]
        assert bytes.fromhex("".join(columns)) == payloads[name], name


def test_document__table_of_types__numbers_and_widths() -> None:
    rows = re.findall(r"^\| ([A-Z0-9]+) \| (\d+) \| (\d+) \| (\w+)", DOCUMENT, re.MULTILINE)
    assert rows == [(one.name, str(one.value), str(one.bits), one.numpy.name) for one in DataType]


def test_document__refusals__every_error_listed() -> None:
    for case in VECTORS["malformed"]:
        assert f"| {case['failure']} |" in DOCUMENT


def test_document__fixed_point_table__as_the_vectors_round() -> None:
    cases = json.loads((ROOT / "tests/vectors/fixed_point.json").read_text())["to_fixed"]
    known = {case["bits"]: case["value"] for case in cases if case["dtype"] == "FLOAT"}
    rows = re.findall(r"^\| .+ \| ([0-9a-f]{8}) \| (-?\d+) \|$", DOCUMENT, re.MULTILINE)
    assert len(rows) == 4
    for bits, value in rows:
        assert known[f"0x{bits}"] == value
