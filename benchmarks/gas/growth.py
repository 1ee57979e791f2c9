"""Whether any operation costs more when the system is crowded."""

from collections.abc import Callable, Mapping

from benchmarks.gas.arena import Arena, open_arena
from benchmarks.gas.batches import cast_votes, post_many
from benchmarks.gas.match import terms
from benchmarks.gas.meter import Spent
from benchmarks.gas.operations import measure_operations

FEW = 5
SIZES = (50, 500)
_CHUNK = 50


def _post(arena: Arena, jobs: int) -> None:
    for first in range(0, jobs, _CHUNK):
        post_many(arena, f"crowd {first}", terms(FEW), _CHUNK)


def _vote(arena: Arena, votes: int) -> None:
    cast_votes(arena, votes // FEW)


CROWDS: Mapping[str, Callable[[Arena, int], None] | None] = {
    "workers": None,
    "jobs": _post,
    "voters": _vote,
}
"""What there can be many of, and how a chain with FEW workers comes to have them: jobs that are
open, and votes that others have revealed and not taken back."""


def measure_few() -> Mapping[str, Spent]:
    """Each operation where there are FEW workers and nobody else's jobs."""
    with open_arena(FEW) as chain:
        return measure_operations(chain)


def measure_growth(crowd: str, few: Mapping[str, Spent], advance: Callable[[], None]) -> int:
    """The most by which the gas of any operation differs in a crowd, calldata aside.

    Calls `advance` for each of SIZES.
    """
    found = []
    for size in SIZES:
        fill = CROWDS[crowd]
        with open_arena(FEW if fill else size) as chain:
            if fill:
                fill(chain, size)
            found.append(_largest(few, measure_operations(chain)))
        advance()
    return max(found)


def _largest(few: Mapping[str, Spent], many: Mapping[str, Spent]) -> int:
    return max(abs(many[name].execution - few[name].execution) for name in few)
