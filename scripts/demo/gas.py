"""Gas by operation, from the receipts of every transaction that moved a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assay import abi
from scripts.demo.network import Network


@dataclass(frozen=True)
class Use:
    """What one kind of operation used."""

    operation: str
    count: int
    transactions: int
    gas: int


def by_operation(network: Network, transactions: Iterable[bytes]) -> list[Use]:
    """A batch's gas is shared evenly among its items, a claim's among its votes."""
    w3 = network.connect()
    contracts = {
        address: w3.eth.contract(address=address, abi=abi.load(name))
        for name, address in (
            ("JobQueue", network.deployment.queue),
            ("Settlement", network.deployment.settlement),
        )
    }
    counts: dict[str, int] = defaultdict(int)
    sent: dict[str, int] = defaultdict(int)
    gas: dict[str, float] = defaultdict(float)
    for digest in transactions:
        transaction = w3.eth.get_transaction(digest)
        used = w3.eth.get_transaction_receipt(digest)["gasUsed"]
        names = _operations(contracts[transaction["to"]], transaction["input"])
        for name in names:
            counts[name] += 1
            gas[name] += used / len(names)
        for name in set(names):
            sent[name] += 1
    return [Use(name, counts[name], sent[name], round(gas[name])) for name in sorted(counts)]


def _operations(contract, data) -> list[str]:  # type: ignore[no-untyped-def]
    function, arguments = contract.decode_function_input(data)
    if function.fn_name == "batch":
        return [name for call in arguments["calls"] for name in _operations(contract, call)]
    if function.fn_name == "claim":
        return ["claim"] * len(arguments["claims"])
    return [function.fn_name]
