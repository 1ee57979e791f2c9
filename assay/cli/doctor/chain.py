"""The node, the contracts, and what the account has there."""

from __future__ import annotations

import time

from eth_typing import ChecksumAddress

from assay import rpc
from assay.chain import Chain
from assay.cli import coin
from assay.cli.consent import coins
from assay.cli.doctor.findings import Findings
from assay.cli.output import when
from assay.cli.session import Session
from assay.client import Client
from assay.development import CHAINS_FOR_DEVELOPMENT
from assay.errors import AssayError

_STALE_SECONDS = 600
_AHEAD_SECONDS = 60
_POST_GAS = 300_000
"""Of a post with its deposit, about."""


def look(found: Findings, session: Session) -> None:
    """What can be had without a deployment is looked at without one."""
    deployment = found.attempt(
        "deployment", lambda: session.deployment, lambda it: f"{it.network}, chain {it.chain_id}"
    )
    if deployment is None:
        found.attempt("node", lambda: rpc.request(session.w3, "eth_chainId"), _answers)
        return
    checked = found.attempt(
        "node", lambda: session.checked, lambda _: f"{rpc.host(session.w3)}, all contracts there"
    )
    if checked is None:
        return
    _head(found, session)
    _queue(found, session)
    found.attempt("workers", lambda: _workers(found, session))
    owner = _owner(session)
    if owner is not None:
        found.attempt("money", lambda: _money(found, session, owner))


def _answers(chain_id: str) -> str:
    return f"answers, chain {int(chain_id, 16)}"


def _head(found: Findings, session: Session) -> None:
    def look() -> int:
        with rpc.translated(session.w3):
            return int(session.w3.eth.get_block("latest")["timestamp"])

    latest = found.attempt("newest block", look)
    if latest is None:
        return
    age = int(time.time()) - latest
    develops = session.deployment.chain_id in CHAINS_FOR_DEVELOPMENT
    if -_AHEAD_SECONDS <= age <= _STALE_SECONDS:
        found.ok("newest block", when(latest))
    elif develops:
        found.note("newest block", f"{when(latest)}; a local chain has a clock of its own")
    elif age > 0:
        found.wrong("newest block", f"{when(latest)}: the node has stopped, or has to catch up")
    else:
        found.wrong("newest block", f"{when(latest)}: set this machine's clock, it is behind")


def _queue(found: Findings, session: Session) -> None:
    chain = Chain(session.w3, session.deployment)
    paused = found.attempt("queue", lambda: bool(chain.call(chain.queue.functions.paused())))
    if paused:
        found.wrong("queue", "its owner paused new jobs; running ones and withdrawals go on")
    elif paused is not None:
        found.ok("queue", "takes jobs")


def _workers(found: Findings, session: Session) -> None:
    total = session.reader.total_stake()
    if total:
        found.ok("workers", f"rounds draw from {session.shown(total)} of stake")
    else:
        found.wrong("workers", "none has stake that is switched on, so nobody answers: wait")


def _owner(session: Session) -> ChecksumAddress | None:
    try:
        return session.address if session.settings.key_store else None
    except AssayError:
        return None  # said with the key store


def _money(found: Findings, session: Session, owner: ChecksumAddress) -> None:
    _coin(found, session, owner)
    client: Client = session.reader
    held, credit = client.balance(owner), client.credit(owner)
    says = f"{session.shown(credit)} of credit, {session.shown(held)} outside of the vault"
    if held or credit:
        found.ok("asset", says)
    else:
        found.note("asset", f"{says}: jobs are paid in it; get some at {session.deployment.asset}")
    chain = Chain(session.w3, session.deployment)
    vault = session.deployment.vault
    allowed = int(chain.call(chain.asset.functions.allowance(owner, vault)))
    found.ok(
        "allowance",
        f"{session.shown(allowed)} for the vault; deposits sign or approve what they lack",
    )


def _coin(found: Findings, session: Session, owner: ChecksumAddress) -> None:
    held = coin.balance(session.w3, owner)
    with rpc.translated(session.w3):
        cost = _POST_GAS * int(session.w3.eth.gas_price)
    if held >= cost:
        found.ok("gas", coins(held))
    else:
        found.wrong("gas", f"{coins(held)}; a post takes up to {coins(cost)}: send {owner} some")
