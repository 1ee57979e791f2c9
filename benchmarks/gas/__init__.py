"""Gas of every operation and of whole jobs, from the receipts of a local chain."""

from collections.abc import Callable, Iterator

from benchmarks.figures import Figure, gas
from benchmarks.gas.arena import open_arena
from benchmarks.gas.batches import measure_committee_batch, measure_open_batch
from benchmarks.gas.growth import CROWDS, SIZES, measure_few, measure_growth
from benchmarks.gas.open_round import measure_open_job
from benchmarks.gas.tolerance import measure_tolerance
from benchmarks.gas.whole_job import JOBS, WholeJob, measure_whole_job
from scripts.deployment.artefacts import compile_contracts

COMMITTEES = (3, 5)
STEPS = (2 * len(COMMITTEES) + 1) * JOBS + 4 + len(CROWDS) * len(SIZES)


def measure(advance: Callable[[], None]) -> list[Figure]:
    """Every gas figure. Calls `advance` STEPS times on the way."""
    compile_contracts()
    return [
        *_whole_jobs(advance),
        *_open_jobs(advance),
        *_batches(advance),
        *_operations(advance),
        *measure_tolerance(),
    ]


def _whole_jobs(advance: Callable[[], None]) -> Iterator[Figure]:
    for committee in COMMITTEES:
        with open_arena(committee) as chain:
            cold = measure_whole_job(chain, committee, advance)
        with open_arena(committee) as chain:
            warm = measure_whole_job(chain, committee, advance, warm=True)
        yield gas(f"quorum{committee}.total", warm.total)
        yield gas(f"quorum{committee}.closed", warm.total + warm.close)
        yield gas(f"quorum{committee}.first_use", cold.total)
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


def _open_jobs(advance: Callable[[], None]) -> Iterator[Figure]:
    with open_arena(5) as chain:
        job = measure_open_job(chain, advance)
    yield gas("optimistic.single", job.single)
    yield gas("optimistic.shared_claim", job.shared_claim)
    yield gas("optimistic.closed", job.shared_claim + job.close_shared)
    yield gas("propose", job.propose)
    yield gas("claim.proposal.single", job.claim)
    yield gas("claim.proposal.shared", job.claim_shared)


def _batches(advance: Callable[[], None]) -> Iterator[Figure]:
    with open_arena(5) as chain:
        yield gas("optimistic.batch64_per_job", measure_open_batch(chain))
    advance()
    with open_arena(5) as chain:
        yield gas("quorum5.batch64_per_job", measure_committee_batch(chain, warm=True))
    advance()
    with open_arena(5) as chain:
        yield gas("quorum5.batch64_first_use", measure_committee_batch(chain, warm=False))
    advance()


def _operations(advance: Callable[[], None]) -> Iterator[Figure]:
    few = measure_few()
    advance()
    for name in ("claim.single", "close.single", "deliver", "cancel", "advance", "appeal"):
        yield gas(name, few[name].total)
    for name in ("stake", "unstake", "withdraw"):
        yield gas(name, few[name].total)
    for crowd in CROWDS:
        yield gas(f"growth.{crowd}", measure_growth(crowd, few, advance))
