"""The bounds of `JobQueue` on what may be posted, checked before anything is paid."""

from assay.addresses import ZERO_ADDRESS
from assay.contract_errors import contract_error
from assay.terms import MODE_QUORUM, Callback, Terms

# Named as in contracts/JobQueue.sol; phases are in seconds, the stipend in gas.
LEAST_COMMITTEE = 3
MOST_COMMITTEE = 31
MAX_ROUNDS = 5
LONGEST_REVEAL = 7 * 86_400
MOST_STIPEND = 5_000_000


def check_terms(terms: Terms, shortest_phase: int, longest_commit: int) -> None:
    """Raises TermsOutOfBoundsError, named as the queue's error, for terms that it would refuse.

    `shortest_phase` is the queue's, `longest_commit` the vault's epoch, both in seconds.
    """
    if terms.mode != MODE_QUORUM:
        raise contract_error("UnsupportedMode", received=terms.mode)
    if terms.appeal_window != 0:
        raise contract_error("AppealsNotSupported", appeal_window=terms.appeal_window)
    if terms.seat_fee_cap != terms.seat_fee:
        raise contract_error(
            "FeeRangeNotSupported", seat_fee=terms.seat_fee, seat_fee_cap=terms.seat_fee_cap
        )
    _check_sizes(terms)
    _check_phase("CommitPhaseOutOfBounds", terms.commit_seconds, shortest_phase, longest_commit)
    _check_phase("RevealPhaseOutOfBounds", terms.reveal_seconds, shortest_phase, LONGEST_REVEAL)
    if terms.seat_fee == 0:
        raise contract_error("SeatFeeOutOfBounds", least=1, received=terms.seat_fee)
    if terms.bond < terms.seat_fee:
        raise contract_error("BondOutOfBounds", least=terms.seat_fee, received=terms.bond)


def check_callback(callback: Callback) -> None:
    """Raises TermsOutOfBoundsError for a callback to nobody, or with too much gas."""
    if callback and callback.target == ZERO_ADDRESS:
        raise contract_error("CallbackWithoutTarget", callback=callback.pack())
    if callback.gas_stipend > MOST_STIPEND:
        raise contract_error("StipendOutOfBounds", most=MOST_STIPEND, received=callback.gas_stipend)


def _check_sizes(terms: Terms) -> None:
    if not LEAST_COMMITTEE <= terms.committee <= MOST_COMMITTEE:
        raise contract_error(
            "CommitteeOutOfBounds",
            least=LEAST_COMMITTEE,
            most=MOST_COMMITTEE,
            received=terms.committee,
        )
    if not 1 <= terms.rounds <= MAX_ROUNDS:
        raise contract_error("RoundsOutOfBounds", most=MAX_ROUNDS, received=terms.rounds)


def _check_phase(name: str, seconds: int, shortest: int, longest: int) -> None:
    if not shortest <= seconds <= longest:
        raise contract_error(name, shortest=shortest, longest=longest, received=seconds)
