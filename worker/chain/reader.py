"""What the worker reads from the chain, and the one thing it writes: raw transactions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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

    @classmethod
    def of(cls, block: Mapping[str, Any]) -> Header:
        """From a block as the node tells it."""
        return cls(
            number=_int(block["number"]),
            hash=_bytes(block["hash"]),
            parent_hash=_bytes(block["parentHash"]),
            timestamp=_int(block["timestamp"]),
            base_fee=_int(block.get("baseFeePerGas") or "0x0"),
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
    succeeded: bool
    gas_used: int
    gas_price: int
    failed_items: Mapping[int, bytes]
    """Calls of a batch that reverted, by their index, and what they reverted with."""
    skipped_claims: Mapping[bytes, bytes]
    """Jobs with a claim that had no effect, and the selector of the reason."""
    deliveries: frozenset[bytes] = frozenset()
    """Jobs whose callback was called. A callback can have the contracts report anything as failed,
    but not this."""


class Chain:
    """One deployment on one node. Raises what `Node` raises."""

    def __init__(self, node: Node, deployment: Deployment) -> None:
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

    def nonce(self, account: ChecksumAddress, *, pending: bool = False) -> int:
        """How many transactions of an account are mined, or known to the node."""
        tag = "pending" if pending else "latest"
        return _int(self._node.ask("eth_getTransactionCount", account, tag))

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

    def broadcast(self, transactions: Sequence[bytes]) -> list[Refusal | None]:
        """Hand raw transactions to the node; tells which it refused, and why."""
        answers = self._node.ask_all(
            [("eth_sendRawTransaction", ("0x" + raw.hex(),)) for raw in transactions]
        )
        return [answer if isinstance(answer, Refusal) else None for answer in answers]

    def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """What became of transactions; None for those not mined."""
        answers = self._node.ask_all(
            [("eth_getTransactionReceipt", ("0x" + item.hex(),)) for item in hashes]
        )
        engine = {self.deployment.queue.lower(), self.deployment.settlement.lower()}
        return [
            None if answer is None else _receipt(answer, engine)
            for answer in _all_answered(answers)
        ]

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


def _receipt(raw: Mapping[str, Any], engine: Collection[str]) -> Receipt:
    """`engine` are the contracts whose logs count; a callback may write anything beside them."""
    failed, skipped, deliveries = {}, {}, set()
    for log in raw["logs"]:
        event = events.decode(log) if log["address"].lower() in engine else None
        if isinstance(event, events.BatchItemFailed):
            failed[event.index] = event.reason
        elif isinstance(event, events.ClaimSkipped):
            skipped[event.job_id] = event.reason
        elif isinstance(event, events.Delivered | events.DeliveryFailed):
            deliveries.add(event.job_id)
    return Receipt(
        hash=_bytes(raw["transactionHash"]),
        block_number=_int(raw["blockNumber"]),
        succeeded=_int(raw["status"]) == 1,
        gas_used=_int(raw["gasUsed"]),
        gas_price=_int(raw.get("effectiveGasPrice") or "0x0"),
        failed_items=failed,
        skipped_claims=skipped,
        deliveries=frozenset(deliveries),
    )


def _int(value: str) -> int:
    return int(value, 16)


def _bytes(value: str) -> bytes:
    return bytes.fromhex(value.removeprefix("0x"))
