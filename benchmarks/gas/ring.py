"""Slots of votes as they are after a worker's first few thousand votes: used and free again."""

from assay.jobs import Stage
from benchmarks.gas.arena import Arena
from benchmarks.gas.match import Seat


def mark_used(arena: Arena, seat: Seat) -> None:
    """Leaves in the slot of a vote that is about to be cast what an earlier one would have left."""
    settlement = arena.settlement
    view = settlement.encode_abi("vote", [seat.worker.account, seat.slot])
    accessed = arena.rpc("eth_createAccessList", {"to": settlement.address, "data": view})
    [entry] = accessed["accessList"]
    [key] = entry["storageKeys"]
    word = Stage.FREE.to_bytes(32, "big")
    arena.rpc("anvil_setStorageAt", settlement.address, key, "0x" + word.hex())
    if settlement.functions.vote(seat.worker.account, seat.slot).call() != Stage.FREE:
        raise AssertionError("the slot was not where the view reads it")
