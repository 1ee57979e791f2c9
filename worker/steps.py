"""The steps a worker can take about a job. Each is one call to a contract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What a step does, as it is stored and logged."""

    PROPOSE = "propose"
    COMMIT = "commit"
    REVEAL = "reveal"
    SUPPORT = "support"
    APPEAL = "appeal"
    ADVANCE = "advance"
    VINDICATE = "vindicate"
    CLAIM = "claim"
    CLOSE = "close"
    DELIVER = "deliver"


@dataclass(frozen=True, slots=True)
class _Step:
    job_id: bytes
    round: int


@dataclass(frozen=True, slots=True)
class Propose(_Step):
    """Take the seat of an open round and give the answer, which puts `units` into the job."""

    units: int
    kind: ClassVar = Kind.PROPOSE


@dataclass(frozen=True, slots=True)
class Commit(_Step):
    """Take `seats` seats, which puts `units` of stake into the job."""

    seats: int
    units: int
    kind: ClassVar = Kind.COMMIT


@dataclass(frozen=True, slots=True)
class Reveal(_Step):
    """Reveal the own result and publish it."""

    kind: ClassVar = Kind.REVEAL


@dataclass(frozen=True, slots=True)
class RevealKnown(_Step):
    """Reveal the own result, which another reveal of the round has published."""

    kind: ClassVar = Kind.REVEAL


@dataclass(frozen=True, slots=True)
class RevealNear(_Step):
    """Reveal the own result in support of a reference it is close to."""

    reference: bytes
    kind: ClassVar = Kind.REVEAL


@dataclass(frozen=True, slots=True)
class Support(_Step):
    """Add support to a reference that the revealed result is close to."""

    reference: bytes
    kind: ClassVar = Kind.SUPPORT


@dataclass(frozen=True, slots=True)
class Appeal(_Step):
    """Put the answer before a larger committee, which takes `units` of the signer's credit."""

    units: int
    kind: ClassVar = Kind.APPEAL


@dataclass(frozen=True, slots=True)
class Advance(_Step):
    """End a round that has run out of time."""

    kind: ClassVar = Kind.ADVANCE


@dataclass(frozen=True, slots=True)
class Vindicate(_Step):
    """Show that the result revealed in that round is right."""

    kind: ClassVar = Kind.VINDICATE


@dataclass(frozen=True, slots=True)
class Claim(_Step):
    """Take back the vote of that round, which has been possible since then."""

    since: int
    kind: ClassVar = Kind.CLAIM


@dataclass(frozen=True, slots=True)
class Close(_Step):
    """Divide the job's money."""

    kind: ClassVar = Kind.CLOSE


@dataclass(frozen=True, slots=True)
class Deliver(_Step):
    """Call the job's callback with the final answer."""

    kind: ClassVar = Kind.DELIVER


Step = (
    Propose
    | Commit
    | Reveal
    | RevealKnown
    | RevealNear
    | Support
    | Appeal
    | Advance
    | Vindicate
    | Claim
    | Close
    | Deliver
)

BONDS = (Kind.PROPOSE, Kind.COMMIT)
"""Steps whose `units` come out of the worker's stake; those of an appeal are credit."""
