"""Gas of every operation and of whole jobs, from the receipts of a local chain."""

from collections.abc import Callable, Iterator

from benchmarks.figures import Figure, gas
from benchmarks.gas.arena import open_arena
from benchmarks.gas.growth import FEW, MANY, largest_growth
from benchmarks.gas.operations import measure_operations
from benchmarks.gas.tolerance import measure_tolerance
from benchmarks.gas.whole_job import JOBS, WholeJob, measure_whole_job
from scripts.deployment.artefacts import compile_contracts

COMMITTEES = (3, 5)
STEPS = 2 * len(COMMITTEES) * JOBS + 2


def measure(advance: Callable[[], None]) -> list[Figure]:
    """Every gas figure. Calls `advance` STEPS times on the way."""
    compile_contracts()
    return [*_whole_jobs(advance), *_operations(advance), *measure_tolerance()]


def _whole_jobs(advance: Callable[[], None]) -> Iterator[Figure]:
    for committee in COMMITTEES:
        with open_arena(committee) as chain:
            cold = measure_whole_job(chain, committee, advance)
        with open_arena(committee) as chain:
            warm = measure_whole_job(chain, committee, advance, warm=True)
        yield gas(f"quorum{committee}.total", cold.total)
        yield gas(f"quorum{committee}.closed", cold.total + cold.close)
        yield gas(f"quorum{committee}.warm", warm.total)
    yield from _steps(cold, warm)


def _steps(cold: WholeJob, warm: WholeJob) -> Iterator[Figure]:
    """Steps of the largest committee."""
    yield gas("post", cold.post)
    yield gas("commit.first", cold.commits[0])
    yield gas("commit.next", cold.commits[1])
    yield gas("commit.next.warm", warm.commits[1])
    yield gas("commit.last", cold.commits[-1])
    yield gas("reveal.first", cold.reveals[0])
    yield gas("reveal.next", cold.reveals[1])
    yield gas("reveal.late", cold.reveals[-1])
    yield gas("claim.shared", cold.claim)
    yield gas("close.shared", cold.close)


def _operations(advance: Callable[[], None]) -> Iterator[Figure]:
    with open_arena(FEW) as chain:
        few = measure_operations(chain)
    advance()
    with open_arena(MANY) as chain:
        many = measure_operations(chain)
    advance()
    for name in ("claim.single", "close.single", "deliver", "cancel", "advance"):
        yield gas(name, few[name].total)
    for name in ("stake", "unstake", "withdraw"):
        yield gas(name, few[name].total)
    yield gas("growth.workers", largest_growth(few, many))
