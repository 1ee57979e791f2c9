"""Inputs by reference, against tests/vectors, which the Solidity library is held to as well."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay import RemoteInput, remote_inputs
from assay.errors import AssayError, MalformedPayloadError, TensorUnknownDtypeError
from assay.remote_inputs import (
    MARK,
    MAX_INPUT_BYTES,
    MalformedReferenceError,
    RemoteInputUnknownVersionError,
    UnencodableReferenceError,
    check_input,
    find,
    is_reference,
)
from assay.tensors import EMPTY_PAYLOAD, MAX_TENSORS, decode, encode
from tests.support.pages import blocks, page

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, list[Any]] = json.loads((ROOT / "tests/vectors/remote_inputs.json").read_text())
URIS = ("https://a.example/x", "ipfs://bafy/x")
SOME = RemoteInput(sha256=bytes(32), size=9, uris=URIS)

Case = dict[str, Any]


def input_of(case: Case) -> bytes:
    return bytes.fromhex(case["input"].removeprefix("0x"))


def each(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", VECTORS[section], ids=lambda case: case["name"])


def test_vectors__generated_again__same_file() -> None:
    command = [sys.executable, str(ROOT / "scripts/vectors/remote_inputs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@each("valid")
def test_decode__valid_vector__what_it_names_and_the_same_bytes_again(case: Case) -> None:
    found = RemoteInput.decode(input_of(case))
    assert found.sha256.hex() == case["digest"].removeprefix("0x")
    assert (found.size, list(found.uris)) == (case["size"], case["uris"])
    assert found.encode() == input_of(case)
    check_input(input_of(case))


@each("malformed")
def test_decode__malformed_vector__error_and_numbers(case: Case) -> None:
    given = input_of(case)
    with pytest.raises(AssayError) as caught:
        RemoteInput.decode(given)
    kind = getattr(remote_inputs, f"RemoteInput{case['failure']}Error")
    assert type(caught.value) is kind
    assert [str(number) for number in caught.value.args] == case["args"]
    assert str(caught.value)


@each("malformed")
def test_find__malformed_vector__none_unless_others_may_know_it(case: Case) -> None:
    if case["failure"] == "UnknownVersion":
        with pytest.raises(RemoteInputUnknownVersionError):
            find(input_of(case))
    else:
        assert find(input_of(case)) is None


def test_mark__any_payload__never_begins_with_it() -> None:
    """A payload of so many tensors has a type in its second byte, and there is none of number 0."""
    most = encode([np.zeros(1, np.uint8)] * MAX_TENSORS)
    assert most[0] == MARK[0]
    assert not is_reference(most)
    with pytest.raises(TensorUnknownDtypeError):
        decode(MARK + bytes(100))


def test_of__arrays_and_their_payload__digest_and_size_of_it() -> None:
    arrays = [np.zeros((2, 3), np.float32)]
    payload = encode(arrays)
    expected = RemoteInput(sha256=sha256(payload).digest(), size=len(payload), uris=URIS)
    assert RemoteInput.of(arrays, URIS) == RemoteInput.of(payload, list(URIS)) == expected


def test_of__reference__refused_as_no_payload() -> None:
    with pytest.raises(MalformedPayloadError):
        RemoteInput.of(SOME.encode(), URIS)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": b"short"}, "a sha256 of 5 bytes"),
        ({"size": 0}, "0 bytes"),
        ({"size": MAX_INPUT_BYTES + 1}, "1073741825 bytes"),
        ({"uris": ()}, "0 URIs"),
        ({"uris": ("x",) * 9}, "9 URIs"),
        ({"uris": ("",)}, "a URI of 0 bytes"),
        ({"uris": ("ü" * 257,)}, "a URI of 514 bytes"),
        ({"uris": ("\ud800",)}, "surrogate"),
    ],
)
def test_remote_input__out_of_bounds__refused(changes: dict[str, Any], told: str) -> None:
    usual: dict[str, Any] = {"sha256": bytes(32), "size": 9, "uris": URIS}
    with pytest.raises(UnencodableReferenceError, match=told):
        RemoteInput(**{**usual, **changes})


def test_remote_input__several_faults__all_told() -> None:
    with pytest.raises(UnencodableReferenceError, match=r"0 bytes.*; 0 URIs"):
        RemoteInput(sha256=bytes(32), size=0, uris=())


def test_check_input__neither__refused_by_what_it_begins_like() -> None:
    check_input(EMPTY_PAYLOAD)
    with pytest.raises(MalformedPayloadError):
        check_input(b"\xff\x01")
    with pytest.raises(MalformedReferenceError):
        check_input(SOME.encode() + b"\x00")


def test_decode__every_byte_of_a_reference_changed__never_the_same_reference() -> None:
    """One reference has one encoding: `inputHash` commits to all of it."""
    whole = SOME.encode()
    for place in range(len(whole)):
        for change in (0x01, 0x80, 0xFF):
            other = bytearray(whole)
            other[place] ^= change
            with contextlib.suppress(MalformedReferenceError, RemoteInputUnknownVersionError):
                assert RemoteInput.decode(bytes(other)) != SOME


# --- the specification ---

DOCUMENT = page("encoding.md").split("\n## Inputs by reference\n")[1].split("\n## ")[0]


def test_document__example__bytes_of_its_vector() -> None:
    (given,) = (input_of(case) for case in VECTORS["valid"] if case["name"] == "one place")
    example = blocks(DOCUMENT, "text")[-1]
    columns = [re.split(r"  +", line)[0] for line in example.splitlines()]
    assert bytes.fromhex("".join(columns)) == given


def test_document__refusals__every_error_listed() -> None:
    named = set(re.findall(r"^\| (\w+) \|", DOCUMENT, re.MULTILINE))
    assert {case["failure"] for case in VECTORS["malformed"]} <= named
