"""Transactions of the signer: simulated, signed, written down, broadcast, followed.

Whatever is ready goes into one transaction. A transaction that was written down is broadcast again,
byte for byte or at a higher price, until one of its forms is mined or a stranger has taken its
nonce: after a crash as well.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from assay import reverts
from worker.broadcasts import Broadcaster, Broadcasts
from worker.calls import StepCall, together
from worker.chain import Header, Receipt
from worker.fees import Fees, Price, Prices, TipSource
from worker.signing import Signing, price_of
from worker.simulation import Failure, Parcel, SimulationChain, Simulator, numbered, stored
from worker.steps import BONDS, Kind
from worker.store import Attempt, Outbox, SentTransaction
from worker.store import Step as SentStep

_BLOCKS_TO_BE_SURE = 3
_LARGEST_GAP = 16
"""Nonces that are filled before a transaction. One further ahead was given a nonce out of the air:
a node may be wrong about how many transactions there are."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of this worker that a receipt shows."""

    job_id: bytes
    round: int
    block_number: int


class TransactionChain(SimulationChain, TipSource, Broadcaster, Protocol):
    """The part of `worker.chain.Chain` that sending needs."""

    def nonce(self, account: ChecksumAddress, block: int | None = None) -> int:
        """How many transactions of an account are mined as of a block; without it, known."""

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """What became of transactions."""


class Sender:
    """The one sender for a key: nonces in order, any number of transactions on their way."""

    def __init__(
        self,
        chain: TransactionChain,
        outbox: Outbox,
        account: LocalAccount,
        fees: Fees,
        chain_id: int,
        bump_after_blocks: int = 5,
    ) -> None:
        """A transaction that is not mined within `bump_after_blocks` is sent at a higher price."""
        self._chain = chain
        self._outbox = outbox
        self._signing = Signing(account, chain_id)
        self._prices = Prices(chain, fees)
        self._simulator = Simulator(chain, account.address, fees.transaction_gas)
        self._broadcasts = Broadcasts(chain, bump_after_blocks)
        self._least_nonce: int | None = None
        self._doubted: dict[bytes, int] = {}
        """Transactions whose nonce seems of no use, and the block at which it first did."""
        self._seats: list[Seat] = []
        self._log = structlog.get_logger(__name__)

    @property
    def seats(self) -> Sequence[Seat]:
        """The seats that the last `follow` has found to be taken."""
        return self._seats

    @property
    def address(self) -> ChecksumAddress:
        """The signer's."""
        return self._signing.account.address

    @property
    def tip(self) -> int:
        """What whoever makes the block is paid, wei a gas, as far as is known."""
        return self._prices.tip

    def send(self, calls: Sequence[StepCall], head: Header) -> list[Failure]:
        """Take all steps that would succeed; tells why the others were not taken."""
        if not calls:
            return []
        price = self._prices.first(head)
        if price is None:
            reason = self._prices.why_not(head)
            return [Failure(step, reason) for call in calls for step in stored(call)]
        parcels, failures = self._simulator.prepare(calls)
        self._broadcasts.send([self._packed(parcel, price) for parcel in parcels], head)
        return failures

    def follow(self, head: Header) -> list[Failure]:
        """See to the transactions on their way; tells which of their steps have failed.

        To be called once a block: what the node has forgotten, or never seen, is sent again.
        """
        self._seats = []
        self._prices.see(head)
        pending = self._outbox.pending()
        if not pending:
            return []
        overdue = {item.nonce for item in pending if self._broadcasts.is_overdue(item, head)}
        # Asked for before the receipts: what is mined meanwhile is not taken for lost.
        least = self._chain.nonce(self.address, head.number) if overdue else None
        receipts = iter(self._chain.receipts([a.hash for t in pending for a in t.attempts]))
        failures: list[Failure] = []
        waiting = []
        for item in pending:
            told = [receipt for _ in item.attempts if (receipt := next(receipts))]
            if not told:
                waiting.append(item)
            elif _is_read(told[0], head):
                failures += self._mined(item, told[0])
        if least is not None:
            failures += self._see_to([t for t in waiting if t.nonce in overdue], least, head)
        return failures

    # --- sending ---

    def _packed(self, parcel: Parcel, price: Price) -> SentTransaction:
        nonce, target = self._next_nonce(), parcel.calls[0].target
        attempt = self._signing.call(nonce, target, together(parcel.calls), parcel.gas, price)
        return self._recorded(nonce, attempt, numbered(parcel.calls))

    def _recorded(
        self, nonce: int, attempt: Attempt, steps: tuple[SentStep, ...]
    ) -> SentTransaction:
        transaction = SentTransaction(nonce, (attempt,), int(time.time()), steps)
        self._outbox.record(transaction)
        for step in steps:
            self._log.info(
                "sent", job=step.job_id, step=step.kind, round=step.round, tx=attempt.hash
            )
        return transaction

    def _next_nonce(self) -> int:
        if self._least_nonce is None:  # the key may have been used with another store
            self._least_nonce = self._chain.nonce(self.address)
        return max(self._outbox.next_nonce(), self._least_nonce)

    # --- following ---

    def _see_to(
        self, overdue: Sequence[SentTransaction], least: int, head: Header
    ) -> list[Failure]:
        """Send again what was not mined. `least` is the first nonce that is free, as of `head`."""
        nonces = range(least, least + len(self._outbox.pending()) + _LARGEST_GAP)
        lost = [item for item in overdue if self._is_lost(item, nonces, head)]
        failures = [failure for item in lost for failure in self._lost(item)]
        if lost:
            self._least_nonce = least
        alive = [item for item in overdue if item.nonce in nonces]
        if alive:
            alive = [*self._gap_filled(alive[0].nonce, least, head), *alive]
        self._broadcasts.send([self._bumped(item, head) for item in alive], head)
        return failures

    def _is_lost(self, item: SentTransaction, nonces: range, head: Header) -> bool:
        """Whether its nonce is none of those of use, now and some blocks ago.

        Count and receipts are two questions: between them the chain may be reorganised, or another
        node asked.
        """
        if item.nonce in nonces:
            self._doubted.pop(item.hash, None)
            return False
        return head.number >= self._doubted.setdefault(item.hash, head.number) + _BLOCKS_TO_BE_SURE

    def _gap_filled(self, lowest: int, least: int, head: Header) -> list[SentTransaction]:
        """Transactions that do nothing, for nonces before the lowest that nobody has used.

        Without them those behind would wait for ever: rows were lost with an older data folder,
        or the key is used elsewhere and what it sent there was dropped.
        """
        used = {item.nonce for item in self._outbox.pending()}
        gap = [nonce for nonce in range(least, lowest) if nonce not in used]
        price = self._prices.first(head) if gap else None
        if price is None or self._chain.nonce(self.address) > gap[0]:
            return []  # the node knows of one for it
        self._log.warning("nonces not used", first=gap[0], last=gap[-1])
        return [self._recorded(nonce, self._signing.nothing(nonce, price), ()) for nonce in gap]

    def _bumped(self, item: SentTransaction, head: Header) -> SentTransaction:
        """The transaction at a higher price, if it has waited for long and may cost more."""
        if not self._broadcasts.is_stuck(item, head):
            return item
        before = item.attempts[-1].raw
        price = self._prices.raised(price_of(before), head)
        if price is None:
            if self._broadcasts.is_stuck_since_last(item, head):
                self._log.warning("waiting at the ceiling of the gas price", nonce=item.nonce)
            return item
        attempt = self._signing.again(before, price)
        self._log.info(
            "sent at a higher price", tx=attempt.hash, nonce=item.nonce, max_fee=price.max_fee
        )
        return self._outbox.replace(item, attempt)

    def _mined(self, item: SentTransaction, receipt: Receipt) -> list[Failure]:
        self._outbox.mined(item.hash, receipt.block_number)
        self._doubted.pop(item.hash, None)
        self._broadcasts.forget(item)
        failures = []
        for step in item.steps:
            log = self._log.bind(
                job=step.job_id, step=step.kind, round=step.round, tx=receipt.hash,
                block=receipt.block_number, gas=receipt.gas_used // len(item.steps),
            )  # fmt: skip
            reason = _failure(step, item.steps, receipt)
            if reason is None:
                log.info("mined")
                if step.kind in BONDS:
                    self._seats.append(Seat(step.job_id, step.round, receipt.block_number))
            else:
                log.warning("failed", reason=reason)
                failures.append(Failure(step, reason))
        return failures

    def _lost(self, item: SentTransaction) -> list[Failure]:
        self._outbox.lost(item.hash)
        self._doubted.pop(item.hash)
        self._broadcasts.forget(item)
        self._log.warning("transaction lost", tx=item.hash, nonce=item.nonce)
        reason = "another transaction of the signer has taken its nonce, or it was too high a one"
        return [Failure(step, reason) for step in item.steps]


def _is_read(receipt: Receipt, head: Header) -> bool:
    """Whether the receipt's block is part of what has been read.

    Until then it may be replaced without being missed.
    """
    if receipt.block_number == head.number:
        return receipt.block_hash == head.hash
    return receipt.block_number < head.number


def _failure(step: SentStep, steps: Sequence[SentStep], receipt: Receipt) -> str | None:
    """Why a step of a transaction with these steps had no effect; None if it had."""
    if not receipt.succeeded:
        return "the transaction reverted"
    if step.kind == Kind.DELIVER and step.job_id in receipt.deliveries:
        return None
    if step.item in receipt.failed_items:
        return str(reverts.decode(receipt.failed_items[step.item]))
    if step.kind == Kind.CLAIM:
        reasons = receipt.skipped_claims.get(step.job_id, ())
        claims = sum(each.kind == Kind.CLAIM and each.job_id == step.job_id for each in steps)
        if len(reasons) == claims:  # or else it is not told which of them had none
            return reverts.name_of(reasons[0])
    return None
