"""Who has gained and lost what when a job is closed, to the wei."""

from collections import defaultdict
from dataclasses import dataclass

from benchmarks.economics.jobs import Job, Seats, Status, is_right
from benchmarks.economics.rules import BASIS_POINTS, Judging, Terms

REQUESTER = "requester"
TREASURY = "treasury"
BURNED = "burned"
OWNER = "owner of the model"

Balance = dict[str, int]
"""Wei gained or lost, by account."""


@dataclass
class _Appellant:
    account: str
    right: bool
    prepaid: int
    first_round: int
    """Wei prepaid for the round the appeal opened."""
    spent: int = 0


def close(job: Job) -> Balance:
    """What each account gains or loses by the job, all steps included. Sums to zero."""
    balance: defaultdict[str, int] = defaultdict(int)
    appellants = _put_in(job, balance)
    if job.status is Status.SETTLED:
        _settle(job, appellants, balance)
    elif job.status is Status.UNRESOLVED:
        _unresolve(job, appellants, balance)
    else:
        balance[REQUESTER] += job.terms.escrow()
        _return_bonds(job, balance)
    return dict(balance)


def _put_in(job: Job, balance: Balance) -> list[_Appellant]:
    terms = job.terms
    balance[REQUESTER] -= terms.escrow()
    appellants: list[_Appellant] = []
    for number, round_ in enumerate(job.rounds):
        for seats in round_.seats:
            balance[seats.account] -= seats.count * terms.bond
        if appeal := round_.appeal:
            prepaid = terms.reserve(number, round_.grown)
            first = round_.size * terms.seat_fee_cap
            right = _is_right_appeal(job, number, appeal.against)
            appellants.append(_Appellant(appeal.account, right, prepaid, first))
            balance[appeal.account] -= terms.bond + prepaid
    return appellants


def _is_right_appeal(job: Job, number: int, against: int) -> bool:
    """Whether the answer it was against is neither the final one nor came out again next.

    For TOLERANCE the protocol has to be shown the latter; somebody is assumed to.
    """
    if job.final is None or is_right(job.terms, against, job.final):
        return False
    return job.terms.judging is Judging.FINAL_ONLY or not job.upheld(number)


def _settle(job: Job, appellants: list[_Appellant], balance: Balance) -> None:
    terms, final = job.terms, job.final
    assert final is not None
    lost, requester_spent = 0, 0
    payers = iter(appellants)
    payer: _Appellant | None = None
    for round_ in job.rounds:
        payer = next(payers) if round_.appeal else payer
        for seats in round_.seats:
            if round_.void:
                balance[seats.account] += seats.count * terms.bond
            elif is_right(terms, seats.answer, final):
                fees = _pay(terms, seats, balance)
                if payer:
                    payer.spent += fees
                else:
                    requester_spent += fees
            else:
                lost += seats.count
    balance[REQUESTER] += terms.escrow() - requester_spent
    forfeited = terms.bond * (lost + sum(not each.right for each in appellants))
    _divide(terms, forfeited, appellants, balance)


def _pay(terms: Terms, seats: Seats, balance: Balance) -> int:
    """Bonds and fees of right seats. Returns the fees, shares of others included."""
    worker, royalty, protocol = terms.earned(seats.step)
    balance[seats.account] += seats.count * (terms.bond + worker)
    balance[OWNER] += seats.count * royalty
    balance[TREASURY] += seats.count * protocol
    return seats.count * terms.fee(seats.step)


def _divide(terms: Terms, forfeited: int, appellants: list[_Appellant], balance: Balance) -> None:
    """Lost bonds: a share is burned, right appellants are repaid, then rewarded, earliest first."""
    burned = forfeited * terms.burn_bps // BASIS_POINTS
    balance[BURNED] += burned
    pool = forfeited - burned
    for each in appellants:
        balance[each.account] += each.prepaid - each.spent + terms.bond * each.right
    for account, due in _dues(terms, [each for each in appellants if each.right]):
        paid = min(pool, due)
        pool -= paid
        balance[account] += paid
    balance[TREASURY] += pool


def _dues(terms: Terms, right: list[_Appellant]) -> list[tuple[str, int]]:
    """What right appellants are owed, in the order in which the pool serves it."""
    costs = [(each.account, each.spent) for each in right]
    if terms.costs_first:
        reward = terms.bond - terms.bond * terms.burn_bps // BASIS_POINTS
        return costs + [(each.account, reward) for each in right]
    return [(account, cost + terms.bond) for account, cost in costs]


def _unresolve(job: Job, appellants: list[_Appellant], balance: Balance) -> None:
    """No fees. Who revealed has its bond back, who fell silent does not."""
    terms = job.terms
    silent = 0
    for round_ in job.rounds:
        for seats in round_.seats:
            if round_.void or seats.answer is not None:
                balance[seats.account] += seats.count * terms.bond
            else:
                silent += seats.count
    balance[REQUESTER] += terms.escrow()
    burned = silent * terms.bond * terms.burn_bps // BASIS_POINTS
    balance[BURNED] += burned
    balance[TREASURY] += silent * terms.bond - burned
    for each in appellants:
        balance[each.account] += terms.bond + each.prepaid - each.first_round
        balance[TREASURY] += each.first_round


def _return_bonds(job: Job, balance: Balance) -> None:
    for seats in (seats for round_ in job.rounds for seats in round_.seats):
        balance[seats.account] += seats.count * job.terms.bond
