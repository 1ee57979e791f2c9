"""A job and the votes on it, step by step, as workers and requesters take them."""

from dataclasses import dataclass, replace

from ape import chain as ape_chain
from ape.api import AccountAPI, ReceiptAPI

from assay import ids
from assay.addresses import ZERO_ADDRESS
from assay.jobs import JobKey, JobView, Request
from assay.terms import Rules
from tests.support import chain
from tests.support.protocol import Protocol, Worker

NOTHING = bytes(32)

Ballot = tuple[int, bytes, bytes]


@dataclass(frozen=True)
class Vote:
    """A commitment a worker has made, and what opens it."""

    worker: Worker
    place: int
    """`round << 16 | slot`, as the event of the commitment says."""
    result: bytes
    salt: bytes
    commitment: bytes

    @property
    def slot(self) -> int:
        return self.place & 0xFFFF

    def but(self, **changes: object) -> "Vote":
        """The same with something else, as a cheat would open it."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def digest(self) -> bytes:
        return ids.digest(self.result)

    def unrevealed(self) -> Ballot:
        """The ballot of a vote that was never revealed."""
        return self.place, self.commitment, NOTHING

    def revealed(self, supported: bytes | None = None) -> Ballot:
        """The ballot of a vote revealed in support of a result: its own, unless one is named."""
        return self.place, self.digest, NOTHING if supported is None else ids.digest(supported)


@dataclass(frozen=True)
class PlayedJob:
    """A posted job."""

    protocol: Protocol
    requester: AccountAPI
    request: Request
    rules: Rules
    input: bytes

    @property
    def key(self) -> JobKey:
        return self.request.key(self.rules)

    @property
    def job_id(self) -> bytes:
        return self.key.job_id(ape_chain.chain_id, str(self.protocol.queue.address))

    @property
    def view(self) -> JobView:
        return JobView.from_tuple(tuple(self.protocol.settlement.job(self.job_id)))

    # --- time ---

    def draw(self) -> None:
        """Mines the seed block: from the next block on seats can be taken."""
        while chain.height() < self.view.seed_block:
            chain.mine()

    def end_commits(self) -> None:
        """Moves to the end of the commit phase under way."""
        chain.go_to(self.view.time + self.request.terms.commit_seconds)

    def end_reveals(self, phases: int = 1) -> None:
        """Moves to the end of the reveal phase under way, or further by as many as are named."""
        chain.go_to(self.view.time + phases * self.request.terms.reveal_seconds)

    # --- votes ---

    def vote(self, worker: Worker, result: bytes, salt: bytes | None = None) -> Vote:
        """A vote as the worker would commit it in the round under way; nothing is sent."""
        round_ = self.view.round
        chosen = salt or ids.digest(b"salt of " + worker.address.encode())
        commitment = ids.commitment(
            ape_chain.chain_id,
            str(self.protocol.settlement.address),
            self.job_id,
            round_,
            worker.address,
            ids.digest(result),
            chosen,
        )
        return Vote(worker, round_ << 16, result, chosen, commitment)

    def commit(
        self, worker: Worker, result: bytes, seats: int = 1, salt: bytes | None = None
    ) -> Vote:
        """Takes seats for the worker with this result."""
        vote = self.vote(worker, result, salt)
        [event] = self.send_commit(vote, seats).decode_logs(self.protocol.settlement.Committed)
        return replace(vote, place=event.seat & 0xFFFFFFFF)

    def send_commit(
        self, vote: Vote, seats: int = 1, sender: AccountAPI | None = None
    ) -> ReceiptAPI:
        return self.protocol.settlement.commit(
            self.key.as_tuple(),
            vote.worker.account,
            vote.commitment,
            seats,
            sender=sender or vote.worker.signer,
        )

    def reveal(self, vote: Vote, sender: AccountAPI | None = None) -> ReceiptAPI:
        """Publishes the vote's result and supports it."""
        return self.protocol.settlement.reveal(
            *self._opening(vote), vote.result, sender=sender or vote.worker.signer
        )

    def reveal_known(self, vote: Vote) -> ReceiptAPI:
        """Reveals a result that somebody has published."""
        return self.protocol.settlement.revealKnown(
            *self._opening(vote), vote.digest, sender=vote.worker.signer
        )

    def reveal_near(self, vote: Vote, reference: bytes) -> ReceiptAPI:
        """Reveals in support of a result that is close."""
        return self.protocol.settlement.revealNear(
            *self._opening(vote), vote.result, reference, sender=vote.worker.signer
        )

    def settle(self, result: bytes, *workers: Worker) -> list[Vote]:
        """Draws, and has the workers commit and reveal one seat each with the same result."""
        self.draw()
        votes = [self.commit(worker, result) for worker in workers]
        first, *others = votes
        self.reveal(first)
        for vote in others:
            self.reveal_known(vote)
        return votes

    # --- ends ---

    def advance(self, sender: AccountAPI) -> ReceiptAPI:
        return self.protocol.settlement.advance(self.key.as_tuple(), sender=sender)

    def cancel(self, sender: AccountAPI | None = None) -> ReceiptAPI:
        return self.protocol.queue.cancel(*self._preimage(), sender=sender or self.requester)

    def close(self, sender: AccountAPI) -> ReceiptAPI:
        return self.protocol.settlement.close(*self._preimage(), sender=sender)

    def claim(self, vote: Vote, ballot: Ballot, sender: AccountAPI) -> ReceiptAPI:
        claims = [(self.key.as_tuple(), ballot)]
        return self.protocol.settlement.claim(vote.worker.account, claims, sender=sender)

    def deliver(self, result: bytes, sender: AccountAPI) -> ReceiptAPI:
        """For a result that a committee has decided on."""
        return self.protocol.queue.deliver(*self._preimage(), ZERO_ADDRESS, result, sender=sender)

    def under(self, **fields: object) -> "PlayedJob":
        """The same job with another request, which the chain does not know."""
        return replace(self, request=replace(self.request, **fields))  # type: ignore[arg-type]

    def _opening(self, vote: Vote) -> tuple[object, ...]:
        return self.key.as_tuple(), vote.worker.account, vote.slot, vote.salt

    def _preimage(self) -> tuple[object, ...]:
        return self.request.as_tuple(), self.rules.pack()
