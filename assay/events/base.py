"""What every event has: its place on the chain."""

from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay.errors import AssayError


class EventDecodeError(AssayError):
    """A log has the topic of an event but not its data: it is not from these contracts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a log lies. Blocks are ordered by number, the logs in one block by index."""

    block_number: int
    block_hash: bytes
    transaction_hash: bytes
    log_index: int
    address: ChecksumAddress
    """The contract that emitted it."""
    timestamp: int | None = None
    """Of the block, UNIX seconds, where the node tells it with the log."""

    @property
    def order(self) -> tuple[int, int]:
        """Sorts logs as the chain does."""
        return self.block_number, self.log_index


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event of one of the contracts, named and documented as in contracts/interfaces."""

    at: Place = field(repr=False)
