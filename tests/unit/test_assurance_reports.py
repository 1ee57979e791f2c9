"""What is read from forge's reports: calls of invariants, and what no test reaches."""

import pytest

from benchmarks.commands import CommandFailedError, output
from benchmarks.invariants import calls
from scripts.uncovered import uncovered

LCOV = """TN:
SF:contracts/A.sol
DA:4,12
DA:5,0
BRDA:4,0,0,3
BRDA:4,0,1,-
end_of_record
SF:contracts/B.sol
DA:9,0
end_of_record
"""


def suite(**kinds):
    return {
        "tests/A.t.sol:A": {
            "test_results": {name: {"kind": kind} for name, kind in kinds.items()},
        }
    }


def test_calls__invariants_and_tests__calls_of_the_invariants():
    ran = suite(
        first={"Invariant": {"runs": 2, "calls": 1000, "reverts": 0}},
        second={"Invariant": {"runs": 2, "calls": 500, "reverts": 0}},
        plain={"Unit": {"gas": 5}},
    )
    assert calls(ran) == 1500


def test_calls__one_reverted__refused():
    with pytest.raises(CommandFailedError, match="first: 3 calls reverted"):
        calls(suite(first={"Invariant": {"runs": 2, "calls": 1000, "reverts": 3}}))


def test_calls__no_invariant__refused():
    with pytest.raises(CommandFailedError, match="no invariant was run"):
        calls(suite(plain={"Unit": {"gas": 5}}))


def test_output__command_fails__shows_how_it_ends():
    with pytest.raises(CommandFailedError, match=r"code 3.*\n.*last words"):
        output(["sh", "-c", "echo the last words; exit 3"], {"PATH": "/usr/bin:/bin"})


def test_uncovered__report__lines_never_run_and_branches_never_taken():
    assert list(uncovered(LCOV)) == [
        "contracts/A.sol:5 line never run",
        "contracts/A.sol:4 branch 1 never taken",
        "contracts/B.sol:9 line never run",
    ]
