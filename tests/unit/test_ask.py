"""The example: what it says without a network, and how it draws a digit."""

from pathlib import Path

import numpy as np
import pytest

from examples import ask


def test_main__no_network_left_up__how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask.main([]) == 1
    said = capsys.readouterr().err
    assert "no network was left up" in said
    assert "make network" in said


def test_picture__first_black_last_grey__two_characters_each() -> None:
    pixels = np.zeros((1, 64), np.float32)
    pixels[0, 0], pixels[0, 63] = 16, 8
    lines = ask.picture(pixels).splitlines()
    assert [len(line) for line in lines] == [18] * 8
    assert lines[0].startswith("  ██  ")
    assert lines[7].endswith("  ░░")


def test_held_out_digits__rows__those_the_model_did_not_see() -> None:
    part = ask.held_out_digits()
    assert part.rows.shape == (450, 64)
    assert part.rows.dtype == np.float32
    assert (part.rows.min(), part.rows.max()) == (0, 16)
