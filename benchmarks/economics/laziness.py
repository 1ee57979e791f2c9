"""Workers that save the computing: guesses, and answers copied from a pending proposal."""

from typing import Any

import numpy as np

from benchmarks.economics import draws
from benchmarks.economics.draws import Holder
from benchmarks.economics.payoffs import outcomes, payoff
from benchmarks.economics.play import Luck, lots
from benchmarks.economics.rules import Terms
from benchmarks.economics.settings import COMPUTE, FEE, HONEST_DELAY, KINDS, Settings, players
from benchmarks.economics.statistics import estimate
from benchmarks.economics.strategies import Lazy

SHARE = 0.1
GUESSES = (0.0, 0.5, 0.9)
"""How often a guess is right: a small chance of luck, a coin, the label of most inputs."""
CHECKED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Share of jobs whose answer somebody knows: canary jobs, and those that are recomputed."""


def canaries(settings: Settings) -> list[dict[str, Any]]:
    """What a lazy worker gains in open jobs, by the share of jobs that are checked."""
    rows = []
    terms = KINDS["open"]
    for guess in GUESSES:
        for checked in CHECKED:
            luck = Luck(awake=checked, guess=guess)
            rng = settings.rng("canaries", guess, checked)
            drawn = lots(rng, terms, players(SHARE), settings.jobs, luck)
            found = outcomes(terms, players(SHARE), Lazy(), drawn)
            got = payoff(terms, found, compute=COMPUTE, lazy=True)
            rows.append(
                {
                    "guess": guess,
                    "checked": checked,
                    "gain": round(got.gain.mean, 4),
                    "gain_band": round(got.gain.band, 4),
                    "wrong": round(got.wrong.mean, 5),
                    "enough": round(enough(terms, guess), 4),
                }
            )
    return rows


def in_a_committee(settings: Settings) -> list[dict[str, Any]]:
    """The same for a lone lazy worker among honest ones that vote in sealed commitments."""
    rows = []
    terms = KINDS["committee"]
    for guess in GUESSES:
        rng = settings.rng("lazy committee", guess)
        drawn = lots(rng, terms, players(SHARE), settings.jobs, Luck(guess=guess))
        found = outcomes(terms, players(SHARE), Lazy(), drawn)
        got = payoff(terms, found, compute=COMPUTE, lazy=True)
        rows.append(
            {
                "guess": guess,
                "gain": round(got.gain.mean, 4),
                "gain_band": round(got.gain.band, 4),
            }
        )
    return rows


def enough(terms: Terms, guess: float) -> float:
    """The share of jobs to check from which computing pays: c = k / ((1 - g)(f + b))."""
    return COMPUTE / ((1 - guess) * (terms.seat_fee + terms.bond))


def copying(settings: Settings) -> list[dict[str, Any]]:
    """A worker that waits for another's pending proposal, and if drawn puts its own before it."""
    rows = []
    for share in (0.1, 0.3, 0.5):
        rng = settings.rng("copying", share)
        both = [Holder.split(share), Holder.split(1 - share)]
        delays = (0.0, HONEST_DELAY)
        times = draws.first_proposals(rng, both, settings.workers_jobs, delays)
        honest = np.maximum(times[:, 0], HONEST_DELAY)
        coin = rng.random(len(times)) < share
        won = (honest < times[:, 1]) | ((honest == times[:, 1]) & coin)
        copied = times[:, 0] <= times[:, 1]
        gains = copied * float(FEE) - won * float(FEE - COMPUTE)
        got = estimate((float(gain), 1) for gain in gains / FEE)
        rows.append(
            {"share": share, "gain": round(got.mean, 4), "gain_band": round(got.band, 4)}
            | {"copies": round(float(copied.mean()), 4), "honest": round(float(won.mean()), 4)}
        )
    return rows
