"""Transactions of the signer: simulated, signed, written down, broadcast, followed.

Whatever is ready goes into one transaction. A transaction that was written down is broadcast again,
byte for byte, until it is mined or another one has taken its nonce: after a crash as well.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from assay import reverts
from worker.calls import StepCall, together
from worker.chain import Header, Receipt, Refusal
from worker.steps import Kind
from worker.store import Outbox, SentTransaction
from worker.store import Step as SentStep

_INTRINSIC_GAS = 21_000
_BATCH_GAS = 5_000
# What a call saves among others of its series, roughly (docs/decisions.md): when that is more than
# another transaction costs, the series goes by itself.
_SAVED_GAS = {
    "proposeMany": 16_000,
    "commitMany": 3_500,
    "revealMany": 3_500,
    "revealKnownMany": 3_500,
}
# The state may change before the transaction is mined: a tally that appears, a result that must be
# published after all. Gas that is not used is not paid for.
_HEADROOM_GAS = 60_000
_HEADROOM_GAS_PER_BYTE = 10
_MOST_BYTES = 120_000
_BLOCKS_BETWEEN_BROADCASTS = 3


class TransactionChain(Protocol):
    """The part of `worker.chain.Chain` that sending needs."""

    def nonce(self, account: ChecksumAddress, *, pending: bool = False) -> int:
        """How many transactions of an account are mined, or known to the node."""

    def estimate(
        self, sender: ChecksumAddress, calls: Sequence[tuple[ChecksumAddress, bytes]]
    ) -> list[int | Refusal]:
        """The gas each call would take by itself, or why it would fail."""

    def broadcast(self, transactions: Sequence[bytes]) -> list[Refusal | None]:
        """Hand raw transactions to the node."""

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """What became of transactions."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What the signer is willing to spend: wei a gas, and gas a transaction."""

    ceiling: int
    tip: int
    transaction_gas: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that was not taken."""

    step: SentStep
    reason: str


@dataclass(frozen=True, slots=True)
class _Ready:
    call: StepCall
    gas: int
    headroom: int
    """Gas for what may have changed until the call is mined."""


class Sender:
    """The one sender for a key: nonces in order, any number of transactions on their way."""

    def __init__(
        self,
        chain: TransactionChain,
        outbox: Outbox,
        account: LocalAccount,
        fees: Fees,
        chain_id: int,
    ) -> None:
        self._chain = chain
        self._outbox = outbox
        self._account = account
        self._fees = fees
        self._chain_id = chain_id
        self._broadcast_at: dict[bytes, int] = {}
        self._least_nonce: int | None = None
        self._log = structlog.get_logger(__name__)

    @property
    def address(self) -> ChecksumAddress:
        """The signer's."""
        return self._account.address

    def send(self, calls: Sequence[StepCall], head: Header) -> list[Failure]:
        """Take all steps that would succeed; tells why the others were not taken."""
        if not calls:
            return []
        if head.base_fee + self._fees.tip > self._fees.ceiling:
            reason = (
                f"gas costs {head.base_fee} wei and the tip {self._fees.tip}, above the ceiling "
                f"of {self._fees.ceiling}: waiting, or raise max_fee_gwei"
            )
            return [Failure(step, reason) for call in calls for step in _stored(call)]
        ready, failures = self._simulated(calls)
        for group in _groups(ready):
            for batch in self._batches(group):
                self._send(batch, head)
        return failures

    def follow(self, head: Header) -> list[Failure]:
        """See to the transactions on their way; tells which of their steps have failed.

        To be called once a block: what the node has forgotten, or never seen, is sent again.
        """
        pending = self._outbox.pending()
        receipts = self._chain.receipts([item.hash for item in pending]) if pending else []
        failures: list[Failure] = []
        waiting = []
        for item, receipt in zip(pending, receipts, strict=True):
            if receipt is None:
                waiting.append(item)
            else:
                failures += self._mined(item, receipt)
        overdue = [item for item in waiting if self._is_overdue(item, head)]
        if overdue:
            self._least_nonce = self._chain.nonce(self._account.address)
            for item in overdue:
                if item.nonce < self._least_nonce:
                    failures += self._lost(item)
            self._broadcast([t for t in overdue if t.nonce >= self._least_nonce], head)
        return failures

    # --- sending ---

    def _simulated(self, calls: Sequence[StepCall]) -> tuple[list[_Ready], list[Failure]]:
        estimates = self._chain.estimate(
            self._account.address, [(call.target, call.data) for call in calls]
        )
        ready, failures = [], []
        for call, gas in zip(calls, estimates, strict=True):
            if isinstance(gas, Refusal):
                failures += [Failure(step, str(gas)) for step in _stored(call)]
            else:
                headroom = _HEADROOM_GAS + _HEADROOM_GAS_PER_BYTE * len(call.data)
                ready.append(_Ready(call, gas - _INTRINSIC_GAS, headroom))
        return ready, failures

    def _batches(self, items: Sequence[_Ready]) -> Iterator[list[_Ready]]:
        """Parts that each fit into a transaction; a call too large for one goes alone."""
        batch: list[_Ready] = []
        size = 0
        for item in items:
            room = _gas([*batch, item]) <= self._fees.transaction_gas
            if batch and not (room and size + len(item.call.data) <= _MOST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(item)
            size += len(item.call.data)
        yield batch

    def _send(self, batch: Sequence[_Ready], head: Header) -> None:
        transaction = self._signed(batch, head)
        self._outbox.record(transaction)
        for step in transaction.steps:
            self._log.info(
                "sent", job=step.job_id, step=step.kind, round=step.round, tx=transaction.hash
            )
        self._broadcast([transaction], head)

    def _signed(self, batch: Sequence[_Ready], head: Header) -> SentTransaction:
        calls = [item.call for item in batch]
        nonce = self._next_nonce()
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": self._chain_id,
                "nonce": nonce,
                "to": calls[0].target,
                "value": 0,
                "data": together(calls),
                "gas": min(_gas(batch), self._fees.transaction_gas),
                "maxFeePerGas": min(self._fees.ceiling, 2 * head.base_fee + self._fees.tip),
                "maxPriorityFeePerGas": self._fees.tip,
            }
        )
        return SentTransaction(
            nonce=nonce,
            hash=bytes(signed.hash),
            raw=bytes(signed.raw_transaction),
            recorded_at=int(time.time()),
            steps=tuple(
                replace(step, item=item)
                for item, call in enumerate(calls)
                for step in _stored(call)
            ),
        )

    def _next_nonce(self) -> int:
        if self._least_nonce is None:  # the key may have been used with another store
            self._least_nonce = self._chain.nonce(self._account.address, pending=True)
        return max(self._outbox.next_nonce(), self._least_nonce)

    def _broadcast(self, transactions: Sequence[SentTransaction], head: Header) -> None:
        refusals = self._chain.broadcast([item.raw for item in transactions])
        for item, refusal in zip(transactions, refusals, strict=True):
            self._broadcast_at[item.hash] = head.number
            if refusal is not None and not _is_known_already(refusal):
                self._log.warning(
                    "transaction not accepted", tx=item.hash, nonce=item.nonce, error=str(refusal)
                )

    def _is_overdue(self, item: SentTransaction, head: Header) -> bool:
        """Whether a transaction should have been mined, or was never broadcast by this process."""
        sent_at = self._broadcast_at.get(item.hash)
        return sent_at is None or head.number >= sent_at + _BLOCKS_BETWEEN_BROADCASTS

    # --- following ---

    def _mined(self, item: SentTransaction, receipt: Receipt) -> list[Failure]:
        self._outbox.mined(item.hash, receipt.block_number)
        self._broadcast_at.pop(item.hash, None)
        failures = []
        for step in item.steps:
            log = self._log.bind(
                job=step.job_id, step=step.kind, round=step.round, tx=item.hash,
                block=receipt.block_number, gas=receipt.gas_used // len(item.steps),
            )  # fmt: skip
            reason = _failure(step, receipt)
            if reason is None:
                log.info("mined")
            else:
                log.warning("failed", reason=reason)
                failures.append(Failure(step, reason))
        return failures

    def _lost(self, item: SentTransaction) -> list[Failure]:
        self._outbox.lost(item.hash)
        self._broadcast_at.pop(item.hash, None)
        self._log.warning("transaction replaced", tx=item.hash, nonce=item.nonce)
        reason = "another transaction of the signer has taken its nonce"
        return [Failure(step, reason) for step in item.steps]


def _gas(items: Sequence[_Ready]) -> int:
    """What a transaction with these calls may take.

    A proposal meets nothing new but a new epoch of the worker's stake, and all of them only once.
    """
    proposals = [item.headroom for item in items if _proposes(item)]
    others = sum(item.headroom for item in items if not _proposes(item))
    calls = sum(item.gas + _BATCH_GAS for item in items)
    return _INTRINSIC_GAS + calls + others + max(proposals, default=0)


def _groups(items: Sequence[_Ready]) -> list[list[_Ready]]:
    """Calls that share a transaction, in the order of the first of each group.

    What a batch reports is told by the place in it, so a series is a transaction or no series.
    """
    counts = Counter(item.call.item.series for item in items if item.call.item)
    alone = {
        series
        for series, count in counts.items()
        if count * _SAVED_GAS[series.name] > _INTRINSIC_GAS
    }
    groups: dict[Hashable, list[_Ready]] = {}
    for item in items:
        series = item.call.item.series if item.call.item else None
        groups.setdefault(series if series in alone else item.call.target, []).append(item)
    return list(groups.values())


def _proposes(item: _Ready) -> bool:
    return item.call.item is not None and item.call.item.series.name == "proposeMany"


def _stored(call: StepCall) -> list[SentStep]:
    return [
        SentStep(step.job_id, step.kind, step.round, getattr(step, "units", 0))
        for step in call.steps
    ]


def _failure(step: SentStep, receipt: Receipt) -> str | None:
    if not receipt.succeeded:
        return "the transaction reverted"
    if step.kind == Kind.DELIVER and step.job_id in receipt.deliveries:
        return None
    if step.item in receipt.failed_items:
        return str(reverts.decode(receipt.failed_items[step.item]))
    if step.kind == Kind.CLAIM and step.job_id in receipt.skipped_claims:
        return reverts.name_of(receipt.skipped_claims[step.job_id])
    return None


def _is_known_already(refusal: Refusal) -> bool:
    text = refusal.message.lower()
    return any(known in text for known in ("already known", "already imported", "nonce too low"))
