"""What the worker reads from the chain, and the one thing it writes: raw transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_typing import ChecksumAddress

from assay import events
from assay.addresses import address
from assay.deployments import Deployment
from assay.jobs import JobView
from assay.rpc import RefusedByNodeError
from assay.versions import Version
from worker.chain.abi_calls import function
from worker.chain.apart import TOGETHER, RawLog, told_apart
from worker.chain.node import Node, Refusal
from worker.chain.nodes import Nodes
from worker.errors import ReorganisedError
from worker.transitions import FOLLOWED


@dataclass(frozen=True, slots=True)
class Header:
    """What the worker needs of a block."""

    number: int
    hash: bytes
    parent_hash: bytes
    timestamp: int
    base_fee: int
    """Wei a gas; zero on chains without one."""
    has_base_fee: bool = True
    """Whether the chain has one at all (EIP-1559)."""

    @classmethod
    def of(cls, block: Mapping[str, Any]) -> Header:
        """From a block as the node tells it."""
        return cls(
            number=_int(block["number"]),
            hash=_bytes(block["hash"]),
            parent_hash=_bytes(block["parentHash"]),
            timestamp=_int(block["timestamp"]),
            base_fee=_int(block.get("baseFeePerGas") or "0x0"),
            has_base_fee=block.get("baseFeePerGas") is not None,
        )


@dataclass(frozen=True, slots=True)
class WorkerAccount:
    """A worker as the vault shows it; units of stake."""

    signer: ChecksumAddress
    active: bool
    free: int
    weight: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction."""

    hash: bytes
    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    gas_price: int
    failed_items: Mapping[int, bytes]
    """Calls of a batch that reverted, by their index, and what they reverted with."""
    skipped_claims: Mapping[bytes, tuple[bytes, ...]]
    """Jobs with claims that had no effect, and the selector of the reason of each."""
    deliveries: frozenset[bytes] = frozenset()
    """Jobs whose callback was called. A callback can have the contracts report anything as failed,
    but not this."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A call that may be sent."""

    target: ChecksumAddress
    data: bytes = field(repr=False)
    gas: int
    """Its limit."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a transaction would do."""

    gas_used: int
    failed_items: Mapping[int, bytes]
    """Calls of a batch that would revert, by their index, and what they would revert with."""
    skipped_claims: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    """Jobs with claims that would have no effect, and the selector of the reason of each."""
    deliveries: frozenset[bytes] = frozenset()
    """Jobs whose callback would be called; see `Receipt.deliveries`."""


_REPORTS = {
    bytes.fromhex(topic[2:])
    for topic in events.topics(
        events.BatchItemFailed, events.ClaimSkipped, events.Delivered, events.DeliveryFailed
    )
}


class Chain:
    """One deployment on one node. Raises what `Node` raises."""

    def __init__(self, node: Node | Nodes, deployment: Deployment) -> None:
        self._node = node
        self.deployment = deployment
        self._versions: dict[bytes, Version] = {}
        self._filter: dict[str, Any] = {
            "address": [deployment.queue, deployment.settlement],
            "topics": [[*TOGETHER, *events.topics(*FOLLOWED)]],
        }

    # --- blocks and logs ---

    def head(self) -> Header:
        """The newest block."""
        return Header.of(self._node.ask("eth_getBlockByNumber", "latest", False))

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        """Blocks by number. Raises ReorganisedError when one is not there (any more)."""
        calls = [("eth_getBlockByNumber", (hex(number), False)) for number in numbers]
        blocks = _all_answered(self._node.ask_all(calls))
        if None in blocks:
            raise ReorganisedError("the node does not know a block it has told of")
        return [Header.of(block) for block in blocks]

    def logs_in(self, block: Header) -> list[RawLog]:
        """Logs about jobs in one block. Raises ReorganisedError when the block is gone."""
        try:
            logs: list[RawLog] = self._node.ask(
                "eth_getLogs", {**self._filter, "blockHash": "0x" + block.hash.hex()}
            )
        except RefusedByNodeError as error:
            raise ReorganisedError(f"no logs of block {block.number}: {error}") from None
        return told_apart(logs, self.deployment)

    def logs_between(self, first: int, last: int) -> tuple[list[RawLog], Header]:
        """Logs about jobs in a range of blocks, and the header of its last block."""
        bounds = {"fromBlock": hex(first), "toBlock": hex(last)}
        logs, block = _all_answered(
            self._node.ask_all(
                [
                    ("eth_getLogs", ({**self._filter, **bounds},)),
                    ("eth_getBlockByNumber", (hex(last), False)),
                ]
            )
        )
        if block is None:
            raise ReorganisedError(f"the node does not know block {last}, which it has told of")
        return told_apart(logs, self.deployment), Header.of(block)

    # --- views, at the block given ---

    def worker_account(self, worker: ChecksumAddress, block: int) -> WorkerAccount:
        """The vault's account of a worker."""
        vault = self.deployment.vault
        ((signer, active, free, weight, *_),) = self._view(
            "StakeVault", vault, "worker", block, worker
        )
        return WorkerAccount(address(signer), active, free, weight)

    def credit(self, account: ChecksumAddress, block: int) -> int:
        """Units of credit of an account, rounded down."""
        (wei,) = self._view("StakeVault", self.deployment.vault, "credit", block, account)
        return int(wei) // self.deployment.unit

    def weights(self, worker: ChecksumAddress, opened_at: int, block: int) -> tuple[int, int]:
        """The worker's weight and the total for a commitment in a round opened then, units."""
        weight, total = self._view(
            "StakeVault", self.deployment.vault, "weightOf", block, worker, opened_at
        )
        return weight, total

    def version(self, version_id: bytes) -> Version:
        """A published version; asked for once, since it never changes."""
        if version_id not in self._versions:
            published, _, _ = self._view(
                "ModelRegistry", self.deployment.registry, "version", None, version_id
            )
            self._versions[version_id] = Version.from_tuple(published)
        return self._versions[version_id]

    def job(self, job_id: bytes, block: int | None = None) -> JobView:
        """A job as the settlement keeps it."""
        (shown,) = self._view("Settlement", self.deployment.settlement, "job", block, job_id)
        return JobView.from_tuple(shown)

    def balance(self, account: ChecksumAddress) -> int:
        """Native balance, wei: what gas is paid from."""
        return _int(self._node.ask("eth_getBalance", account, "latest"))

    # --- transactions ---

    def nonce(self, account: ChecksumAddress, block: int | None = None) -> int:
        """How many transactions of an account are mined as of a block; without it, known."""
        tag = "pending" if block is None else hex(block)
        return _int(self._node.ask("eth_getTransactionCount", account, tag))

    def suggested_tip(self) -> int:
        """What the node thinks is enough for a prompt place in a block, wei a gas; 0 if it does
        not say."""
        try:
            return _int(self._node.ask("eth_maxPriorityFeePerGas"))
        except RefusedByNodeError:
            return 0

    def gas_price(self) -> int:
        """What the node thinks a gas costs, wei: for chains without a base fee."""
        return _int(self._node.ask("eth_gasPrice"))

    def estimate(
        self, sender: ChecksumAddress, calls: Sequence[tuple[ChecksumAddress, bytes]]
    ) -> list[int | Refusal]:
        """The gas each call (target, calldata) would take in the next block, each by itself.

        This is the simulation too: a call that would revert gives its Refusal.
        """
        requests = [
            (
                "eth_estimateGas",
                ({"from": sender, "to": target, "data": "0x" + data.hex()}, "pending"),
            )
            for target, data in calls
        ]
        return [
            answer if isinstance(answer, Refusal) else _int(answer)
            for answer in self._node.ask_all(requests)
        ]

    def simulate(
        self, sender: ChecksumAddress, transactions: Sequence[Transaction]
    ) -> list[Simulated | Refusal]:
        """What each transaction would do by itself, on top of all that is waiting to be mined.

        A Refusal with `data` is a revert; without, the node does not simulate.
        """
        blocks = [{"blockStateCalls": [{"calls": [_call(sender, one)]}]} for one in transactions]
        answers = self._node.ask_all([("eth_simulateV1", (block, "pending")) for block in blocks])
        return [
            answer if isinstance(answer, Refusal) else self._simulated(answer) for answer in answers
        ]

    def _simulated(self, answer: Any) -> Simulated | Refusal:
        call = answer[0]["calls"][0]
        if _int(call["status"]) != 1:
            error = call.get("error") or {}
            message = str(error.get("message", "execution reverted"))
            return Refusal(error.get("code", 0), message, _bytes(call.get("returnData") or "0x"))
        told = self._told(call["logs"])
        return Simulated(
            _int(call["gasUsed"]), told.failed_items, told.skipped_claims, told.deliveries
        )

    def broadcast(self, transactions: Sequence[bytes]) -> list[Refusal | None]:
        """Hand raw transactions to the node; tells which it refused, and why."""
        answers = self._node.tell_all(
            [("eth_sendRawTransaction", ("0x" + raw.hex(),)) for raw in transactions]
        )
        return [answer if isinstance(answer, Refusal) else None for answer in answers]

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """What became of transactions; None for those not mined."""
        answers = self._node.ask_all(
            [("eth_getTransactionReceipt", ("0x" + item.hex(),)) for item in hashes]
        )
        return [
            None if answer is None else _receipt(answer, self._told(answer["logs"]))
            for answer in _all_answered(answers)
        ]

    def _told(self, logs: Sequence[Mapping[str, Any]]) -> _Told:
        """What the contracts say in a transaction's logs; a callback may write anything beside."""
        engine = {self.deployment.queue.lower(), self.deployment.settlement.lower()}
        return _Told.of([log for log in logs if log["address"].lower() in engine])

    def turn_away(self) -> None:
        """Ask another node from now on, if there is one: this one is behind."""
        self._node.turn_away()

    def close(self) -> None:
        """Let go of the node."""
        self._node.close()

    def _view(
        self, contract: str, target: str, name: str, block: int | None, *arguments: Any
    ) -> tuple[Any, ...]:
        called = function(contract, name)
        call = {"to": target, "data": "0x" + called.call(*arguments).hex()}
        answer = self._node.ask("eth_call", call, "latest" if block is None else hex(block))
        return called.result(answer)


def _all_answered(answers: list[Any]) -> list[Any]:
    for answer in answers:
        if isinstance(answer, Refusal):
            raise RefusedByNodeError(f"the node refused a call: {answer}")
    return answers


@dataclass(frozen=True, slots=True)
class _Told:
    """What a transaction's logs say of its parts."""

    failed_items: Mapping[int, bytes]
    skipped_claims: Mapping[bytes, tuple[bytes, ...]]
    deliveries: frozenset[bytes]

    @classmethod
    def of(cls, logs: Sequence[Mapping[str, Any]]) -> _Told:
        failed: dict[int, bytes] = {}
        skipped: dict[bytes, tuple[bytes, ...]] = {}
        deliveries = set()
        for log in logs:
            if bytes.fromhex(log["topics"][0][2:]) not in _REPORTS:
                continue
            event = events.decode(log)
            if isinstance(event, events.BatchItemFailed):
                failed[event.index] = event.reason
            elif isinstance(event, events.ClaimSkipped):
                skipped[event.job_id] = (*skipped.get(event.job_id, ()), event.reason)
            elif isinstance(event, events.Delivered | events.DeliveryFailed):
                deliveries.add(event.job_id)
        return cls(failed, skipped, frozenset(deliveries))


def _call(sender: ChecksumAddress, transaction: Transaction) -> dict[str, str]:
    return {
        "from": sender,
        "to": transaction.target,
        "data": "0x" + transaction.data.hex(),
        "gas": hex(transaction.gas),
    }


def _receipt(raw: Mapping[str, Any], told: _Told) -> Receipt:
    return Receipt(
        hash=_bytes(raw["transactionHash"]),
        block_number=_int(raw["blockNumber"]),
        block_hash=_bytes(raw["blockHash"]),
        succeeded=_int(raw["status"]) == 1,
        gas_used=_int(raw["gasUsed"]),
        gas_price=_int(raw.get("effectiveGasPrice") or "0x0"),
        failed_items=told.failed_items,
        skipped_claims=told.skipped_claims,
        deliveries=told.deliveries,
    )


def _int(value: str) -> int:
    return int(value, 16)


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))
