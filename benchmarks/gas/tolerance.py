"""What it takes to reveal 256 float32 that are near another worker's, and not the same.

`execution` is the whole `revealNear` transaction less its base cost and calldata: the comparison,
and the checks and the vote that every reveal has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from web3 import Web3

from assay import ids, tensors
from assay.terms import Numerics
from assay.tolerance import RTOL_ONE, SUPPORT, Tolerance, elements_close
from assay.versions import Version
from benchmarks.figures import Figure, gas
from benchmarks.gas.arena import Arena, open_arena
from benchmarks.gas.match import Posted, Seat, dense, draw, post, terms
from benchmarks.gas.meter import Spent

ELEMENTS = 256
COMMITTEE = 3
QUORUM = 2
SIGN = 0x80000000


@dataclass(frozen=True)
class Case:
    """Two results as float32 bit patterns, and the tolerance within which they are near."""

    name: str
    tolerance: Tolerance
    reference: Sequence[int]
    result: Sequence[int]

    def payloads(self) -> tuple[bytes, bytes]:
        """Reference and result, encoded. No pair is equal, and every pair is near."""
        first, second = (np.array(each, np.uint32) for each in (self.reference, self.result))
        if (first == second).any():
            raise AssertionError(f"{self.name}: an element is equal in both results")
        if not elements_close(first, second, self.tolerance, SUPPORT).all():
            raise AssertionError(f"{self.name}: the results are not near")
        return tensors.encode([first.view(np.float32)]), tensors.encode([second.view(np.float32)])


@dataclass(frozen=True)
class ToleranceArena(Arena):
    """An arena whose jobs run a TOLERANCE version of the same model."""

    version: Version

    def version_id(self) -> bytes:
        return bytes(
            self.registry.functions.versionIdOf(self.model_id(), self.version.as_tuple()).call()
        )


def measure_tolerance() -> Iterator[Figure]:
    """The figures, each from a job of its own."""
    with open_arena(COMMITTEE) as chain:
        typical = _reveal_near(chain, _typical())
        worst = _reveal_near(chain, _worst())
    yield gas("tolerance.reveal256", typical.execution)
    yield gas("tolerance.reveal256_worst", worst.execution)
    yield gas("tolerance.reveal256_transaction", typical.total)


def _typical() -> Case:
    """Numbers from 2^-9 to 8 of both signs, of which every one differs in its last three bits."""
    randoms = [_random(f"typical {number}") for number in range(ELEMENTS)]
    reference = [(r & 0x807FFFFF) | (118 + (r >> 32) % 12) << 23 for r in randoms]
    result = [bits ^ 1 + (r >> 64) % 7 for bits, r in zip(reference, randoms, strict=True)]
    return Case("typical", Tolerance.at_least(1e-5, 1e-4), reference, result)


def _worst() -> Case:
    """Pairs that nothing but the full reckoning settles: their signs differ, the greater magnitude
    is more than half of atol, and comes second, so that the two are swapped.
    """
    randoms = [_random(f"worst {number}") for number in range(ELEMENTS)]
    tolerance = Tolerance.at_least(1.0, (RTOL_ONE // 4) / RTOL_ONE)
    reference = [SIGN | 0x3E000000 | r & 0x7FFFFF for r in randoms]  # -0.125 to -0.25
    result = [0x3F400000 | r >> 32 & 0x3FFFFF for r in randoms]  # 0.75 to 1
    return Case("worst", tolerance, reference, result)


def _reveal_near(chain: Arena, case: Case) -> Spent:
    """Has one worker reveal the reference, and measures how another's result supports it."""
    arena = _with_version(chain, case.tolerance)
    reference, result = case.payloads()
    posted, seats = _post(arena, case.name)
    steps, key = arena.settlement.functions, posted.key.as_tuple()
    salts = [dense(f"salt {case.name} {number}") for number in range(QUORUM)]
    for seat, salt, payload in zip(seats, salts, (reference, result), strict=True):
        if arena.now() < posted.opened_at + seat.second:
            arena.mine(posted.opened_at + seat.second)
        commitment = _commitment(arena, posted, seat, payload, salt)
        commit = steps.commit(key, seat.worker.account, commitment, 1)
        arena.send(commit, seat.worker.signer)

    # The third seat stays empty: reveals begin when the time to commit is over.
    arena.mine(posted.opened_at + posted.request.terms.commit_seconds)
    first, second = seats
    reveal = steps.reveal(key, first.worker.account, first.slot, salts[0], reference)
    arena.send(reveal, first.worker.signer)
    near = steps.revealNear(key, second.worker.account, second.slot, salts[1], result, reference)
    cost = arena.send(near, second.worker.signer)
    if not steps.isSettled(key, arena.relayer, ids.digest(reference)).call():
        raise AssertionError(f"job {posted.job_id.hex()} did not settle")
    return cost


def _with_version(chain: Arena, tolerance: Tolerance) -> ToleranceArena:
    """Publishes a version with this tolerance."""
    version = Version(
        artefact=b"\x33" * 32,
        manifest=b"\x44" * 32,
        numerics=Numerics.TOLERANCE,
        atol=tolerance.atol,
        rtol=tolerance.rtol,
        royalty_bps=500,
    )
    chain.send(chain.registry.functions.publish(chain.model_id(), version.as_tuple()), chain.owner)
    parts = {field.name: getattr(chain, field.name) for field in fields(Arena)}
    return ToleranceArena(**parts, version=version)


def _post(arena: Arena, label: str) -> tuple[Posted, Sequence[Seat]]:
    """A job and the first workers drawn. One whose draw is too small is left alone."""
    attempt = 0
    while True:
        posted = post(arena, f"{label} {attempt}", terms(COMMITTEE))
        seats = draw(arena, posted)[:QUORUM]
        if len(seats) == QUORUM:
            return posted, seats
        attempt += 1


def _commitment(arena: Arena, posted: Posted, seat: Seat, payload: bytes, salt: bytes) -> bytes:
    place = (arena.w3.eth.chain_id, arena.settlement.address, posted.job_id, 0)
    return ids.commitment(*place, seat.worker.account, ids.digest(payload), salt)


def _random(label: str) -> int:
    """256 bits, always the same for a label."""
    return int.from_bytes(Web3.keccak(text=label), "big")
