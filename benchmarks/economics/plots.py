"""The figures of docs/economics.md. Colours are those of Okabe and Ito, told apart by everybody."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt

from benchmarks.economics.results import FOLDER, Results

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_SIZE = (6.4, 3.6)
_DPI = 110


def draw(found: Results, folder: Path = FOLDER) -> list[Path]:
    """Writes every figure and returns where."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "captures": _captures(found),
        "gains": _cheating(found, "gain", "gain over honesty, seat fees a job"),
        "errors": _cheating(found, "wrong", "jobs with a false answer, %"),
        "canaries": _canaries(found),
    }
    paths = []
    for name, figure in drawn.items():
        path = folder / f"{name}.png"
        # No date and no version inside, so that the same results make the same file.
        figure.savefig(path, dpi=_DPI, metadata={"Software": None})
        plt.close(figure)
        paths.append(path)
    return paths


def _axes(across: int = 1) -> tuple[Any, list[Any]]:
    figure, axes = plt.subplots(
        1, across, figsize=(_SIZE[0] * (1.35 if across > 1 else 1), _SIZE[1]), squeeze=False
    )
    for each in axes[0]:
        each.grid(alpha=0.3)
        each.spines[["top", "right"]].set_visible(False)
    return figure, list(axes[0])


def _finish(figure: Any) -> Any:
    figure.tight_layout()
    return figure


def _captures(found: Results) -> Any:
    figure, (left, right) = _axes(2)
    for axes, goal in ((left, "quorum"), (right, "majority")):
        for place, size in enumerate((3, 5, 7, 15)):
            own = [row for row in found["captures"] if row["size"] == size]
            shares = [100 * row["share"] for row in own]
            chances = [100 * row[f"split_{goal}"] for row in own]
            axes.plot(
                shares,
                chances,
                color=COLOURS[place],
                marker=MARKERS[place],
                ms=4,
                label=f"n = {size}",
            )
        axes.axhline(50, color="grey", lw=1, ls="--")
        axes.set_xlabel("share of the stake, split finely, %")
        axes.set_title(f"chance to hold a {goal}, %", fontsize=10)
        axes.legend(frameon=False, fontsize=8)
    return _finish(figure)


def _cheating(found: Results, value: str, title: str) -> Any:
    figure, axes = _axes(3)
    scale = 100 if value == "wrong" else 1
    rows = [row for row in found["cheating"] if "farm" not in row["strategy"]]
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    shown = (
        "lies always",
        "lies with a quorum",
        "proposes lies",
        "appeals its own lie",
        "appeals the truth once",
        "appeals the truth always",
        "silent",
    )
    lines: dict[str, Any] = {}
    for each, kind in zip(axes, kinds, strict=True):
        for place, name in enumerate(shown):
            own = [row for row in rows if row["kind"] == kind and row["strategy"] == name]
            if not own:
                continue
            lines[name] = each.errorbar(
                [100 * row["share"] for row in own],
                [scale * row[value] for row in own],
                yerr=[scale * row[f"{value}_band"] for row in own],
                color=COLOURS[place],
                marker=MARKERS[place],
                ms=4,
                lw=1.2,
            )
        each.set_title(kind, fontsize=10)
        each.set_xlabel("share of the stake, %", fontsize=9)
        if value == "gain":
            each.set_yscale("symlog", linthresh=1)
            each.axhline(0, color="grey", lw=1, ls="--")
    axes[0].set_ylabel(title, fontsize=9)
    figure.legend(
        lines.values(), lines.keys(), ncol=4, loc="lower center", frameon=False, fontsize=8
    )
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    return figure


def _canaries(found: Results) -> Any:
    figure, (axes,) = _axes()
    for place, guess in enumerate(dict.fromkeys(row["guess"] for row in found["canaries"])):
        own = [row for row in found["canaries"] if row["guess"] == guess]
        axes.errorbar(
            [100 * row["checked"] for row in own],
            [row["gain"] for row in own],
            yerr=[row["gain_band"] for row in own],
            color=COLOURS[place],
            marker=MARKERS[place],
            ms=4,
            label=f"guess right in {guess:.0%}",
        )
        axes.axvline(100 * own[0]["enough"], color=COLOURS[place], lw=1, ls=":")
    axes.axhline(0, color="grey", lw=1, ls="--")
    axes.set_xlabel("share of jobs that are checked, %; dotted: where computing begins to pay")
    axes.set_ylabel("gain of guessing, seat fees a job", fontsize=9)
    axes.legend(frameon=False, fontsize=8)
    return _finish(figure)
