"""Draws, the course of a job, and payoffs: against sortition itself and against hand counts."""

from collections import Counter
from math import exp, factorial

import numpy as np
import pytest

from assay import sortition
from benchmarks.economics import draws
from benchmarks.economics.draws import Holder
from benchmarks.economics.jobs import TRUTH, Status
from benchmarks.economics.payoffs import ATTACKER, outcomes, payoff
from benchmarks.economics.play import Lot, Luck, Player, lots, needed, play
from benchmarks.economics.rules import Mode, Terms
from benchmarks.economics.settings import Settings, players
from benchmarks.economics.statistics import estimate, rate
from benchmarks.economics.strategies import (
    LIE,
    Capturer,
    Honest,
    Liar,
    LyingProposer,
    QuorumLiar,
    Silent,
    Strategy,
)
from tests.unit.economics_cases import terms

JOBS = 20_000


def rng(*names: object) -> np.random.Generator:
    return Settings().rng(*names)


def lot(made: Terms, *seats: tuple[int, int, int], first: int = 0, awake: bool = True) -> Lot:
    """The same seats of attacker, honest and watcher for each committee of these sizes."""
    by_size = {sum(each): each for each in seats}
    rows = tuple(by_size.get(size, (0, size, 0)) for _, size in needed(made))
    without = tuple((0, size, 0) for _, size in needed(made))
    return Lot((first, 1 - first), rows, without, awake, TRUTH)


def parties(strategy: Strategy, *, watched: bool = True) -> list[Player]:
    attacker, *rest = players(0.4, watched=watched)
    return [Player(attacker.account, strategy, attacker.stake), *rest]


@pytest.mark.parametrize(("share", "workers"), [(0.3, 10), (0.5, 2), (0.45, 1)])
def test_committee__any_split__seats_of_the_first_draw_as_sortition_gives_them(
    share: float, workers: int
) -> None:
    """A committee too large to fill: what a holder takes at once is what the lots entitle it to."""
    source, size = rng("tickets"), 20
    got = draws._entitled(source, Holder(share, workers), size, JOBS)
    stake = round(1_000 * share)
    tickets = [int.from_bytes(source.bytes(32), "big") for _ in range(JOBS // 4)]
    drawn = [sortition.seats(each, size, 0, 60, stake, 1_000 * workers) for each in tickets]
    assert abs(got.mean() - workers * np.mean(drawn)) < 0.1
    assert got.mean() == pytest.approx(size * share, abs=0.05)


def test_committee__stake_split_finely__quorums_are_poisson() -> None:
    seats = draws._entitled(rng("poisson"), Holder.split(0.3), 5, JOBS)
    expected = 1 - sum(exp(-1.5) * 1.5**k / factorial(k) for k in range(4))
    assert np.mean(seats >= 4) == pytest.approx(expected, abs=0.006)


def test_committee__any__never_more_than_its_size_and_almost_always_full() -> None:
    both = [Holder.split(0.3), Holder.split(0.7)]
    for size in (3, 7, 63):
        seats = draws.committee(rng("full", size), both, size, JOBS)
        assert seats.sum(axis=1).max() == size
        assert np.mean(seats.sum(axis=1) == size) > 0.9
        assert seats.min() >= 0


def test_committee__places_left_at_half_time__go_by_lot() -> None:
    """With equal stakes and no one first to matter, both hold half of the later seats."""
    later = draws._at_random(
        rng("lot"), np.full((JOBS, 2), 4, dtype=np.int64), np.full(JOBS, 3, dtype=np.int64)
    )
    assert later.sum(axis=1).tolist() == [3] * JOBS
    assert later[:, 0].mean() == pytest.approx(1.5, abs=0.03)


def test_first_proposals__draw_of_one_seat__chance_of_the_start_and_certain_end() -> None:
    times = draws.first_proposals(rng("open"), [Holder.split(0.5)], JOBS, [0.0])[:, 0]
    assert np.mean(times == 0) == pytest.approx(1 - exp(-0.5), abs=0.01)
    assert np.mean(times <= 0.5) == pytest.approx(1 - exp(-1), abs=0.01)
    assert times.max() < 1


def test_play__lie_nobody_sees__settled() -> None:
    made = terms()
    job = play(made, parties(LyingProposer()), lot(made, awake=False))
    assert (job.status, job.final, len(job.rounds)) == (Status.SETTLED, LIE, 1)


def test_play__lie_appealed__committee_of_the_honest_corrects_it() -> None:
    made = terms()
    job = play(made, parties(LyingProposer()), lot(made, (1, 2, 0)))
    assert (job.final, len(job.rounds)) == (TRUTH, 2)
    assert job.rounds[1].appeal is not None
    assert job.rounds[1].appeal.account == "watcher"


def test_play__capture_not_of_the_last_round__counter_appeal_mends_it() -> None:
    made = terms()
    job = play(made, parties(Capturer(attempts=1)), lot(made, (2, 1, 0), (3, 4, 0), first=1))
    assert (job.final, [round_.size for round_ in job.rounds]) == (TRUTH, [1, 3, 7])


def test_play__capturer_without_a_quorum__takes_no_seats_until_its_last_attempt() -> None:
    made = terms()
    drawn = lot(made, (1, 2, 0), (3, 4, 0), first=1)
    job = play(made, parties(Capturer(attempts=2)), drawn)
    seats = [{each.account: each.count for each in round_.seats} for round_ in job.rounds]
    assert seats == [{"honest": 1}, {"honest": 3}, {ATTACKER: 3, "honest": 4}]
    assert job.final == TRUTH


def test_play__nobody_proposes__last_round_is_kept_and_the_job_refunded() -> None:
    made = terms()
    silent = [Player(ATTACKER, Silent(), Holder.split(1.0))]
    drawn = lots(rng("silent"), made, silent, 1, Luck())
    job = play(made, silent, next(iter(drawn)))
    assert (job.status, len(job.rounds)) == (Status.REFUNDED, made.rounds - 1)


def test_play__window_closed__quorum_of_liars_is_final() -> None:
    made = terms(Mode.QUORUM, appeals=False)
    job = play(made, parties(QuorumLiar()), lot(made, (2, 1, 0)))
    assert (job.final, len(job.rounds)) == (LIE, 1)


def test_payoff__liar_found_out__loses_bond_fee_and_saves_the_computing() -> None:
    made = terms()
    drawn = Counter({lot(made): 10})
    got = payoff(made, outcomes(made, parties(Liar()), Liar(), drawn), compute=200)
    # A bond of 30 fees and the fee of 1 that honesty earns, less 0.2 of computing.
    assert got.gain.mean == pytest.approx(-30 - 1 + 0.2)
    assert got.gain.band == 0
    assert got.wrong.mean == 0


def test_payoff__honest_strategy__gains_nothing() -> None:
    made = terms()
    drawn = lots(rng("honest"), made, players(0.4), 200, Luck())
    got = payoff(made, outcomes(made, players(0.4), Honest(), drawn), compute=200)
    assert (got.gain.mean, got.gain.band, got.break_even) == (0, 0, None)


def test_lots__same_seed__same_and_another_seed__others() -> None:
    made = terms()

    def drawn(seed: int) -> Counter[Lot]:
        return lots(Settings(seed=seed).rng("x"), made, players(0.4), 300, Luck(awake=0.5))

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1).total() == 300


def test_estimate__two_values__mean_and_band_by_hand() -> None:
    got = estimate([(0.0, 50), (2.0, 50)])
    assert got.mean == 1
    assert got.band == pytest.approx(1.96 * (100 / 99) ** 0.5 / 10, rel=1e-3)
    assert (got.low, got.high) == (got.mean - got.band, got.mean + got.band)


def test_rate__nothing_hit__band_is_not_empty() -> None:
    assert rate(0, 1_000).mean == 0
    assert 0.003 < rate(0, 1_000).band < 0.005
