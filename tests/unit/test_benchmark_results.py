"""The file of results and the comparison with the committed gas."""

import json

import pytest

from benchmarks import gas_snapshot as snapshot
from benchmarks import report, results
from benchmarks.figures import Figure


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.json"


def test_record__no_file_yet__name_to_value_unit_and_target(path):
    results.record([Figure("gas.post", 73_000, "gas"), Figure("other", 1.5, "s")], path)
    assert json.loads(path.read_text()) == {
        "gas.post": {"value": 73_000, "unit": "gas", "target": 85_000},
        "other": {"value": 1.5, "unit": "s", "target": None},
    }


def test_record__other_names_there__kept(path):
    results.record([Figure("a", 1, "s"), Figure("b", 2, "s")], path)
    merged = results.record([Figure("b", 3, "ms")], path)
    assert merged == {"a": Figure("a", 1, "s"), "b": Figure("b", 3, "ms")}
    assert results.read(path) == merged


@pytest.mark.parametrize(("value", "met"), [(85_000, True), (85_001, False)])
def test_met__around_the_target__at_most(value, met):
    assert Figure("gas.post", value, "gas").met is met


@pytest.mark.parametrize(("value", "met"), [(0.9, True), (0.8999, False)])
def test_met__goal_from_below__at_least(value, met):
    assert Figure("mutation.killed", value, "share").met is met


def test_table__goal_from_below__shown_as_such():
    figures = [Figure("mutation.killed", 1, "share"), Figure("gas.post", 1, "gas")]
    assert list(report.table(figures).columns[2].cells) == ["≤ 85,000", "≥ 0.9"]


def test_met__no_target__undecided():
    assert Figure("other", 1, "s").met is None


def test_differences__changed_new_and_gone__a_line_each():
    figures = [Figure("gas.a", 10, "gas"), Figure("gas.b", 5, "gas"), Figure("gas.c", 1, "gas")]
    assert snapshot.differences(figures, {"gas.a": 12, "gas.b": 5, "gas.d": 4}) == [
        "gas.a: 12 -> 10 (-2)",
        "gas.c: 1 is new",
        "gas.d: 4 is no longer measured",
    ]


def test_table__figures_with_targets__come_first():
    figures = [Figure("a", 1, "s"), Figure("gas.post", 1, "gas")]
    assert list(report.table(figures).columns[0].cells) == ["gas.post", "a"]


@pytest.mark.parametrize(("value", "text"), [(73_087, "73,087"), (7.25, "7.25"), (0.0, "0")])
def test_number__whole_or_not__readable(value, text):
    assert report.number(value) == text
