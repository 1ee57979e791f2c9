"""Gas by operation, from the receipts of every transaction that moved a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hexbytes import HexBytes
from web3.contract.contract import Contract

from assay import rpc
from assay.chain import Chain

_LISTS = {
    "postMany": "inputs",
    "proposeMany": "proposals",
    "commitMany": "bids",
    "revealMany": "openings",
    "revealKnownMany": "openings",
    "claim": "claims",
    "claimMany": "returned",
}
"""Functions about several jobs, and the argument that has one item for each."""


@dataclass(frozen=True)
class Use:
    """What one kind of operation used."""

    operation: str
    count: int
    transactions: int
    gas: int


def by_operation(chain: Chain, transactions: Iterable[bytes]) -> list[Use]:
    """A batch's gas is shared evenly among its items, a claim's among its votes."""
    contracts = {contract.address: contract for contract in (chain.queue, chain.settlement)}
    counts: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    gas: Counter[str] = Counter()
    for digest in map(HexBytes, transactions):
        with rpc.translated(chain.w3):
            transaction = chain.w3.eth.get_transaction(digest)
            used = chain.w3.eth.get_transaction_receipt(digest)["gasUsed"]
        operations = _operations(contracts[transaction["to"]], transaction["input"])
        counts.update(operations)
        sent.update(set(operations))
        for name in operations:
            gas[name] += used // len(operations)
    return [Use(name, counts[name], sent[name], gas[name]) for name in sorted(counts)]


def _operations(contract: Contract, calldata: HexBytes) -> list[str]:
    """What a transaction did: the functions it called, once for each job they were about."""
    function, arguments = contract.decode_function_input(calldata)
    if function.fn_name == "batch":
        return [name for call in arguments["calls"] for name in _operations(contract, call)]
    about = _LISTS.get(function.fn_name)
    return [function.fn_name] * (1 if about is None else len(arguments[about]))
