"""What has happened so far, read from the events of the chain and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from eth_typing import BlockNumber
from web3.types import LogReceipt

from assay import ids, rpc
from assay.chain import Chain
from assay.events import Claimed, Closed, Committed, Decided, Event, JobPosted, Revealed, Supported


@dataclass
class Course:
    """One job's course."""

    posted: int = 0
    """Blocks: of the post, of the decision."""
    decided: int | None = None
    digest: bytes = b""
    """What of the settled digest the chain keeps."""
    closing: Closed | None = None
    seats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By worker, over all rounds."""
    agreeing: set[str] = field(default_factory=set)
    """Workers that revealed the settled result or supported it."""
    claims: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Wei that each worker's claims brought back."""

    @property
    def over(self) -> bool:
        """Whether the money is divided and every vote that agreed has been claimed."""
        return self.closing is not None and self.agreeing <= self.claims.keys()


class Follower:
    """Follows the jobs of a deployment from a block on."""

    def __init__(self, chain: Chain, first_block: int) -> None:
        self._chain = chain
        self._next = first_block
        self._said: dict[bytes, list[tuple[str, bytes]]] = defaultdict(list)
        self.jobs: dict[bytes, Course] = defaultdict(Course)
        self.transactions: set[bytes] = set()

    def look(self) -> None:
        """Takes in the blocks that are new."""
        head = self._chain.head()
        if head < self._next:
            return
        for event in self._chain.decode(self._logs(head)):
            self.transactions.add(event.at.transaction_hash)
            self._take(event)
        self._next = head + 1

    def count(self, *, over: bool = False) -> int:
        """Jobs that are settled, or over."""
        return sum(job.over if over else job.decided is not None for job in self.jobs.values())

    def _logs(self, head: int) -> list[LogReceipt]:
        deployment = self._chain.deployment
        with rpc.translated(self._chain.w3):
            return self._chain.w3.eth.get_logs(
                {
                    "fromBlock": BlockNumber(self._next),
                    "toBlock": BlockNumber(head),
                    "address": [deployment.queue, deployment.settlement],
                }
            )

    def _take(self, event: Event) -> None:
        match event:
            case JobPosted():
                self.jobs[event.job_id].posted = event.at.block_number
            case Committed():
                self.jobs[event.job_id].seats[event.worker] += event.seats
            case Revealed() | Supported():
                self._said[event.job_id].append((event.worker, event.digest))
                self._agree(event.job_id)
            case Decided():
                self.jobs[event.job_id].decided = event.at.block_number
                self.jobs[event.job_id].digest = event.digest
                self._agree(event.job_id)
            case Claimed():
                self.jobs[event.job_id].claims[event.worker] += event.amount
            case Closed():
                self.jobs[event.job_id].closing = event

    def _agree(self, job_id: bytes) -> None:
        job = self.jobs[job_id]
        job.agreeing |= {
            worker for worker, digest in self._said[job_id] if ids.cut(digest) == job.digest
        }
