"""Putting a daemon together."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, MutableMapping

import structlog

from worker.board import Board
from worker.calls import Calls
from worker.chain import Chain
from worker.claims import Claims
from worker.compute import Computations, Inference
from worker.draws import Draws
from worker.errors import PreflightError
from worker.holds import Holds
from worker.inference import ModelInference
from worker.intake import Intake
from worker.knowledge import Knowledge
from worker.pace import Pace
from worker.parts import Parts
from worker.plan import Policy
from worker.preflight import Preflight
from worker.results import Results
from worker.runner import Daemon
from worker.sender import Fees, Sender
from worker.settings import PASSWORD_VARIABLE, Settings

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0


def build(
    settings: Settings,
    inference: Inference | None = None,
    environment: MutableMapping[str, str] | None = None,
    pause: Callable[[float], None] | None = None,
) -> Daemon:
    """A daemon ready to run. `inference` answers the jobs; the product's own when none is given.

    Takes the key store's password out of the environment. With `pause`, which is to wait so many
    seconds, a node that does not answer is waited for. Raises PreflightError, which names
    everything that is wrong with configuration, chain, keys, store and registration.
    """
    environment = os.environ if environment is None else environment
    kept = dict(environment)
    environment.pop(PASSWORD_VARIABLE, None)
    preflight = Preflight(settings)
    preflight.look(dict(kept))
    seconds = _FIRST_PAUSE_SECONDS
    while pause is not None and preflight.may_pass:
        if seconds == _FIRST_PAUSE_SECONDS:
            structlog.get_logger(__name__).warning("waiting", reason="; ".join(preflight.faults))
        preflight.close()
        pause(seconds)
        seconds = min(2 * seconds, _LONGEST_PAUSE_SECONDS)
        preflight = Preflight(settings)
        preflight.look(dict(kept))
    preflight.require()
    return Daemon(_parts(settings, preflight, inference or ModelInference(settings)))


def _parts(settings: Settings, preflight: Preflight, inference: Inference) -> Parts:
    deployment, node, store = preflight.deployment, preflight.node, preflight.store
    signer, salts = preflight.signer, preflight.salts
    if not (deployment and node and store and signer and salts):
        raise PreflightError(["something was not checked"])
    chain = Chain(node, deployment)
    wake = threading.Event()
    results = Results(store.outcomes, store.history)
    draws = Draws(chain, settings.worker, deployment.epoch)
    computations = Computations(inference, settings.executor.threads, wake.set)
    fees = Fees(settings.max_fee_wei, settings.priority_fee_wei, settings.max_transaction_gas)
    return Parts(
        worker=settings.worker,
        policy=policy(settings, deployment.unit),
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
        sender=Sender(chain, store.outbox, signer, fees, deployment.chain_id),
        claims=Claims(settings.claim_batch, settings.claim_age_seconds),
        holds=Holds(),
        pace=Pace(settings.poll_seconds, settings.stagger_seconds),
        wake=wake,
    )


def policy(settings: Settings, unit: int) -> Policy:
    """What the operator chose about jobs; `unit` is the wei in a unit of the vault."""
    return Policy(
        min_seat_fee=settings.min_seat_fee,
        min_delivery_fee=settings.min_delivery_fee,
        max_bond=settings.max_bond,
        max_bond_percent=settings.max_bond_percent,
        compute_ahead=settings.compute_ahead_seconds,
        help_others=settings.help_others,
        max_deposit=settings.appeal_max_deposit // unit,
        watch_percent=settings.watch_percent,
    )
