"""The comparison of TOLERANCE versions against its vectors and against plain fractions."""

import json
import random
import struct
import subprocess
import sys
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.errors import MalformedPayloadError
from assay.tensors import EMPTY_PAYLOAD, encode
from assay.tolerance import (
    NEAR,
    RIGHT,
    RTOL_ONE,
    SUPPORT,
    Tolerance,
    ToleranceError,
    elements_close,
    payloads_close,
)

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (ROOT / "tests" / "vectors" / "tolerance.json").read_text()
)
BOUNDARIES = list(
    struct.iter_unpack(">4IB", (ROOT / "tests" / "vectors" / "tolerance.bin").read_bytes())
)
"""a, b, atol, rtol, and the answers: bit 0 within one tolerance, bit 1 within three."""


def bits(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def value(pattern: int) -> Fraction:
    return Fraction(struct.unpack("<f", struct.pack("<I", pattern))[0])


def close(a: int, b: int, tolerance: Tolerance, factor: int) -> bool:
    left, right = (np.array([pattern], np.uint32) for pattern in (a, b))
    return bool(elements_close(left, right, tolerance, factor)[0])


def close_in_fractions(a: int, b: int, tolerance: Tolerance, factor: int) -> bool:
    """The definition, for finite patterns."""
    x, y = value(a), value(b)
    largest = max(abs(x), abs(y))
    return abs(x - y) <= factor * (
        value(tolerance.atol) + Fraction(tolerance.rtol, RTOL_ONE) * largest
    )


@pytest.mark.parametrize("script", ["tolerance.py", "tolerance_boundaries.py"])
def test_vectors__file__as_the_script_writes_it(script: str) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "vectors" / script), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_elements_close__every_vector__answers_as_the_file_says() -> None:
    wrong = []
    for case in VECTORS["elements"]:
        a, b, atol = (int(case[name], 16) for name in ("a", "b", "atol"))
        tolerance = Tolerance(atol, case["rtol"])
        got = [close(x, y, tolerance, k) for x, y in ((a, b), (b, a)) for k in (SUPPORT, RIGHT)]
        if got != [case["within1"], case["within3"]] * 2:
            wrong.append(case)
    assert wrong == []
    assert len(VECTORS["elements"]) > 300


def test_boundaries__file__distinct_and_many_of_each_answer() -> None:
    assert len(set(BOUNDARIES)) == len(BOUNDARIES) > 10_000
    assert {answers for *_, answers in BOUNDARIES} == {0b00, 0b10, 0b11}
    for expected in (0b00, 0b10, 0b11):
        assert sum(answers == expected for *_, answers in BOUNDARIES) > 2_000


def test_boundaries__finite_pairs__answers_as_fractions_do() -> None:
    judged = 0
    for a, b, atol, rtol, answers in BOUNDARIES:
        if (a & 0x7FFFFFFF) < 0x7F800000 and (b & 0x7FFFFFFF) < 0x7F800000:
            judged += 1
            for bit, factor in enumerate((SUPPORT, RIGHT)):
                expected = close_in_fractions(a, b, Tolerance(atol, rtol), factor)
                assert bool(answers >> bit & 1) == expected, (hex(a), hex(b), hex(atol), rtol)
    assert judged > 10_000


def test_elements_close__every_boundary__answers_as_the_file_says() -> None:
    for a, b, atol, rtol, answers in BOUNDARIES:
        tolerance = Tolerance(atol, rtol)
        left, right = np.array([[a, b], [b, a]], np.uint32)
        for bit, factor in enumerate((SUPPORT, RIGHT)):
            got = elements_close(left, right, tolerance, factor).tolist()
            assert got == [bool(answers >> bit & 1)] * 2, (hex(a), hex(b), hex(atol), rtol)


def test_payloads_close__every_vector__answers_as_the_file_says() -> None:
    wrong = []
    for case in VECTORS["payloads"]:
        a, b = (bytes.fromhex(case[name][2:]) for name in ("a", "b"))
        tolerance = Tolerance(int(case["atol"], 16), case["rtol"])
        got = [payloads_close(x, y, tolerance, k) for x, y in ((a, b), (b, a)) for k in (1, 3)]
        if got != [case["within1"], case["within3"]] * 2:
            wrong.append(case["name"])
    assert wrong == []


@pytest.mark.parametrize("factor", [SUPPORT, RIGHT, NEAR])
def test_elements_close__random_neighbours__agrees_with_fractions(factor: int) -> None:
    source = random.Random(factor)  # noqa: S311
    for _ in range(4_000):
        a = source.randrange(0x7F000000) | source.choice((0, 1 << 31))
        b = a + source.randrange(1 << source.randrange(1, 23))
        size = abs(value(a) - value(b)) / max(abs(value(a)), abs(value(b)))
        near = int(size / factor * RTOL_ONE) + source.randrange(-2, 3)
        atol = source.choice((0, 0, 1, source.randrange(0x00FFFFFF)))
        tolerance = Tolerance(atol, min(max(near, 0), (RTOL_ONE - 1) // 3))
        expected = close_in_fractions(a, b, tolerance, factor)
        assert close(a, b, tolerance, factor) == expected, (hex(a), hex(b), tolerance)


def test_elements_close__near_with_the_largest_rtol__all_finite_numbers_of_one_sign() -> None:
    widest = Tolerance(0, (RTOL_ONE - 1) // 3)
    largest, smallest, minus = 0x7F7FFFFF, 1, 1 << 31
    assert close(smallest, largest, widest, NEAR)
    assert close(minus | smallest, minus | largest, widest, NEAR)
    assert close(0, largest, widest, NEAR)
    assert not close(bits(1), bits(-1), widest, NEAR)
    assert not close(largest, 0x7F800000, widest, NEAR)
    below = Tolerance(0, (RTOL_ONE - 1) // 5)  # one step under a fifth
    assert not close(0, largest, below, NEAR)
    assert not close(smallest, largest, below, NEAR)


def test_elements_close__tie_that_float64_cannot_see__decided_exactly() -> None:
    # 1 - 2^-24 + 2^-149 rounds to 1 - 2^-24 in float64; only integers tell the two apart.
    below_one, smallest = bits(1) - 1, 1
    enough = Tolerance(below_one, 0)
    assert not close(bits(1), (1 << 31) | smallest, Tolerance(bits(1), 0), SUPPORT)
    assert close(bits(1), smallest, Tolerance(bits(1), 0), SUPPORT)
    assert not close(bits(1), smallest, enough, SUPPORT)


def test_elements_close__many_elements__each_decided_on_its_own() -> None:
    source = np.random.default_rng(7)
    a = source.integers(0, 1 << 32, 5_000, dtype=np.uint32)
    b = a + source.integers(0, 64, 5_000, dtype=np.uint32)
    tolerance = Tolerance(0, 1 << 14)
    together = elements_close(a, b, tolerance, SUPPORT)
    one_by_one = [close(int(x), int(y), tolerance, SUPPORT) for x, y in zip(a, b, strict=True)]
    assert together.tolist() == one_by_one
    assert 0 < together.sum() < len(a)


def test_elements_close__nan_and_infinity__no_warning() -> None:
    patterns = np.array([0x7F800001, 0x7F800000, 0xFF800000], np.uint32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = elements_close(patterns, patterns[[0, 2, 2]], Tolerance(0, 0), SUPPORT)
    assert result.tolist() == [True, False, True]


def test_payloads_close__malformed_payload__refused() -> None:
    good = encode([np.zeros(2, np.float32)])
    for bad in (good[:-1], good + b"\x00"):
        with pytest.raises(MalformedPayloadError):
            payloads_close(good, bad, Tolerance(0, 0), SUPPORT)


def test_payloads_close__empty_payload_and_a_result__not_close() -> None:
    result = encode([np.zeros(2, np.float32)])
    assert not payloads_close(EMPTY_PAYLOAD, result, Tolerance(bits(1e30), 0), RIGHT)


@pytest.mark.parametrize("atol", [-1, 0x7F800000, 0x7FC00000, 0x80000000, 1 << 32])
def test_tolerance__atol_not_finite_or_negative__refused(atol: int) -> None:
    with pytest.raises(ToleranceError, match="expected a finite number"):
        Tolerance(atol, 0)


def test_tolerance__rtol_of_a_third__refused() -> None:
    largest = (RTOL_ONE - 1) // 3
    assert Tolerance(0, largest).rtol_value < 1 / 3
    for rtol in (largest + 1, -1):
        with pytest.raises(ToleranceError, match="less than 1/3"):
            Tolerance(0, rtol)


@pytest.mark.parametrize(("atol", "rtol"), [(1e-5, 1e-4), (0.0, 0.0), (1e-50, 0.3), (3.4e38, 0.1)])
def test_at_least__numbers__smallest_tolerance_not_below_them(atol: float, rtol: float) -> None:
    tolerance = Tolerance.at_least(atol, rtol)
    assert Fraction(tolerance.atol_value) >= Fraction(atol)
    assert Fraction(tolerance.rtol, RTOL_ONE) >= Fraction(rtol)
    if tolerance.atol:
        assert value(tolerance.atol - 1) < Fraction(atol)
    if tolerance.rtol:
        assert Fraction(tolerance.rtol - 1, RTOL_ONE) < Fraction(rtol)


@pytest.mark.parametrize("atol", [float("nan"), float("inf"), -1.0, 1e39])
def test_at_least__number_no_float32_holds__refused(atol: float) -> None:
    with pytest.raises(ToleranceError, match="finite float32"):
        Tolerance.at_least(atol, 0.0)
