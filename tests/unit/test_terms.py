"""Terms, rules and callbacks against the shared vectors, and what they refuse."""

import pytest

from assay.addresses import ZERO_ADDRESS, AddressError, address
from assay.terms import Callback, Numerics, Rules, Terms, escrow_units
from assay.words import WordError
from tests.unit.protocol_vectors import Case, cases, integer

PLAIN = Terms.for_committee(5, seat_fee=2_000, bond=50_000)
TARGET = address("0x" + "ab" * 20)


def terms_of(case: Case) -> Terms:
    return Terms(
        committee=case["committee"],
        rounds=case["rounds"],
        commit_seconds=case["commitSeconds"],
        reveal_seconds=case["revealSeconds"],
        seat_fee=case["seatFee"],
        seat_fee_cap=case["seatFeeCap"],
        bond=case["bond"],
        appeal_window=case["appealWindow"],
        mode=case["mode"],
    )


@pytest.mark.parametrize("case", cases("terms"), ids=lambda case: case["name"])
def test_terms__every_vector__same_word_and_committees(case: Case) -> None:
    terms = terms_of(case)
    assert terms.pack() == integer(case["word"])
    assert Terms.unpack(integer(case["word"])) == terms
    assert [terms.committee_after(grown) for grown in range(8)] == case["committees"]
    assert terms.own_seats == case["ownSeats"]


@pytest.mark.parametrize("case", cases("rules"), ids=lambda case: case["name"])
def test_rules__every_vector__same_word_and_split(case: Case) -> None:
    rules = Rules(
        numerics=Numerics(case["numerics"]),
        atol=case["atol"],
        rtol=case["rtol"],
        royalty_bps=case["royaltyBps"],
        protocol_fee_bps=case["protocolFeeBps"],
        burn_bps=case["burnBps"],
    )
    assert rules.pack() == integer(case["word"])
    assert Rules.unpack(integer(case["word"])) == rules
    shares = rules.split(integer(case["fee"]))
    assert shares == tuple(integer(case[name]) for name in ("toWorker", "toOwner", "toTreasury"))
    assert sum(shares) == integer(case["fee"])


@pytest.mark.parametrize("case", cases("callbacks"), ids=lambda case: case["name"])
def test_callback__every_vector__same_word(case: Case) -> None:
    callback = Callback(
        target=case["target"],
        gas_stipend=case["gasStipend"],
        delivery_fee=integer(case["deliveryFee"]),
    )
    assert callback.pack() == integer(case["word"])
    assert Callback.unpack(integer(case["word"])) == callback


@pytest.mark.parametrize("case", cases("escrows"))
def test_escrow__every_vector__same_units(case: Case) -> None:
    terms = Terms.unpack(integer(case["terms"]))
    callback = Callback.unpack(integer(case["callback"]))
    assert escrow_units(terms, callback) == integer(case["units"])


@pytest.mark.parametrize("case", cases("deposits"))
def test_deposit__every_vector__same_seats_and_units(case: Case) -> None:
    terms = Terms.unpack(integer(case["terms"]))
    assert terms.prepaid_seats(case["round"], case["grown"]) == case["seats"]
    assert terms.deposit(case["round"], case["grown"]) == integer(case["units"])


@pytest.mark.parametrize("case", cases("prices"))
def test_price__every_vector__same_wei(case: Case) -> None:
    terms = Terms.unpack(integer(case["terms"]))
    assert terms.price(case["step"], integer(case["unit"])) == integer(case["price"])


@pytest.mark.parametrize(
    ("fee", "expected"), [(0, 0), (100, 0), (101, 3), (140, 102), (199, 253), (200, 255)]
)
def test_step_of__fee_in_the_range__first_step_that_pays_it(fee: int, expected: int) -> None:
    terms = Terms.for_committee(3, seat_fee=100, seat_fee_cap=200, bond=900)
    unit = 255_000  # no rounding
    assert terms.step_of(fee) == expected
    assert terms.price(expected, unit) >= fee * unit
    assert expected == 0 or terms.price(expected - 1, unit) < fee * unit


def test_step_of__fee_above_the_cap__never() -> None:
    assert Terms.for_committee(3, seat_fee=100, seat_fee_cap=200, bond=900).step_of(201) is None
    assert PLAIN.step_of(2_001) is None


def test_optimistic__terms__an_open_round_then_committees() -> None:
    terms = Terms.optimistic(5, seat_fee=100, bond=9_000, appeal_window=60)
    assert [terms.is_open(grown) for grown in range(3)] == [True, False, False]
    assert [terms.committee_after(grown) for grown in range(3)] == [1, 5, 11]
    assert terms.seat_fees() == 100
    assert terms.deposit(0, 0) == 9_000 + (5 + 11) * 100


def test_least_bond__appeals__repays_the_first_committee_twice_after_burning() -> None:
    terms = Terms.optimistic(5, seat_fee=90, seat_fee_cap=100, bond=1, appeal_window=60)
    least = terms.least_bond(2_000)
    assert least == 2 * 5 * 100 * 10_000 // 8_000
    assert least * 8_000 >= 2 * 5 * 100 * 10_000
    assert terms.least_bond(3_333) == 1_500  # 10,000,000 / 6,667 is 1,499.9


def test_least_bond__no_window__five_fees_if_rounds_may_follow() -> None:
    assert PLAIN.least_bond(9_000) == 5 * 2_000
    assert Terms.for_committee(5, seat_fee=9, bond=9, rounds=1).least_bond(9_000) == 9


@pytest.mark.parametrize(
    ("field", "most"),
    [("committee", 255), ("rounds", 255), ("commit_seconds", 2**24 - 1), ("bond", 2**48 - 1)],
)
def test_terms__value_past_its_field__refused_with_the_range(field: str, most: int) -> None:
    fits = {"seat_fee": 1, "bond": 1, "committee": 3, field: most}
    Terms.for_committee(**fits)
    with pytest.raises(WordError, match=f"{field} is {most + 1}: expected .* to {most}$"):
        Terms.for_committee(**(fits | {field: most + 1}))


@pytest.mark.parametrize("value", [-1, 1.5, "2", None])
def test_terms__no_unsigned_integer__refused(value: object) -> None:
    with pytest.raises(WordError, match="seat_fee is"):
        Terms.for_committee(3, seat_fee=value, bond=1)  # type: ignore[arg-type]


def test_terms__reserved_bits__refused() -> None:
    with pytest.raises(WordError, match="above its last field"):
        Terms.unpack(PLAIN.pack() | 1 << 248)


def test_rules__unknown_numerics__refused() -> None:
    with pytest.raises(WordError, match="numerics 2"):
        Rules.unpack(2)


def test_rules__bits_of_the_registry__refused() -> None:
    with pytest.raises(WordError, match="above its last field"):
        Rules.unpack(1 << 254)


def test_callback__lower_case_target__equal_to_the_checksummed() -> None:
    lower = Callback(target=TARGET.lower(), gas_stipend=1)  # type: ignore[arg-type]
    assert lower == Callback(target=TARGET, gas_stipend=1)


def test_callback__no_address__refused() -> None:
    with pytest.raises(AddressError, match="40 hex digits"):
        Callback(target="0x12", gas_stipend=1)  # type: ignore[arg-type]


def test_callback__none__zero_word_and_false() -> None:
    assert Callback.none().pack() == 0
    assert not Callback.none()
    assert Callback.none().target == ZERO_ADDRESS
    assert Callback(target=TARGET, gas_stipend=0)
    assert Callback(target=ZERO_ADDRESS, gas_stipend=1)


def test_seat_fees__three_rounds__all_committees_filled() -> None:
    assert PLAIN.seat_fees() == (5 + 11 + 23) * 2_000
