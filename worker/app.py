"""Putting a daemon together."""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableMapping

import structlog

from worker.board import Board
from worker.calls import Calls
from worker.chain import Chain
from worker.chain.heads import Heads
from worker.chain_clock import ChainClock
from worker.claims import Claims
from worker.compute import Computations, Inference
from worker.draws import Draws
from worker.errors import PreflightError
from worker.fees import Fees
from worker.holds import Holds
from worker.inference import ModelInference
from worker.inputs import InputStore
from worker.intake import Intake
from worker.knowledge import Knowledge
from worker.pace import Pace
from worker.parts import Parts
from worker.plan import Policy
from worker.preflight import Preflight
from worker.results import Results
from worker.runner import Daemon
from worker.seats_left import SeatsLeft
from worker.sender import Sender
from worker.settings import Settings

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0
_SECONDS_BETWEEN_REMINDERS = 60.0


def build(
    settings: Settings,
    inference: Inference | None = None,
    environment: MutableMapping[str, str] | None = None,
    pause: Callable[[float], None] | None = None,
) -> Daemon:
    """A daemon ready to run. `inference` answers the jobs; the product's own when none is given.

    Takes the key store's password out of the environment. With `pause`, which is to wait so many
    seconds, a node that does not answer is waited for. Raises PreflightError, which names
    everything that is wrong with configuration, chain, keys, store and registration; and what
    `pause` raises.
    """
    preflight = Preflight(settings)
    try:
        preflight.look(environment)
        if pause is not None:
            _wait_for_node(preflight, pause)
    except BaseException:  # told to stop
        preflight.close()
        raise
    preflight.require()
    return Daemon(_parts(settings, preflight, inference or ModelInference(settings)))


def _wait_for_node(preflight: Preflight, pause: Callable[[float], None]) -> None:
    """Look again until the node answers, or something else turns out to be wrong."""
    seconds, waited, told_at = _FIRST_PAUSE_SECONDS, 0.0, -_SECONDS_BETWEEN_REMINDERS
    while preflight.may_pass:
        if waited >= told_at + _SECONDS_BETWEEN_REMINDERS:
            reason = "; ".join(preflight.faults)
            structlog.get_logger(__name__).warning("waiting", reason=reason)
            told_at = waited
        pause(seconds)
        waited += seconds
        seconds = min(2 * seconds, _LONGEST_PAUSE_SECONDS)
        preflight.look_at_chain()


def _parts(settings: Settings, preflight: Preflight, inference: Inference) -> Parts:
    deployment, node, store = preflight.deployment, preflight.node, preflight.store
    signer, salts = preflight.signer, preflight.salts
    if not (deployment and node and store and signer and salts):
        raise PreflightError(["something was not checked"])
    chain = Chain(node, deployment)
    wake = threading.Event()
    results = Results(store.outcomes, store.history)
    draws = Draws(chain, settings.worker, deployment.epoch)
    computations = Computations(
        inference, InputStore(settings), settings.executor.threads, wake.set
    )
    fees = Fees(
        ceiling=settings.max_fee_wei,
        tip=settings.priority_fee_wei,
        transaction_gas=settings.max_transaction_gas,
        most_tip=settings.max_priority_fee_wei,
    )
    return Parts(
        worker=settings.worker,
        policy=policy(settings, deployment.unit, deployment.asset_decimals),
        chain=chain,
        store=store,
        intake=Intake(
            chain,
            store.history,
            start=deployment.block if settings.start_block is None else settings.start_block,
            confirmations=settings.confirmations,
            log_range=settings.log_range,
        ),
        board=Board(store.history),
        results=results,
        draws=draws,
        knowledge=Knowledge(settings.worker, results, draws, computations.is_busy_with),
        computations=computations,
        calls=Calls(deployment, settings.worker, salts, results.published),
        sender=Sender(
            chain, store.outbox, signer, fees, deployment.chain_id, settings.bump_after_blocks
        ),
        claims=Claims(settings.claim_batch, settings.claim_age_seconds),
        holds=Holds(),
        seats_left=SeatsLeft(),
        pace=Pace(settings.poll_seconds, settings.stagger_seconds),
        clock=ChainClock(deployment.chain_id),
        heads=None if settings.ws_url is None else Heads(settings.ws_url, wake.set),
        wake=wake,
    )


def policy(settings: Settings, unit: int, decimals: int = 0) -> Policy:
    """What the operator chose about jobs.

    `unit` is the wei in a unit of the vault, `decimals` are those of the asset.
    """
    worth = settings.asset_per_coin
    return Policy(
        min_seat_fee=settings.min_seat_fee,
        coin_units=None if worth is None else int(worth * 10**decimals) // unit,
        min_profit_percent=settings.min_profit_percent,
        min_delivery_fee=settings.min_delivery_fee,
        max_callback_gas=min(settings.max_callback_gas, settings.max_transaction_gas // 2),
        max_bond=settings.max_bond,
        max_bond_percent=settings.max_bond_percent,
        take_references=settings.take_references,
        compute_ahead=settings.compute_ahead_seconds,
        help_others=settings.help_others,
        max_deposit=settings.appeal_max_deposit // unit,
        watch_percent=settings.watch_percent,
    )
