"""Everything the worker asks a node, in as few requests as it takes."""

from worker.chain.node import Node, Refusal
from worker.chain.reader import Chain, Header, RawLog, Receipt, WorkerAccount

__all__ = ["Chain", "Header", "Node", "RawLog", "Receipt", "Refusal", "WorkerAccount"]
