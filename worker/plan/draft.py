"""What the rules read, and where they write."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay.hashing import keccak
from worker.plan.inputs import Moment, Own, Policy
from worker.state import JobState, VoteState
from worker.steps import Kind, Step
from worker.store import Abstained

_PLACES = 8
"""Among those who may take a step without being known to each other."""


@dataclass(slots=True)
class Draft:
    """A plan in the making, for one job."""

    state: JobState
    own: Own
    moment: Moment
    policy: Policy
    steps: list[Step] = field(default_factory=list)
    compute: bool = False
    fetch: bool = False
    wakes: list[int] = field(default_factory=list)
    short_of_stake: bool = False
    left: str = ""

    @property
    def now(self) -> int:
        """The chain's time."""
        return self.moment.now

    @property
    def vote(self) -> VoteState | None:
        """The own vote in the round under way, or in the last one."""
        return self.state.votes.get((self.state.round, self.own.worker))

    @property
    def votes(self) -> list[tuple[int, VoteState]]:
        """The own votes of all rounds."""
        return [(r, vote) for (r, w), vote in self.state.votes.items() if w == self.own.worker]

    @property
    def unclaimed(self) -> list[tuple[int, VoteState]]:
        """The own votes that are still to be taken back.

        A silent one whose result is not found again never is. The claims are counted, too: their
        events do not tell which of several votes they took, and anybody may have made them.
        """
        taken = self.state.claims.get(self.own.worker, 0)
        if taken >= len(self.votes):
            return []
        openable = [(round_, vote) for round_, vote in self.votes if self._may_open(round_, vote)]
        left = [(round_, vote) for round_, vote in openable if not vote.claimed]
        if taken < len(openable):
            return left
        return [(round_, vote) for round_, vote in left if not self._is_refused(round_)]

    def _may_open(self, round_: int, vote: VoteState) -> bool:
        lost = isinstance(self.own.outcome, Abstained) or self._is_refused(round_)
        return vote.digest is not None or not lost

    def _is_refused(self, round_: int) -> bool:
        return (Kind.CLAIM, round_) in self.own.without_vote

    @property
    def has_stakes(self) -> bool:
        """Whether this worker has a vote in the job, or appealed one of its answers."""
        return bool(self.votes) or self.own.signer in self.state.appellants.values()

    @property
    def watches(self) -> bool:
        """Whether the job is in the share that is computed without being drawn."""
        return self._lot(self.own.worker) % 100 < self.policy.watch_percent

    def take(self, step: Step) -> None:
        """Take a step, unless one of its kind is on its way."""
        if (step.kind, step.round) not in self.own.busy:
            self.steps.append(step)

    def run_model(self) -> None:
        """Have the model run, unless it is running."""
        self.compute = not self.own.computing

    def leave(self, reason: str) -> None:
        """Say why no seat is taken, unless one is on its way: its bond is not free any more."""
        round_ = self.state.round
        if not self.own.busy & {(Kind.PROPOSE, round_), (Kind.COMMIT, round_)}:
            self.left = reason

    def wait(self, until: int) -> None:
        """Ask again then; now means at the next block, which may be of the same second."""
        self.wakes.append(until)

    def in_turn(
        self,
        since: int,
        voters: Collection[ChecksumAddress] | None = None,
        *,
        wanted: bool = False,
    ) -> bool:
        """Whether it is this worker's turn to take a step that anyone may take since then.

        Of `voters`, or else of all voters of the round, each leaves the step to those before it
        for a while, so that normally only one takes it. Those without a vote or an appeal keep
        out, unless the step is `wanted` or they help others.
        """
        turn = self._turn(self.state.round_votes if voters is None else voters, wanted)
        return turn is not None and self._reaches(since + turn * self.moment.stagger)

    def in_some_turn(self, since: int, latest: int) -> bool:
        """The same for a step whose takers do not know of each other: a few random places.

        Nobody waits for longer than until `latest`.
        """
        place = self._lot(self.own.worker) % _PLACES
        return self._reaches(max(since, min(since + place * self.moment.stagger, latest)))

    def _reaches(self, due: int) -> bool:
        if self.now < due:
            self.wait(due)
        return self.now >= due

    def _turn(self, voters: Collection[ChecksumAddress], wanted: bool) -> int | None:
        """Place in the order, which differs from job to job; None for those who keep out.

        After the voters come those of earlier rounds and the appellants, then all others in a few
        random places.
        """
        worker = self.own.worker
        if worker in voters:
            return sorted(voters, key=self._lot).index(worker)
        if self.has_stakes:
            return len(voters)
        if not (wanted or self.policy.help_others):
            return None
        return len(voters) + 1 + self._lot(worker) % _PLACES

    def _lot(self, worker: ChecksumAddress) -> int:
        return int.from_bytes(keccak(self.state.job_id + bytes.fromhex(worker[2:]))[:8], "big")
