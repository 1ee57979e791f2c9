"""A worker as it is printed."""

from __future__ import annotations

from typing import Any

from assay.cli.output import fields, when
from assay.cli.session import Session
from assay.contract_errors import contract_error
from assay.staking import Worker


def show(session: Session, account: str) -> None:
    """Prints the worker of a cold account. Raises ContractError, named NotRegistered."""
    client = session.reader
    worker = client.worker(account)
    if not worker.registered:
        raise contract_error("NotRegistered", worker=worker.address)
    total, credit = client.total_stake(), client.credit(worker.address)
    leaving = session.shown(worker.unbonding)
    if worker.unbonding:
        leaving += f", to be withdrawn from {when(worker.release_at)} on"
    session.show(
        {**document(worker, total), "credit": credit},
        fields(
            {
                "worker": worker.address,
                "signer": worker.signer,
                "switched on": worker.active,
                "stake, free": f"{session.shown(worker.free)}; bonds in jobs are not in it",
                "counts in this epoch": session.shown(worker.weight),
                "share of the draw": share(worker, total),
                "on its way out": leaving,
                "credit, fees earned in it": session.shown(credit),
                "endpoint": worker.endpoint or None,
            }
        ),
    )


def document(worker: Worker, total: int) -> dict[str, Any]:
    """For programs. Amounts in wei."""
    return {
        "worker": worker.address,
        "signer": worker.signer,
        "active": worker.active,
        "stake": worker.free,
        "weight": worker.weight,
        "share": fraction(worker, total),
        "unbonding": worker.unbonding,
        "release_at": worker.release_at,
        "endpoint": worker.endpoint,
    }


def fraction(worker: Worker, total: int) -> float:
    """Of the seats of rounds that open now, 0 to 1."""
    return worker.weight / total if worker.active and total else 0.0


def share(worker: Worker, total: int) -> str:
    """The same for people."""
    return f"{fraction(worker, total):.2%}"
