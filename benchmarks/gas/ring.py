"""Slots of votes as they are after a worker's first few thousand votes: used and free again."""

from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from assay.jobs import Stage
from benchmarks.gas.arena import Arena
from benchmarks.gas.match import Seat

_LIKELY_PLACES = 16


@dataclass(frozen=True)
class Ring:
    """Where `Settlement` keeps its votes."""

    place: int
    """Storage slot of the mapping."""

    @classmethod
    def find(cls, arena: Arena, claimed: Seat) -> "Ring":
        """Finds the mapping by a vote that has been claimed."""
        for place in range(_LIKELY_PLACES):
            ring = cls(place)
            word = arena.w3.eth.get_storage_at(arena.settlement.address, ring._key(claimed))
            if int.from_bytes(word, "big") == Stage.FREE:
                return ring
        raise AssertionError("no storage slot of Settlement holds the claimed vote")

    def warm(self, arena: Arena, seat: Seat) -> None:
        """Marks the slot of a vote that is about to be cast as used before."""
        word = Stage.FREE.to_bytes(32, "big")
        arena.rpc(
            "anvil_setStorageAt", arena.settlement.address, hex(self._key(seat)), "0x" + word.hex()
        )

    def _key(self, seat: Seat) -> int:
        of_worker = keccak(encode(("address", "uint256"), (seat.worker.account, self.place)))
        return int.from_bytes(keccak(encode(("uint256", "bytes32"), (seat.slot, of_worker))), "big")
