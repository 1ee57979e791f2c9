"""The economics of the protocol: rules of money, strategies, and what they earn.

`rules`, `jobs` and `closing` are the protocol's rules to the wei; `draws` is its sortition;
`strategies` is what parties do; `play` brings them together. The rest asks questions and writes
the answers to docs/figures/economics and into the tables of docs/economics.md.
"""

from collections.abc import Callable

from benchmarks.economics import pages, results
from benchmarks.economics.settings import Settings
from benchmarks.figures import Figure

STEPS = len(results.EXPERIMENTS)
GUARDED = 0.45
"""Share of the stake below which cheating pays nowhere, as docs/economics.md says."""
_HALF = 0.5


def measure(advance: Callable[[], None]) -> list[Figure]:
    """Simulates, draws, and fills in the tables of the page."""
    from benchmarks.economics import plots  # only developers have matplotlib

    found = results.simulate(Settings(), advance)
    results.write(found)
    plots.draw(found)
    if pages.PAGE.is_file():
        page = pages.PAGE.read_text(encoding="utf-8")
        pages.PAGE.write_text(pages.fill(page, found), encoding="utf-8")
    return figures(found)


def figures(found: results.Results) -> list[Figure]:
    """At how many of the points that were searched cheating pays."""
    shares = [row["share"] for row in found["search"]["paying"]]
    return [
        Figure("economics.points", found["search"]["points"], "points"),
        Figure("economics.pays.below_45_percent", sum(s < GUARDED for s in shares), "points"),
        Figure("economics.pays.below_half", sum(s < _HALF for s in shares), "points"),
    ]
