"""The bounds of `JobQueue` on what may be posted, checked before anything is paid."""

from assay.addresses import ZERO_ADDRESS
from assay.contract_errors import contract_error
from assay.terms import LEAST_BOND as LEAST_BOND  # one of them, used by `Terms.least_bond`
from assay.terms import MODE_OPTIMISTIC, Callback, Terms

# Named as in contracts/JobQueue.sol; phases are in seconds, the stipend in gas.
LEAST_COMMITTEE = 3
MOST_COMMITTEE = 31
MAX_ROUNDS = 5
LONGEST_REVEAL = 7 * 86_400
LONGEST_APPEAL_WINDOW = 30 * 86_400
MOST_STIPEND = 5_000_000


def check_terms(terms: Terms, burn_bps: int, shortest_phase: int, longest_commit: int) -> None:
    """Raises TermsOutOfBoundsError, named as the queue's error, for terms that it would refuse.

    `burn_bps` and `shortest_phase` are the queue's, `longest_commit` the vault's epoch; the two
    lengths are in seconds.
    """
    _check_rounds(terms)
    _check_phase("CommitPhaseOutOfBounds", terms.commit_seconds, shortest_phase, longest_commit)
    _check_phase("RevealPhaseOutOfBounds", terms.reveal_seconds, shortest_phase, LONGEST_REVEAL)
    if terms.appeal_window != 0 or terms.mode == MODE_OPTIMISTIC:
        window = terms.appeal_window
        _check_phase("AppealWindowOutOfBounds", window, shortest_phase, LONGEST_APPEAL_WINDOW)
    _check_money(terms, burn_bps)


def check_callback(callback: Callback) -> None:
    """Raises TermsOutOfBoundsError for a callback to nobody, or with too much gas."""
    if callback and callback.target == ZERO_ADDRESS:
        raise contract_error("CallbackWithoutTarget", callback=callback.pack())
    if callback.gas_stipend > MOST_STIPEND:
        raise contract_error("StipendOutOfBounds", most=MOST_STIPEND, received=callback.gas_stipend)


def _check_rounds(terms: Terms) -> None:
    if terms.mode > MODE_OPTIMISTIC:
        raise contract_error("UnsupportedMode", received=terms.mode)
    if not LEAST_COMMITTEE <= terms.committee <= MOST_COMMITTEE:
        raise contract_error(
            "CommitteeOutOfBounds",
            least=LEAST_COMMITTEE,
            most=MOST_COMMITTEE,
            received=terms.committee,
        )
    least = 2 if terms.mode == MODE_OPTIMISTIC else 1
    if not least <= terms.rounds <= MAX_ROUNDS:
        raise contract_error(
            "RoundsOutOfBounds", least=least, most=MAX_ROUNDS, received=terms.rounds
        )


def _check_money(terms: Terms, burn_bps: int) -> None:
    if terms.seat_fee == 0:
        raise contract_error("SeatFeeOutOfBounds", least=1, received=terms.seat_fee)
    if terms.seat_fee_cap < terms.seat_fee:
        raise contract_error(
            "SeatFeeCapOutOfBounds", least=terms.seat_fee, received=terms.seat_fee_cap
        )
    least = terms.least_bond(burn_bps)
    if terms.bond < least:
        raise contract_error("BondOutOfBounds", least=least, received=terms.bond)


def _check_phase(name: str, seconds: int, shortest: int, longest: int) -> None:
    if not shortest <= seconds <= longest:
        raise contract_error(name, shortest=shortest, longest=longest, received=seconds)
