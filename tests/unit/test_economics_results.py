"""What the simulation writes: the same for the same seed, and the page says what was found."""

import struct
import zlib

import pytest

from benchmarks import economics
from benchmarks.economics import (
    appellants,
    cheating,
    laziness,
    pages,
    results,
    search,
    underpaid,
    waiting,
)
from benchmarks.economics.rules import Mode
from benchmarks.economics.settings import KINDS, Settings
from benchmarks.figures import Figure

FEW = Settings(seed=7, jobs=60, searched_jobs=40, workers_jobs=500)


@pytest.fixture(scope="module")
def committed() -> results.Results:
    return results.read()


def test_experiments__same_seed__same_figures() -> None:
    for experiment in (cheating.cheating, laziness.canaries, laziness.copying, waiting.waiting):
        first = experiment(FEW)
        assert first == experiment(FEW)
        assert first != experiment(Settings(seed=8, jobs=60, searched_jobs=40, workers_jobs=500))


def test_tables__committed_page__says_what_the_results_say(committed: results.Results) -> None:
    page = pages.PAGE.read_text(encoding="utf-8")
    shown, made = pages.marks(page), pages.tables(committed)
    assert set(shown) == set(made)
    for name, table in shown.items():
        assert table == made[name], f"run python -m benchmarks economics: table {name} is old"


def test_fill__other_results__other_page(committed: results.Results) -> None:
    page = pages.PAGE.read_text(encoding="utf-8")
    assert pages.fill(page, committed) == page
    changed = {**committed, "copying": [{**row, "gain": 9.0} for row in committed["copying"]]}
    assert "+9.00" in pages.fill(page, changed)


def test_results__committed__made_with_the_seed_and_numbers_of_the_settings(
    committed: results.Results,
) -> None:
    now = Settings()
    assert committed["settings"] == {
        "seed": now.seed,
        "jobs": now.jobs,
        "searched_jobs": now.searched_jobs,
        "workers_jobs": now.workers_jobs,
    }
    assert set(committed) == {"settings", *results.EXPERIMENTS}


def test_results__committed__cheating_pays_from_the_shares_that_the_page_names(
    committed: results.Results,
) -> None:
    """Two rounds from 48 %, three of n = 3 unwatched from 45 %, five of it from 48 %."""
    for row in committed["search"]["paying"]:
        assert row["share"] >= economics.GUARDED, row
        if row["share"] <= 0.5:
            assert row["mode"] == "OPTIMISTIC"
            assert row["rounds"] == 2 or (row["committee"] == 3 and not row["watched"]), row


def test_results__committed__rows_are_those_of_the_code(committed: results.Results) -> None:
    """Cheap experiments run again: the file was made by this code."""
    assert committed["waiting"] == waiting.waiting(Settings())
    assert committed["underpaid"] == underpaid.underpaid()


def test_results__committed__repeated_appeals_pay_later_than_before(
    committed: results.Results,
) -> None:
    for row in committed["thresholds"]:
        now, before = row["REPEATS_LOSE"], row["FINAL_ONLY"]
        assert now is None or before <= now
        assert row["rounds"] == 2 or now is None or before < now, row


def test_results__committed__two_right_appellants_never_lose(committed: results.Results) -> None:
    for row in committed["underpaid"]:
        assert min(row["another lie"]) >= 0
        assert row["same lie"][0] < -row["bond"] < 0 < row["same lie"][1]


def test_appellants__few_jobs__before_the_rule_first_appeals_were_never_in_vain() -> None:
    for row in appellants.appellants(FEW):
        assert row["gain"] <= row["gain_before"]
        assert (row["gain"] < row["gain_before"]) is (row["in_vain"] > 0), row


def test_search_table__points_that_pay__least_share_of_each_cell() -> None:
    point = {"mode": "QUORUM", "window": False, "committee": 3, "rounds": 3, "watched": False}
    found = {"search": {"paying": [{**point, "share": 0.6}, {**point, "share": 0.48}]}}
    lines = pages._search(found).splitlines()
    assert "| committee | 3 | no | 48 % | none | none | none |" in lines
    assert "| open | 2 | yes | none | none | none | none |" in lines
    assert len(lines) == 2 + 6 + 1 + 2


def test_figures__png__small_and_sound() -> None:
    page = pages.PAGE.read_text(encoding="utf-8")
    found = sorted(results.FOLDER.glob("*.png"))
    assert len(found) == 4
    for path in found:
        data = path.read_bytes()
        assert len(data) < 100_000
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        length = struct.unpack(">I", data[8:12])[0]
        checksum = struct.unpack(">I", data[16 + length : 20 + length])[0]
        assert zlib.crc32(data[12 : 16 + length]) == checksum
        assert f"figures/economics/{path.name}" in page


def test_measure__economics__runs_when_named_only() -> None:
    # With the versions users get there is no deployment to measure gas with.
    measures = pytest.importorskip("benchmarks.measures", exc_type=ImportError).MEASURES
    assert measures["economics"].by_default is False
    assert measures["economics"].steps == len(results.EXPERIMENTS)


def test_figures__paying_points__counted_below_the_line_and_below_half() -> None:
    paying = [{"share": share} for share in (0.4, 0.45, 0.48, 0.5)]
    assert economics.figures({"search": {"points": 9, "paying": paying}}) == [
        Figure("economics.points", 9, "points"),
        Figure("economics.pays.below_45_percent", 1, "points"),
        Figure("economics.pays.below_half", 3, "points"),
    ]


def test_enough__terms_of_the_page__as_the_formula_says() -> None:
    """0.2 of computing against a fee of 1 and a bond of 20: 0.2 / 21, and ten times that."""
    assert laziness.enough(KINDS["open"], 0.0) == pytest.approx(0.2 / 21)
    assert laziness.enough(KINDS["open"], 0.9) == pytest.approx(2 / 21)


def test_points__any__bonds_are_the_least_or_more() -> None:
    made = next(iter(search.points(FEW)))
    assert (made.mode, made.committee, made.rounds) == (Mode.OPTIMISTIC, 3, 2)
    assert made.burn_bps in search.BURNED
    assert made.times in search.TIMES
