"""Whether any operation costs more when more workers are registered."""

from collections.abc import Mapping

from benchmarks.gas.meter import Spent

FEW = 5
MANY = 50


def largest_growth(few: Mapping[str, Spent], many: Mapping[str, Spent]) -> int:
    """The most by which an operation's gas differs, calldata aside."""
    return max(abs(many[name].execution - few[name].execution) for name in few)
