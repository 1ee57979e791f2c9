"""Gas of the contracts as they are, against the committed figures."""

import pytest

from benchmarks import gas
from benchmarks import gas_snapshot as snapshot
from benchmarks.figures import GOALS


@pytest.fixture(scope="module")
def figures():
    return gas.measure(lambda: None)


def test_gas__as_committed__equal_to_the_last_unit(figures):
    lines = snapshot.differences(figures, snapshot.read())
    told = ["gas is not as committed:", *lines, f"If that is meant: {snapshot.ACCEPT}"]
    assert not lines, "\n  ".join(told)


def test_gas__with_a_target__within_it(figures):
    missed = [figure for figure in figures if figure.met is False]
    assert not missed
    named = {figure.name for figure in figures if figure.met}
    assert named == {name for name in GOALS if name.startswith("gas.") and GOALS[name].target}
