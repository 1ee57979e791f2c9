"""The table that `make bench` prints."""

from collections.abc import Iterable

from rich.table import Table

from benchmarks.figures import Figure


def table(figures: Iterable[Figure]) -> Table:
    """Figure, target and what neighbours reach, those with a target first."""
    made = Table("figure", title="Assay, measured", title_justify="left")
    made.add_column("value", justify="right")
    made.add_column("target", justify="right")
    made.add_column("compared with")
    ordered = sorted(figures, key=lambda each: (each.met is None, each.name))
    for figure in ordered:
        target = figure.goal.target
        made.add_row(
            figure.name,
            f"{number(figure.value)} {figure.unit}",
            "" if target is None else f"{'≥' if figure.goal.at_least else '≤'} {number(target)}",
            figure.goal.rival,
            style={True: "green", False: "red", None: ""}[figure.met],
        )
    return made


def number(value: float) -> str:
    """Whole numbers with separators, others with three digits."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"
