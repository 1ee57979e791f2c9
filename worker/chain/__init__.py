"""Everything the worker asks a node, in as few requests as it takes."""

from worker.chain.apart import RawLog
from worker.chain.node import Node, Refusal
from worker.chain.reader import Chain, Header, Receipt, WorkerAccount

__all__ = ["Chain", "Header", "Node", "RawLog", "Receipt", "Refusal", "WorkerAccount"]
