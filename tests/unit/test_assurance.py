"""What terms assure: the numbers against their definitions, and against exact sums."""

from fractions import Fraction
from math import e, factorial

import pytest

from assay.assurance import Assurance, poisson_tail
from assay.terms import Terms

UNIT, BURN = 10**12, 2_000
QUORUM = Terms.for_committee(5, seat_fee=100, bond=10_000)
GUARDED = Terms.for_committee(5, seat_fee=100, bond=10_000, appeal_window=60)
OPTIMISTIC = Terms.optimistic(5, seat_fee=100, bond=10_000, appeal_window=60)


def exact_tail(mean: Fraction, least: int) -> float:
    """The same sum over fractions; only e^-mean is rounded."""
    below = sum(mean**k / factorial(k) for k in range(least))
    whole = below + sum(mean**k / factorial(k) for k in range(least, least + 200))
    return float((whole - below) / whole)  # whole is e^mean up to what 200 terms leave


@pytest.mark.parametrize("committee", [3, 5, 7, 15, 31, 63])
@pytest.mark.parametrize("percent", [1, 10, 30, 50, 99])
def test_poisson_tail__many_means__exact_to_twelve_digits(committee: int, percent: int) -> None:
    mean = Fraction(percent * committee, 100)
    for least in {1, 2, (2 * committee + 2) // 3, committee}:
        expected = exact_tail(mean, least)
        assert poisson_tail(float(mean), least) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_poisson_tail__edges__certain_or_impossible() -> None:
    assert poisson_tail(0.0, 1) == 0.0
    assert poisson_tail(3.0, 0) == 1.0
    assert poisson_tail(1.0, 1) == pytest.approx(1 - 1 / e, rel=1e-14)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (QUORUM, (5, 4, 0, 40_000)),
        (GUARDED, (5, 4, 8_000, 40_000)),
        (OPTIMISTIC, (5, 4, 2_000, 10_000)),
        (Terms.for_committee(5, seat_fee=100, bond=10_000, rounds=1), (5, 3, 0, 30_000)),
        (
            Terms.optimistic(5, seat_fee=100, bond=10_000, appeal_window=60, rounds=2),
            (5, 3, 2_000, 10_000),
        ),
    ],
    ids=["committee", "with a window", "optimistic", "one round", "optimistic, two rounds"],
)
def test_assurance__terms__guarding_committee_and_cost(
    terms: Terms, expected: tuple[int, ...]
) -> None:
    found = Assurance.of(terms, BURN, UNIT, 0.3)
    committee, quorum, lie_cost, at_risk = expected
    assert (found.committee, found.quorum) == (committee, quorum)
    assert (found.lie_cost, found.at_risk) == (lie_cost * UNIT, at_risk * UNIT)
    assert found.capture == poisson_tail(0.3 * committee, quorum)


def test_assurance__known_share__as_the_security_page_says() -> None:
    assert Assurance.of(QUORUM, BURN, UNIT, 0.3).capture == pytest.approx(0.0656, abs=1e-4)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_assurance__no_share__refused(share: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Assurance.of(QUORUM, BURN, UNIT, share)


def test_assurance__burn_share__floored_to_the_unit() -> None:
    odd = Terms.optimistic(3, seat_fee=1, bond=9_999, appeal_window=60)
    assert Assurance.of(odd, 3_333, UNIT, 0.1).lie_cost == 9_999 * 3_333 // 10_000 * UNIT
