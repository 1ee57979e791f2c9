"""The tables of docs/economics.md, made from the results and put between their marks."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.economics import search
from benchmarks.economics.results import Results
from benchmarks.economics.rules import Mode

PAGE = Path(__file__).resolve().parents[2] / "docs" / "economics.md"
_TABLE = re.compile(r"<!-- table: (?P<name>[\w ]+) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
_SHOWN = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_JOBS = {
    (Mode.OPTIMISTIC, True): "open",
    (Mode.QUORUM, False): "committee",
    (Mode.QUORUM, True): "committee with appeals",
}
"""Names of kinds of jobs, by mode and whether there is a window."""
_OFTEN = 0.001
"""Of all jobs: what succeeds more rarely has no price that a few thousand jobs could tell."""
_LEFT_OUT = (
    "silent",
    "lies always",
    "appeals frivolously",
    "farms by lying",
    "farms with a quorum",
    "lies with a quorum, unsplit",
)
"""In results.json and figures only: they gain less than their neighbours."""
_TOLD = 0.005
"""Seat fees: a row of gains that are all smaller says nothing."""


def fill(page: str, found: Results) -> str:
    """The page with every table as the results have it. KeyError for a mark of no table."""
    made = tables(found)
    return _TABLE.sub(
        lambda at: f"<!-- table: {at['name']} -->\n{made[at['name']]}\n<!-- end -->", page
    )


def marks(page: str) -> dict[str, str]:
    """The tables that are on the page, by name."""
    return {at["name"]: at["body"].rstrip("\n") for at in _TABLE.finditer(page)}


def tables(found: Results) -> dict[str, str]:
    """Every table by name, in Markdown."""
    return {
        "captures": _captures(found),
        "open": _cheating(found, "open"),
        "committee": _cheating(found, "committee"),
        "committee with appeals": _cheating(found, "committee with appeals"),
        "break even": _break_even(found),
        "thresholds": _thresholds(found),
        "underpaid": _underpaid(found),
        "appellants": _appellants(found),
        "copying": _copying(found),
        "waiting": _waiting(found),
        "proposals": _proposals(found),
        "search": _search(found),
        "blocking": _blocking(found),
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"


def _signed(mean: float, band: float) -> str:
    return f"{mean:+.2f} ± {band:.2f}" if abs(mean) < 10 else f"{mean:+.1f} ± {band:.1f}"


def _captures(found: Results) -> str:
    wanted = (0.1, 0.2, 0.3, 0.4, 0.45, 0.5)
    at = {(row["size"], row["share"]): row for row in found["captures"]}
    rows = []
    for size in (3, 5, 15):
        for goal in ("quorum", "majority"):
            needed = -(-2 * size // 3) if goal == "quorum" else size // 2 + 1
            cells = [_percent(at[size, share][f"split_{goal}"]) for share in wanted]
            if size > 3 or goal == "quorum":
                rows.append([str(size), f"{needed}, {goal}", *cells])
    return _table(["n", "seats needed", *map(_percent, wanted)], rows)


def _cheating(found: Results, kind: str) -> str:
    at = {(row["strategy"], row["share"]): row for row in found["cheating"] if row["kind"] == kind}
    names = dict.fromkeys(name for name, _ in at if name not in _LEFT_OUT)
    rows = []
    for name in names:
        gains = [at[name, share] for share in _SHOWN]
        if all(abs(row["gain"]) < _TOLD for row in gains):
            continue
        rows.append([name, *(_signed(row["gain"], row["gain_band"]) for row in gains)])
    return _table(["strategy", *map(_percent, _SHOWN)], rows)


def _break_even(found: Results) -> str:
    rows = []
    for kind in dict.fromkeys(row["kind"] for row in found["cheating"]):
        cells = []
        for share in _SHOWN:
            tried = [
                row
                for row in found["cheating"]
                if row["kind"] == kind and row["share"] == share and "farm" not in row["strategy"]
                if row["wrong"] >= _OFTEN
            ]
            priced = [row for row in tried if row["break_even"] is not None]
            if not priced:
                cells.append("under 0.1 % of jobs")
                continue
            least = min(priced, key=lambda row: row["break_even"])
            cells.append(f"{least['break_even']:,.0f} ({least['strategy']})")
        rows.append([kind, *cells])
    return _table(["job", *map(_percent, _SHOWN)], rows)


def _thresholds(found: Results) -> str:
    at = {(row["committee"], row["rounds"]): row for row in found["thresholds"]}
    rounds = sorted({each for _, each in at})
    rows = [
        [str(committee)]
        + [
            " → ".join(_least(at[committee, each][name]) for name in ("FINAL_ONLY", "REPEATS_LOSE"))
            for each in rounds
        ]
        for committee in sorted({committee for committee, _ in at})
    ]
    return _table(["n", *(f"{each} rounds" for each in rounds)], rows)


def _least(share: float | None) -> str:
    return "none" if share is None else _percent(share)


def _underpaid(found: Results) -> str:
    cases = ("before", "same lie", "another lie")
    rows = [
        [_percent(row["burned"] / 10_000), f"{row['bond']:g}"]
        + [" and ".join(f"{gain:+.2f}" for gain in row[case]) for case in cases]
        for row in found["underpaid"]
    ]
    return _table(["β", "bond", "before", "the same lie again", "another lie"], rows)


def _appellants(found: Results) -> str:
    at = {(row["share"], row["burned"]): row for row in found["appellants"]}
    burned = sorted({row["burned"] for row in found["appellants"]})
    rows = []
    for share in dict.fromkeys(share for share, _ in at):
        own = [at[share, each] for each in burned]
        cells = [_signed(row["gain"], row["gain_band"]) for row in own]
        rows.append([_percent(share), _percent(own[0]["in_vain"]), *cells])
    head = ["stake of the liar", "in vain", *(f"β = {_percent(each / 10_000)}" for each in burned)]
    return _table(head, rows)


def _copying(found: Results) -> str:
    return _table(
        ["share of the stake", "seats by copying", "by computing", "gain"],
        [
            [
                *(_percent(row[name]) for name in ("share", "copies", "honest")),
                _signed(row["gain"], row["gain_band"]),
            ]
            for row in found["copying"]
        ],
    )


def _waiting(found: Results) -> str:
    at = {(row["kind"], row["way"], row["cap"]): row for row in found["waiting"]}
    shown = dict.fromkeys(key[:2] for key in at if key[1] in ("blindly, 25%", "knowing all lots"))
    rows = [
        [f"{cap} fees", *(f"{at[kind, way, cap]['gain']:+.2f}" for kind, way in shown)]
        for cap in dict.fromkeys(cap for *_, cap in at)
    ]
    heads = (f"{kind}, {way.replace('25%', '25 %')}" for kind, way in shown)
    return _table(["cap", *heads], rows)


def _proposals(found: Results) -> str:
    rows = [
        [f"{row['off_by']:g} τ", _percent(row["upheld"]), f"{row['appellant']:+.1f}"]
        for row in found["proposals"]
        if row["off_by"] in (3, 4, 5, 5.5)
    ]
    return _table(["off by", "upheld", "appellant gains, seat fees"], rows)


def _blocking(found: Results) -> str:
    at = {(row["committee"], row["share"], row["bond"]): row for row in found["blocking"]}
    shown = ((0.45, 1), (0.45, 5), (0.48, 1), (0.48, 5), (0.5, 5), (0.55, 5))
    rows = []
    for committee in dict.fromkeys(committee for committee, *_ in at):
        own = [at[committee, share, bond] for share, bond in shown]
        rows.append([str(committee), *(_signed(row["gain"], row["gain_band"]) for row in own)])
    return _table(["n", *(f"{_percent(share)}, bond {bond}" for share, bond in shown)], rows)


def _search(found: Results) -> str:
    """For every kind and size, and every number of rounds, the least share that pays."""
    least: dict[tuple[object, ...], float] = {}
    for row in found["search"]["paying"]:
        key = tuple(row[name] for name in ("mode", "window", "committee", "rounds", "watched"))
        least[key] = min(row["share"], least.get(key, 1.0))
    rows = []
    for (mode, window), name in _JOBS.items():
        for rounds in search.ROUNDS:
            for watched in (True, False):
                if search.covers(mode, rounds, window=window, watched=watched):
                    found_at = [(mode.name, window, n, rounds, watched) for n in search.COMMITTEES]
                    cells = [_least(least.get(key)) for key in found_at]
                    rows.append([name, str(rounds), "yes" if watched else "no", *cells])
    return _table(["job", "rounds", "watched", *(f"n = {n}" for n in search.COMMITTEES)], rows)
