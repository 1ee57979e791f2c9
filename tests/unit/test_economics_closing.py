"""The money of a job to the wei, by hand: fee 1,000, bond 30,000, half of a loss burned."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.economics.closing import BURNED, OWNER, REQUESTER, TREASURY, close
from benchmarks.economics.jobs import TRUTH, Appeal, Job, Round, Seats, Status, decide
from benchmarks.economics.play import Luck, Player, lots, play
from benchmarks.economics.rules import Judging, Mode, Terms
from benchmarks.economics.settings import Settings, players
from benchmarks.economics.settings import terms as page_terms
from benchmarks.economics.strategies import (
    LIE,
    Blocker,
    Capturer,
    Liar,
    LyingProposer,
    QuorumLiar,
    SelfAppellant,
    Silent,
)
from benchmarks.economics.underpaid import ANOTHER_LIE, before, captured_once
from tests.unit.economics_cases import appealed, captured_then_mended, terms


def test_close__proposal_nobody_appeals__fee_and_shares() -> None:
    made = terms(royalty_bps=500, protocol_fee_bps=100)
    job = Job(made, (Round(1, 0, (Seats("proposer", TRUTH),)),), Status.SETTLED, TRUTH)
    assert close(job) == {
        REQUESTER: -1_000,
        "proposer": 940,
        OWNER: 50,
        TREASURY: 10,
        BURNED: 0,
    }


def test_close__lie_appealed__appellant_repaid_and_rewarded_from_what_is_not_burned() -> None:
    """Lost 30,000, burned 15,000; the pool of 15,000 is less than 3,000 + 30,000: all of it."""
    job = appealed(terms(), LIE, (Seats("honest", TRUTH, 3),), TRUTH)
    assert close(job) == {
        REQUESTER: 0,
        "proposer": -30_000,
        "honest": 3_000,
        "appellant": 12_000,
        BURNED: 15_000,
        TREASURY: 0,
        OWNER: 0,
    }


def test_close__lie_with_much_lost__reward_stops_at_what_burning_leaves_of_a_bond() -> None:
    """Lost 60,000, burned 6,000; of the rest 2,000 repay the two right seats and 27,000 reward."""
    made = terms(burn_bps=1_000)
    seats = (Seats("liar", LIE, 1), Seats("honest", TRUTH, 2))
    balance = close(appealed(made, LIE, seats, TRUTH))
    assert balance["appellant"] == 27_000
    assert balance[BURNED] == 6_000
    assert balance[TREASURY] == 60_000 - 6_000 - 29_000


def test_close__truth_appealed__appellant_loses_bond_and_round() -> None:
    balance = close(appealed(terms(), TRUTH, (Seats("honest", TRUTH, 3),), TRUTH))
    assert balance["appellant"] == -30_000 - 3_000
    assert balance["proposer"] == 1_000
    assert balance[REQUESTER] == -1_000
    assert balance[BURNED] == balance[TREASURY] == 15_000


def test_close__own_lie_appealed__loses_the_burned_share_and_the_round() -> None:
    rounds = (
        Round(1, 0, (Seats("liar", LIE),)),
        Round(3, 1, (Seats("honest", TRUTH, 3),), Appeal("liar", LIE)),
    )
    balance = close(Job(terms(), rounds, Status.SETTLED, TRUTH))
    assert balance["liar"] == -15_000 - 3_000


@pytest.mark.parametrize(("burn_bps", "alone", "lost"), [(5_000, 15, 10), (2_000, 7.5, 2.5)])
def test_close__own_lie_appealed_and_a_seat_silent__its_bond_pays_for_the_round_only(
    burn_bps: int, alone: float, lost: float
) -> None:
    """Bonds of 20 and of 12.5 fees. Alone a liar loses the burned share and five seats.

    With a silent seat the pool is 20 in both cases: 4 repay the round, and the reward is the 10
    that burning leaves of a bond. The burned share is lost all the same.
    """
    made = page_terms(Mode.OPTIMISTIC, 5, 3, burn_bps)

    def loss(*committee: Seats) -> float:
        rounds = (
            Round(1, 0, (Seats("liar", LIE),)),
            Round(5, 1, committee, Appeal("liar", LIE)),
        )
        return -close(Job(made, rounds, Status.SETTLED, TRUTH))["liar"] / made.seat_fee

    assert loss(Seats("honest", TRUTH, 5)) == alone
    assert loss(Seats("honest", TRUTH, 4), Seats("silent", None)) == lost


def test_close__no_decision_after_an_appeal__no_fees_and_the_round_is_forfeited() -> None:
    seats = (Seats("liar", LIE, 1), Seats("silent", None, 1), Seats("honest", TRUTH, 1))
    balance = close(appealed(terms(rounds=2), TRUTH, seats, None))
    assert balance == {
        REQUESTER: 0,
        "proposer": 0,
        "liar": 0,
        "honest": 0,
        "silent": -30_000,
        "appellant": -3_000,
        BURNED: 15_000,
        TREASURY: 15_000 + 3_000,
    }


def test_close__committee_without_appeals__lost_bonds_reach_nobody_in_the_job() -> None:
    made = terms(Mode.QUORUM, appeals=False)
    seats = (Seats("liar", LIE, 2), Seats("honest", TRUTH, 1))
    balance = close(Job(made, (Round(3, 0, seats),), Status.SETTLED, LIE))
    assert balance["liar"] == 2_000
    assert balance["honest"] == -30_000
    assert balance[REQUESTER] == -2_000
    assert balance[BURNED] + balance[TREASURY] == 30_000


def test_close__void_round_and_refund__everything_back() -> None:
    made = terms(Mode.QUORUM, rounds=1, appeals=False)
    void = Round(3, 0, (Seats("honest", TRUTH, 1),), void=True)
    assert set(close(Job(made, (void,), Status.REFUNDED)).values()) == {0}


def test_close__range_of_fees__each_seat_at_its_own_step() -> None:
    """From 1,000 to 3,550 in 255 steps of 10; a tenth for the owner of fee and step apart."""
    made = terms(Mode.QUORUM, seat_fee_cap=3_550, royalty_bps=1_000, appeals=False)
    seats = (Seats("early", TRUTH, 2), Seats("late", TRUTH, 1, step=100))
    balance = close(Job(made, (Round(3, 0, seats),), Status.SETTLED, TRUTH))
    assert balance["early"] == 2 * 900
    assert balance["late"] == 2_000 - 100 - 100
    assert balance[REQUESTER] == -4_000


def test_close__tolerance__within_three_right_beyond_wrong() -> None:
    made = terms(Mode.QUORUM, tolerance=2, appeals=False)
    seats = (Seats("settled", 0, 2), Seats("near", 6, 1), Seats("far", 7, 1))
    balance = close(Job(made, (Round(4, 0, seats),), Status.SETTLED, 0))
    assert balance["near"] == 1_000
    assert balance["far"] == -30_000


def test_close__capture_mended__counter_appellant_repaid_and_rewarded() -> None:
    """Lost: the liar's appeal and its two seats, 90,000; the pool has 45,000."""
    balance = close(captured_then_mended(terms()))
    assert balance["liar"] == -90_000 - 1_000
    assert balance["counter"] == 15_000
    assert balance[TREASURY] == 45_000 - 7_000 - 15_000
    assert sum(balance.values()) == 0


def truth_appealed_twice(made: Terms) -> Job:
    """The first committee gives it again; the second lies."""
    rounds = (
        Round(1, 0, (Seats("proposer", TRUTH),)),
        Round(3, 1, (Seats("honest", TRUTH, 3),), Appeal("attacker", TRUTH)),
        Round(7, 2, (Seats("attacker", LIE, 7),), Appeal("attacker", TRUTH)),
    )
    return Job(made, rounds, Status.SETTLED, LIE)


@pytest.mark.parametrize(
    ("judging", "gain"),
    [(Judging.REPEATS_LOSE, 27_000 - 30_000), (Judging.FINAL_ONLY, 27_000 + 27_000)],
)
def test_close__truth_appealed_twice_and_captured__first_appeal_is_lost_all_the_same(
    judging: Judging, gain: int
) -> None:
    """The fees of the last round, seven, come back to the attacker in both cases."""
    balance = close(truth_appealed_twice(terms(burn_bps=1_000, judging=judging)))
    assert balance["attacker"] == gain + 7_000
    assert sum(balance.values()) == 0


def test_close__lie_upheld_then_mended__first_appellant_loses_second_is_rewarded() -> None:
    """A bond is 12 fees. Lost: the proposal, two liars and the first appeal, 48; 24 are burned.

    The second appellant's round cost 7. The first has paid the one honest seat of its own.
    """
    job = captured_once(3, 5_000, LIE)
    fee = job.terms.seat_fee
    balance = {account: wei / fee for account, wei in close(job).items()}
    assert balance["first appellant"] == -12 - 1
    assert balance["second appellant"] == 6
    assert balance[BURNED] == 24
    assert balance[TREASURY] == 24 - 7 - 6
    assert balance["liar"] == -36


def test_close__another_lie_then_mended__both_repaid_before_either_is_rewarded() -> None:
    """At 90 % a bond is 60 fees; three are lost, 18 left: costs of 1 and 7, rewards of 6 and 4."""
    job = captured_once(3, 9_000, ANOTHER_LIE)
    fee = job.terms.seat_fee
    balance = close(job)
    assert balance["first appellant"] == 6 * fee
    assert balance["second appellant"] == 4 * fee
    assert balance[TREASURY] == 0


def test_close__costs_not_first__second_of_two_right_appellants_loses() -> None:
    job = captured_once(3, 9_000, ANOTHER_LIE)
    balance, fee = close(replace(job, terms=before(job.terms))), job.terms.seat_fee
    assert balance["first appellant"] == 17 * fee
    assert balance["second appellant"] == -7 * fee


def test_close__no_decision_after_a_repeat__both_appellants_lose_a_round_and_no_bond() -> None:
    """Without an answer nobody was wrong: three seats are forfeited, and seven."""
    rounds = (
        Round(1, 0, (Seats("proposer", TRUTH),)),
        Round(3, 1, (Seats("honest", TRUTH, 3),), Appeal("first", TRUTH)),
        Round(7, 2, (Seats("honest", TRUTH, 3), Seats("liar", LIE, 3)), Appeal("second", TRUTH)),
    )
    balance = close(Job(terms(), rounds, Status.UNRESOLVED))
    assert balance["first"] == -3_000
    assert balance["second"] == -7_000
    assert balance[TREASURY] == 10_000


def test_upheld__undecided_round_in_between__next_answer_counts() -> None:
    made = terms(rounds=4)
    split = (Seats("honest", TRUTH, 1), Seats("liar", LIE, 2))
    rounds = (
        Round(1, 0, (Seats("proposer", TRUTH),)),
        Round(3, 1, split, Appeal("first", TRUTH)),
        Round(7, 2, (Seats("honest", TRUTH, 7),)),
        Round(15, 3, (Seats("liar", LIE, 15),), Appeal("second", TRUTH)),
    )
    job = Job(made, rounds, Status.SETTLED, LIE)
    assert job.upheld(1)
    assert not job.upheld(3)


def test_upheld__tolerance__within_three_the_same_answer_beyond_another() -> None:
    made = terms(tolerance=2)
    for again, same in ((6, True), (7, False)):
        rounds = (
            Round(1, 0, (Seats("proposer", 0),)),
            Round(3, 1, (Seats("honest", again, 3),), Appeal("first", 0)),
            Round(7, 2, (Seats("honest", 20, 7),), Appeal("second", again)),
        )
        job = Job(made, rounds, Status.SETTLED, 20)
        assert job.upheld(1) is same
        assert (close(job)["first"] < 0) is same


def test_least_bond__open_and_committee__by_hand() -> None:
    assert terms().least_bond() == 2 * 3 * 1_000 * 2
    assert terms(Mode.QUORUM).least_bond() == 2 * 7 * 1_000 * 2
    assert terms(burn_bps=1_000).least_bond() == 6_667
    assert terms(Mode.QUORUM, appeals=False).least_bond() == 5_000
    assert terms(Mode.QUORUM, seat_fee_cap=4_000, appeals=False).least_bond() == 20_000
    assert terms(Mode.QUORUM, rounds=1, appeals=False).least_bond() == 1_000


@pytest.mark.parametrize("burned", [0, 999, 9_001, 10_000])
def test_least_bond__share_to_burn_out_of_bounds__refused(burned: int) -> None:
    with pytest.raises(ValueError, match="burn 1000 to 9000"):
        terms(burn_bps=burned).least_bond()


def test_least_bond__lone_lie_appealed__appellant_gains_what_its_round_costs() -> None:
    for burned in (1_000, 5_000, 9_000):
        made = terms(burn_bps=burned)
        made = replace(made, bond=made.least_bond())
        balance = close(appealed(made, LIE, (Seats("honest", TRUTH, 3),), TRUTH))
        assert 3_000 <= balance["appellant"] <= made.bond


def test_size_and_reserve__rounds_of_both_modes__grow_to_63() -> None:
    assert [terms().size(grown) for grown in range(6)] == [1, 3, 7, 15, 31, 63]
    assert [terms(Mode.QUORUM, committee=31).size(grown) for grown in range(3)] == [31, 63, 63]
    assert terms().reserve(1, 1) == (3 + 7) * 1_000
    assert terms().escrow() == 1_000
    assert terms(Mode.QUORUM).escrow() == (3 + 7 + 15) * 1_000


def test_quorum__last_round__majority() -> None:
    assert [terms().quorum(0, size) for size in (3, 5, 7, 15)] == [2, 4, 5, 10]
    assert [terms().quorum(2, size) for size in (3, 5, 7, 15)] == [2, 3, 4, 8]


def test_decide__reference_at_the_edge__supported_by_all_within_one_tolerance() -> None:
    made = terms(Mode.QUORUM, tolerance=2, appeals=False)
    seats = (Seats("edge", 3, 1), Seats("high", 1, 1), Seats("low", -1, 1))
    assert decide(made, 0, Round(3, 0, seats)) == 3
    assert decide(made, 0, Round(3, 0, seats[::-1])) == -1
    assert decide(made, 0, Round(3, 0, (seats[0], seats[2]))) is None


STRATEGIES = (
    Blocker(),
    Capturer(attempts=1),
    Capturer(attempts=3),
    Liar(),
    LyingProposer(),
    QuorumLiar(),
    SelfAppellant(),
    Silent(),
)


@settings(deadline=None)
@given(
    strategy=st.sampled_from(STRATEGIES),
    mode=st.sampled_from(Mode),
    judging=st.sampled_from(Judging),
    committee=st.integers(3, 9),
    rounds=st.integers(2, 4),
    numbers=st.tuples(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10**12)),
    shares=st.tuples(st.integers(1_000, 9_000), st.integers(0, 5_000), st.integers(0, 1_000)),
    seed=st.integers(0, 2**32),
)
def test_close__any_job_played__money_is_conserved_to_the_wei(
    strategy: Liar,
    mode: Mode,
    judging: Judging,
    committee: int,
    rounds: int,
    numbers: tuple[int, int, int],
    shares: tuple[int, int, int],
    seed: int,
) -> None:
    fee, rise, bond = numbers
    burned, royalty, protocol = shares
    made = terms(
        mode,
        committee=committee,
        rounds=rounds,
        seat_fee=fee,
        seat_fee_cap=fee + rise,
        bond=bond,
        burn_bps=burned,
        royalty_bps=royalty,
        protocol_fee_bps=protocol,
        judging=judging,
    )
    first, *rest = players(0.4)
    parties = [Player(first.account, strategy, first.stake), *rest]
    for lot in lots(Settings(seed=seed).rng("any"), made, parties, 5, Luck(awake=0.5)):
        balance = close(play(made, parties, lot))
        assert sum(balance.values()) == 0
        assert balance.get(BURNED, 0) >= 0
        assert balance.get(TREASURY, 0) >= 0
        assert balance.get(OWNER, 0) >= 0
