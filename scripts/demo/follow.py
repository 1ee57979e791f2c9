"""What has happened so far, read from the events of the chain and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assay import ids, rpc
from assay.chain import Chain
from assay.events import (
    Appealed,
    AppealSettled,
    Claimed,
    ClaimedMany,
    Closed,
    Committed,
    CommittedMany,
    Decided,
    Event,
    JobPosted,
    JobsPosted,
    Proposed,
    Revealed,
    RevealedMany,
    SupportAdded,
    Supported,
    decode,
)
from assay.terms import MODE_OPTIMISTIC


@dataclass
class Course:
    """One job's course."""

    posted: int = 0
    """Blocks: of the post, of the answer."""
    answered: int | None = None
    optimistic: bool = False
    digest: bytes = b""
    """What of the answer's digest the chain keeps."""
    closing: Closed | None = None
    seats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By worker, over all rounds."""
    proposal: Proposed | None = None
    appeals: list[Appealed] = field(default_factory=list)
    returned: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Wei that came back to each appellant."""
    agreeing: set[str] = field(default_factory=set)
    """Workers that proposed the answer, revealed it or supported it."""
    claims: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Wei that each worker's claims brought back."""

    @property
    def settled(self) -> bool:
        """Whether the answer is final. Of one that can be appealed only its closing tells."""
        return self.closing is not None or (self.answered is not None and not self.optimistic)

    @property
    def paid(self) -> bool:
        """Whether it has an answer, and every vote that agreed has been claimed."""
        return self.answered is not None and self.agreeing <= self.claims.keys()

    @property
    def over(self) -> bool:
        """Whether the money is divided as well."""
        return self.closing is not None and self.paid

    @property
    def overturned(self) -> bool:
        """Whether the answer is another than the one that was proposed."""
        return self.proposal is not None and ids.cut(self.proposal.digest) != self.digest


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
        for event in filter(None, map(decode, self._logs(head))):
            self.transactions.add(event.at.transaction_hash)
            self._take(event)
        self._next = head + 1

    def count(self, *, over: bool = False) -> int:
        """Jobs that are settled, or over."""
        return sum(job.over if over else job.settled for job in self.jobs.values())

    def _logs(self, head: int) -> list[Mapping[str, Any]]:
        """As the node tells them: `decode` reads them faster than web3 would dress them up."""
        deployment = self._chain.deployment
        wanted = {
            "fromBlock": hex(self._next),
            "toBlock": hex(head),
            "address": [deployment.queue, deployment.settlement],
        }
        logs: list[Mapping[str, Any]] = rpc.request(self._chain.w3, "eth_getLogs", wanted)
        return logs

    def _take(self, event: Event) -> None:
        match event:
            case JobPosted():
                self.jobs[event.job_id].posted = event.at.block_number
                self.jobs[event.job_id].optimistic = event.terms.mode == MODE_OPTIMISTIC
            case JobsPosted():
                deployment = self._chain.deployment
                for job in event.each(deployment.chain_id, deployment.queue):
                    self._take(job)
            case Committed():
                self.jobs[event.job_id].seats[event.worker] += event.seats
            case Proposed():
                self.jobs[event.job_id].seats[event.worker] += 1
                self.jobs[event.job_id].proposal = event
                self._said[event.job_id].append((event.worker, event.digest))
                self._answer(event.job_id, ids.cut(event.digest), event.at.block_number)
            case Revealed() | Supported() | SupportAdded():
                self._said[event.job_id].append((event.worker, event.digest))
                self._agree(event.job_id)
            case Decided():
                self._answer(event.job_id, event.digest, event.at.block_number)
            case CommittedMany() | RevealedMany() | ClaimedMany():
                for one in event.each():
                    self._take(one)
            case _:
                self._take_money(event)

    def _take_money(self, event: Event) -> None:
        match event:
            case Appealed():
                job = self.jobs[event.job_id]
                job.appeals.append(event)
                job.answered, job.digest, job.agreeing = None, b"", set()
            case AppealSettled():
                self.jobs[event.job_id].returned[event.appellant] += event.amount
            case Claimed():
                self.jobs[event.job_id].claims[event.worker] += event.amount
            case Closed():
                self.jobs[event.job_id].closing = event

    def _answer(self, job_id: bytes, digest: bytes, block: int) -> None:
        self.jobs[job_id].answered = block
        self.jobs[job_id].digest = digest
        self._agree(job_id)

    def _agree(self, job_id: bytes) -> None:
        job = self.jobs[job_id]
        job.agreeing |= {
            worker for worker, digest in self._said[job_id] if ids.cut(digest) == job.digest
        }
