"""Transactions: signed here, sent, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from eth_account.signers.local import LocalAccount
from eth_typing import BlockNumber, ChecksumAddress
from hexbytes import HexBytes
from web3 import Web3
from web3.contract.contract import ContractFunction
from web3.exceptions import TimeExhausted
from web3.types import TxParams, TxReceipt, Wei

from assay import deadlines, reverts, rpc
from assay.chain import Chain
from assay.contract_errors import ContractError
from assay.errors import AssayError
from assay.events import BatchItemFailed, Event

NONCE_ATTEMPTS = 3
"""Tries with a new nonce when another transaction of the account came first."""

MAX_GAS_PRICE = 5 * 10**11
"""Wei for a gas that nobody pays unless he says so: 500 gwei, which main nets rarely reach."""


class TransactionError(AssayError):
    """A transaction did not do what it was sent for."""


class InsufficientFundsError(TransactionError):
    """The account cannot pay for gas."""


class GasTooDearError(TransactionError):
    """The node asks more for gas than is to be paid. Nothing was sent."""


class TransactionFailedError(TransactionError):
    """It was mined and had no effect."""


class TransactionPendingError(TransactionError):
    """It was sent, or may have been, and is not known to be mined. Do not just send again."""

    def __init__(self, transaction_hash: bytes, reason: str) -> None:
        super().__init__(transaction_hash, reason)
        self.transaction_hash = transaction_hash
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"transaction 0x{self.transaction_hash.hex()} is not mined as far as is known "
            f"({self.reason}): it may still be; look it up before sending anything again"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mined:
    """A transaction that took effect."""

    transaction_hash: HexBytes
    block_number: int
    gas_used: int
    events: tuple[Event, ...]
    """Of this deployment's contracts, in their order."""

    @property
    def failures(self) -> Mapping[int, ContractError]:
        """The calls of a batch that had no effect, by their index, and why."""
        return {
            event.index: reverts.decode(event.reason)
            for event in self.events
            if isinstance(event, BatchItemFailed)
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """A transaction that is about to be signed and sent."""

    function: str
    """Of the contract that it calls."""
    to: ChecksumAddress
    gas: int
    """That it may use; it is likely to use less."""
    gas_price: int
    """Wei of the chain's own coin for each, as the next block would take them."""
    max_gas_price: int
    """Wei for each that are signed for, and no more: the price may rise until it is mined."""

    @property
    def cost(self) -> int:
        """Wei of the chain's own coin, about."""
        return self.gas * self.gas_price

    @property
    def most(self) -> int:
        """Wei of the chain's own coin, whatever becomes of the price."""
        return self.gas * self.max_gas_price


@dataclass(frozen=True, kw_only=True, slots=True)
class Fees:
    """What is signed for a gas, in wei."""

    base: int
    """Of the next block."""
    tip: int
    most: int
    """Base fee and tip together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """What `before` was told of a transaction that is sent later."""

    gas: int
    fees: Fees


BeforeSending = Callable[[Sending], None]
"""Told of a transaction before it is signed; what it raises keeps it from being sent."""


class Sender:
    """Sends transactions of one account, with EIP-1559 fees. May be shared by threads."""

    def __init__(
        self,
        chain: Chain,
        account: LocalAccount,
        deadline: float,
        poll: float,
        most: int = MAX_GAS_PRICE,
        before: BeforeSending | None = None,
    ) -> None:
        """`deadline` and `poll` are seconds: how long to wait for a receipt, and between looks.

        Inside `assay.deadlines.within` it waits no longer than that.
        `most` is wei for a gas. Prices come from the node, which may be lying. `before` is told of
        each transaction.
        """
        self._chain = chain
        self._w3 = chain.w3
        self._account = account
        self._deadline = deadline
        self._poll = poll
        self._most = most
        self._before = before
        self._lock = threading.Lock()

    @property
    def address(self) -> ChecksumAddress:
        return self._account.address

    def require_coin(self, cost: int) -> None:
        """Raises InsufficientFundsError when the account holds less than that many wei."""
        require_coin(self._w3, self.address, cost)

    def estimate(self, function: ContractFunction) -> int:
        """Gas the call takes now, with a margin of a quarter. Raises what the contract would."""
        with rpc.translated(self._w3):
            return function.estimate_gas({"from": self.address}) * 5 // 4

    def agree(self, function: str, to: ChecksumAddress, gas: int) -> Agreed:
        """Tells `before` of a call that is yet to be made up: what it holds is signed, too.

        `function` is its name, `gas` what it may use, by experience.
        """
        agreed = Agreed(gas=gas, fees=self._fees())
        self._tell(function, to, agreed)
        return agreed

    def send(
        self, function: ContractFunction, gas: int | None = None, agreed: Agreed | None = None
    ) -> Mined:
        """Sends the call as a transaction and waits until it is mined.

        It is simulated first unless `gas` is given, so what a contract refuses costs nothing.
        What was agreed to is not asked again, unless it takes more gas.

        Raises:
            ContractError: the contract refuses it, or refused it after all.
            InsufficientFundsError: the account cannot pay for the gas.
            TransactionPendingError: it was sent and is not mined within the deadline.
            TransactionFailedError: it was mined without effect, for no known reason.
            GasTooDearError, RpcError: it was not sent.
        """
        limit = self.estimate(function) if gas is None else gas
        if agreed is None or limit > agreed.gas:
            agreed = self.agree(function.fn_name, function.address, limit)
        with self._lock:  # from reading the nonce until the node knows that it is used
            transaction, digest = self._submit(function, limit, agreed.fees)
        receipt = self._receipt(digest)
        if receipt["status"] != 1:
            raise self._why(transaction, receipt)
        return Mined(
            transaction_hash=digest,
            block_number=receipt["blockNumber"],
            gas_used=receipt["gasUsed"],
            events=tuple(self._chain.decode(receipt["logs"])),
        )

    def _submit(
        self, function: ContractFunction, gas: int, fees: Fees
    ) -> tuple[TxParams, HexBytes]:
        for attempt in range(1, NONCE_ATTEMPTS + 1):
            if attempt > 1:  # the node may have lied about the one before, and keep both
                self._tell(function.fn_name, function.address, Agreed(gas=gas, fees=fees))
            transaction = self._transaction(function, gas, fees)
            signed = self._account.sign_transaction(cast("dict[str, Any]", transaction))
            try:
                with rpc.translated(self._w3):
                    self._w3.eth.send_raw_transaction(signed.raw_transaction)
                return transaction, signed.hash  # ours, not the one that the node names
            except rpc.UnreachableRpcError as error:
                raise TransactionPendingError(bytes(signed.hash), str(error)) from None
            except rpc.RefusedByNodeError as error:
                message = str(error).lower()
                if "already known" in message or "already imported" in message:
                    return transaction, signed.hash
                if "insufficient funds" in message:
                    raise InsufficientFundsError(
                        f"{self.address} cannot pay for {gas} gas: send it the chain's own coin"
                    ) from None
                outrun = "nonce" in message or "underpriced" in message
                if not outrun or attempt == NONCE_ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _tell(self, function: str, to: ChecksumAddress, agreed: Agreed) -> None:
        if self._before is not None:
            fees = agreed.fees
            sending = Sending(
                function=function,
                to=to,
                gas=agreed.gas,
                gas_price=fees.base + fees.tip,
                max_gas_price=fees.most,
            )
            self._before(sending)

    def _fees(self) -> Fees:
        """Of the next block, with the tip that the node suggests. Raises GasTooDearError."""
        eth = self._w3.eth
        with rpc.translated(self._w3):
            base = eth.fee_history(1, "latest")["baseFeePerGas"][-1]
            tip = eth.max_priority_fee
        if base + tip > self._most:
            raise GasTooDearError(
                f"the node at {rpc.host(self._w3)} asks {base + tip} wei for a gas, and at "
                f"most {self._most} are paid: wait, ask another node, or raise max_gas_price"
            )
        # Room for six full blocks in a row, each of which raises the base fee by an eighth.
        return Fees(base=base, tip=tip, most=min(2 * base + tip, self._most))

    def _transaction(self, function: ContractFunction, gas: int, fees: Fees) -> TxParams:
        with rpc.translated(self._w3):
            fields: TxParams = {
                "from": self.address,
                "chainId": self._chain.deployment.chain_id,
                "nonce": self._w3.eth.get_transaction_count(self.address, "pending"),
                "gas": gas,
                "maxPriorityFeePerGas": Wei(fees.tip),
                "maxFeePerGas": Wei(fees.most),
                "value": Wei(0),
            }
            return function.build_transaction(fields)

    def _receipt(self, digest: HexBytes) -> TxReceipt:
        left = deadlines.left()
        patience = self._deadline if left is None else min(self._deadline, left)
        try:
            with rpc.translated(self._w3):
                try:
                    receipt = self._w3.eth.wait_for_transaction_receipt(
                        digest, timeout=patience, poll_latency=self._poll
                    )
                    if receipt["transactionHash"] == digest:
                        return receipt
                    reason = "the node gave the receipt of another one"
                except TimeExhausted:
                    reason = f"no receipt after {patience:.3g} seconds"
        except rpc.RpcError as error:
            reason = str(error)
        raise TransactionPendingError(bytes(digest), reason) from None

    def _why(self, transaction: TxParams, receipt: TxReceipt) -> AssayError:
        """Calls it again where it most likely fails for the same reason.

        On the block before; or on its own, as when a moment had passed by then.
        """
        again: TxParams = {
            "from": transaction["from"],
            "to": transaction["to"],
            "data": transaction["data"],
            "gas": transaction["gas"],
        }
        mined_in = receipt["blockNumber"]
        for block in (BlockNumber(mined_in - 1), mined_in):
            try:
                with rpc.translated(self._w3):
                    self._w3.eth.call(again, block)
            except ContractError as error:
                return error
            except rpc.RpcError:
                break
        return TransactionFailedError(
            f"the node at {rpc.host(self._w3)} says that transaction "
            f"0x{receipt['transactionHash'].hex()} was mined in block {receipt['blockNumber']} "
            f"without effect, after {receipt['gasUsed']} of {transaction['gas']} gas: something it "
            "relied on changed meanwhile. Look it up at another node before you send it again, "
            "unless you trust this one"
        )


def require_coin(w3: Web3, account: ChecksumAddress, cost: int) -> None:
    """Raises InsufficientFundsError when an account holds less of the chain's coin; in wei."""
    with rpc.translated(w3):
        held = int(w3.eth.get_balance(account))
    if held < cost:
        raise InsufficientFundsError(
            f"{account} has {held} wei of the chain's own coin, and the gas takes about {cost}: "
            "send it some"
        )
