"""Each operation once, alone in its transaction."""

from eth_utils.address import to_checksum_address
from web3.contract.contract import ContractFunction

from assay.terms import Callback
from benchmarks.gas.arena import UNIT, Arena, Worker
from benchmarks.gas.match import DIGEST, RESULT, Played, play, post, terms
from benchmarks.gas.meter import Spent
from benchmarks.gas.open_round import WINDOW, propose
from benchmarks.gas.whole_job import settle_money

COMMITTEE = 3
CALLBACK = Callback(
    target=to_checksum_address("0x" + "c0de" * 10), gas_stipend=100_000, delivery_fee=100
)
"""An address without code: what is measured is the delivery, not what a dapp does with it."""


def measure_operations(arena: Arena) -> dict[str, Spent]:
    """What each operation costs by name. Accounts have traded before, slots of votes are fresh."""
    earlier = play(arena, "earlier", terms(COMMITTEE), CALLBACK)
    _deliver(arena, earlier)
    settle_money(arena, [earlier])

    arena.pass_epochs()
    job = play(arena, "measured", terms(COMMITTEE), CALLBACK)
    worker = job.seats[0].worker
    return {
        "post": job.posted.cost,
        "commit.first": job.commits[0],
        "commit.next": job.commits[1],
        "commit.last": job.commits[2],
        "reveal.first": job.reveals[0],
        "reveal.deciding": job.reveals[1],
        "reveal.next": job.reveals[2],
        "deliver": _deliver(arena, job),
        "claim.single": arena.send(_claim(arena, worker, job), worker.signer),
        "close.single": _close(arena, job),
        "cancel": _cancel(arena),
        "advance": _advance(arena),
        **_open_round(arena, worker),
        **_stake_moves(arena),
    }


def _claim(arena: Arena, worker: Worker, job: Played) -> ContractFunction:
    vote = job.posted.key.as_tuple(), job.ballot(job.seats[0])
    return arena.settlement.functions.claim(worker.account, [vote])


def _open_round(arena: Arena, worker: Worker) -> dict[str, Spent]:
    appealed = propose(arena, "appealed", worker)
    key = appealed.posted.key.as_tuple()
    call = arena.settlement.functions.appeal(key, worker.account, DIGEST)
    appeal = arena.send(call, arena.requester)

    settled = propose(arena, "proposed", worker)
    arena.mine(arena.now() + WINDOW)
    claim = arena.settlement.functions.claim(worker.account, [settled.claim])
    return {
        "propose": settled.cost,
        "appeal": appeal,
        "claim.proposal": arena.send(claim, worker.signer),
    }


def _deliver(arena: Arena, job: Played) -> Spent:
    call = arena.queue.functions.deliver(
        job.posted.request.as_tuple(), job.posted.rules.pack(), arena.relayer, RESULT
    )
    return arena.send(call, arena.relayer)


def _close(arena: Arena, job: Played) -> Spent:
    preimage = (job.posted.request.as_tuple(), job.posted.rules.pack())
    return arena.send(arena.settlement.functions.close(*preimage), arena.relayer)


def _cancel(arena: Arena) -> Spent:
    posted = post(arena, "cancelled", terms(COMMITTEE))
    call = arena.queue.functions.cancel(posted.request.as_tuple(), posted.rules.pack())
    return arena.send(call, arena.requester)


def _advance(arena: Arena) -> Spent:
    """A round that nobody came for is redrawn."""
    posted = post(arena, "deserted", terms(COMMITTEE))
    arena.mine(posted.opened_at + posted.request.terms.commit_seconds)
    return arena.send(arena.settlement.functions.advance(posted.key.as_tuple()), arena.relayer)


def _stake_moves(arena: Arena) -> dict[str, Spent]:
    arena.pass_epochs()
    account = arena.workers[0].account
    vault = arena.vault.functions
    return {
        "stake": arena.send(vault.stake(100 * UNIT), account),
        "unstake": arena.send(vault.unstake(100 * UNIT), account),
        "withdraw": arena.send(vault.withdraw(account, 100 * UNIT), account),
    }
