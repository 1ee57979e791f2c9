"""Everything the worker asks a node, in as few requests as it takes."""

from worker.chain.apart import RawLog
from worker.chain.node import Node, RateLimitedError, Refusal
from worker.chain.nodes import Identity, Nodes
from worker.chain.reader import Chain, Header, Receipt, Simulated, Transaction, WorkerAccount

__all__ = [
    "Chain",
    "Header",
    "Identity",
    "Node",
    "Nodes",
    "RateLimitedError",
    "RawLog",
    "Receipt",
    "Refusal",
    "Simulated",
    "Transaction",
    "WorkerAccount",
]
