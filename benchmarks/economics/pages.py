"""The tables of docs/economics.md, made from the results and put between their marks."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.economics.results import Results

PAGE = Path(__file__).resolve().parents[2] / "docs" / "economics.md"
_TABLE = re.compile(r"<!-- table: (?P<name>[\w ]+) -->\n(?P<body>.*?)<!-- end -->", re.DOTALL)
_SHOWN = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
_HALF = 0.5
_OFTEN = 0.001
"""Of all jobs: what succeeds more rarely has no price that a few thousand jobs could tell."""
_LEFT_OUT = ("farms by lying", "lies with a quorum, unsplit")
"""In results.json only: they gain less than their neighbours."""


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
        "canaries": _canaries(found),
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
    for size in (3, 5, 7, 15):
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
    rows = [
        [
            str(row["committee"]),
            str(row["rounds"]),
            *(
                "none to 50 %" if row[name] is None else _percent(row[name])
                for name in ("FINAL", "NEXT", "DOUBLING")
            ),
        ]
        for row in found["thresholds"]
    ]
    head = ["n", "rounds", "protocol", "judged by the next answer too", "bonds double"]
    return _table(head, rows)


def _underpaid(found: Results) -> str:
    rows = [
        [_percent(row["burned"] / 10_000)]
        + [f"{gain:+.2f}" for name in ("now", "costs first") for gain in row[name]]
        for row in found["underpaid"]
    ]
    return _table(
        ["β", "first, now", "second, now", "first, costs first", "second, costs first"], rows
    )


def _canaries(found: Results) -> str:
    rows = []
    checked = sorted({row["checked"] for row in found["canaries"]})
    for guess in dict.fromkeys(row["guess"] for row in found["canaries"]):
        own = [row for row in found["canaries"] if row["guess"] == guess]
        cells = [_signed(row["gain"], row["gain_band"]) for row in own]
        rows.append([_percent(guess), _percent(own[0]["enough"]), *cells])
    head = ["guess is right", "enough", *(f"c = {_percent(each)}" for each in checked)]
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
    ways = dict.fromkeys(row["way"] for row in found["waiting"])
    at = {(row["kind"], row["cap"], row["way"]): row for row in found["waiting"]}
    keys = dict.fromkeys((row["kind"], row["cap"]) for row in found["waiting"])
    rows = [
        [kind, f"{cap} fees", *(f"{at[kind, cap, way]['gain']:+.2f}" for way in ways)]
        for kind, cap in keys
    ]
    return _table(["round", "cap", *ways], rows)


def _proposals(found: Results) -> str:
    rows = [
        [f"{row['off_by']:g} τ", _percent(row["upheld"]), f"{row['appellant']:+.1f}"]
        for row in found["proposals"]
        if row["off_by"] in (2, 3, 4, 5, 5.5)
    ]
    return _table(["off by", "upheld", "appellant gains, seat fees"], rows)


def _blocking(found: Results) -> str:
    at = {(row["committee"], row["share"], row["bond"]): row for row in found["blocking"]}
    at = {key: row for key, row in at.items() if key[1] > 0.4 and key[2] <= 5}
    bonds = sorted({bond for *_, bond in at})
    rows = [
        [str(committee), _percent(share)]
        + [
            _signed(row["gain"], row["gain_band"])
            for row in (at[committee, share, b] for b in bonds)
        ]
        for committee, share in dict.fromkeys(key[:2] for key in at)
    ]
    return _table(["n", "share", *(f"bond {bond}" for bond in bonds)], rows)


def _search(found: Results) -> str:
    kept: dict[tuple[str, bool, int, int, bool], dict[str, object]] = {}
    below = [row for row in found["search"]["paying"] if row["share"] < _HALF]
    for row in sorted(below, key=lambda row: row["share"]):
        kept.setdefault(
            (row["mode"], row["window"], row["committee"], row["rounds"], row["watched"]), row
        )
    rows = [
        [
            f"{str(row['mode']).lower()}{'' if row['window'] else ', window 0'}",
            str(row["committee"]),
            str(row["rounds"]),
            "yes" if row["watched"] else "no",
            f"{row['share']:.0%}".replace("%", " %"),
            str(row["strategy"]),
            f"{row['gain_in_bonds']:+.2f} ± {row['band']:.2f}",
        ]
        for row in kept.values()
    ]
    head = ["mode", "n", "rounds", "counter-appeals", "least share", "strategy", "gain in bonds"]
    return _table(head, rows)
