"""Samples, the order of tests, verdicts read from forge, and what is recorded of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.mutation import record
from scripts.mutation.artefacts import Artefact, holding, knowing
from scripts.mutation.errors import MutationError
from scripts.mutation.mutants import Mutant, sample
from scripts.mutation.record import Entry, Run
from scripts.mutation.trial import Outcome, Verdict, failed_test, glob, stages

FAILED = """Ran 3 test suites in 24.24ms: 40 tests passed, 1 failed, 0 skipped (41 total tests)

Failing tests:
Encountered 1 failing test in tests/forge/settlement/Quorum.t.sol:QuorumTest
[FAIL: : 2 != 3] test_quorum__last_round__a_majority() (gas: 541029)

Encountered a total of 1 failing tests, 40 tests succeeded
"""
BROKEN_INVARIANT = """Failing tests:
Encountered 1 failing test in tests/forge/invariants/Invariants.t.sol:InvariantsTest
[FAIL: : 2 != 3]
\t[Sequence] (original: 65, shrunk: 65)
\t\tsender=0x4e2b addr=[tests/forge/invariants/Handler.sol:Handler]0x5615 calldata=time(uint256)
 invariant_books_balance_to_the_wei() (runs: 0, calls: 0, reverts: 1)
"""


def mutant(number: int) -> Mutant:
    return Mutant("contracts/A.sol", number, "check", "if", "{}", number, number + 1, f"k{number}")


def entry(number: int, verdict: Verdict, explained: str = "") -> Entry:
    return record.entry(mutant(number), Outcome(verdict), {f"k{number}": explained})


def artefact(file: str, *sources: str) -> Artefact:
    return Artefact(Path(file), file, Path(file).stem, frozenset({file, *sources}), {})


POPULATION = [mutant(number) for number in range(50)]


def test_sample__same_seed__same_mutants_in_order() -> None:
    chosen = sample(POPULATION, 10, 7)
    assert chosen == sample(POPULATION, 10, 7)
    assert [each.line for each in chosen] == sorted({each.line for each in chosen})
    assert len(chosen) == 10


def test_sample__other_seed__other_mutants() -> None:
    assert sample(POPULATION, 10, 7) != sample(POPULATION, 10, 8)


def test_sample__more_than_there_are__all() -> None:
    assert sample(POPULATION, 100, 1) == POPULATION


def test_holding__contract__not_the_tests_that_deploy_it() -> None:
    contract = artefact("contracts/A.sol", "contracts/base/B.sol")
    test = artefact("tests/forge/A.t.sol", "contracts/A.sol", "contracts/base/B.sol")
    other = artefact("contracts/C.sol")
    source = b"// a contract that\nabstract contract B {}"
    assert holding([contract, test, other], "contracts/base/B.sol", source) == [contract]


def test_holding__library__whoever_has_its_functions_inside() -> None:
    contract = artefact("contracts/A.sol", "contracts/L.sol")
    test = artefact("tests/forge/L.t.sol", "contracts/L.sol")
    assert holding([contract, test], "contracts/L.sol", b"library L {}") == [contract, test]


def test_knowing__files__tests_that_know_one_of_them() -> None:
    found = [
        artefact("contracts/A.sol"),
        artefact("tests/forge/A.t.sol", "contracts/A.sol"),
        artefact("tests/forge/utils/Helper.sol", "contracts/A.sol"),
        artefact("tests/forge/B.t.sol", "contracts/B.sol"),
    ]
    assert knowing(found, ["contracts/A.sol"]) == {"tests/forge/A.t.sol"}


def test_stages__with_invariants__they_come_last() -> None:
    invariants, first, second = (
        "tests/forge/invariants/Walk.t.sol",
        "tests/forge/queue/Post.t.sol",
        "tests/forge/vault/Stake.t.sol",
    )
    assert stages({invariants, second, first}) == [(first, second), (invariants,)]
    assert stages({second}) == [(second,)]


@pytest.mark.parametrize(
    ("files", "pattern"), [(["a.t.sol"], "a.t.sol"), (["a.t.sol", "b.t.sol"], "{a.t.sol,b.t.sol}")]
)
def test_glob__files__these_only(files: list[str], pattern: str) -> None:
    assert glob(files) == pattern


@pytest.mark.parametrize(
    ("output", "test"),
    [
        (FAILED, "settlement/Quorum.t.sol:QuorumTest test_quorum__last_round__a_majority()"),
        (
            BROKEN_INVARIANT,
            "invariants/Invariants.t.sol:InvariantsTest invariant_books_balance_to_the_wei()",
        ),
    ],
)
def test_failed_test__output_of_forge__names_it(output: str, test: str) -> None:
    assert failed_test(output) == f"tests/forge/{test}"


def test_failed_test__forge_itself_failed__an_error_with_its_words() -> None:
    with pytest.raises(MutationError, match="Compiler run failed"):
        failed_test("Error: Compiler run failed")


def test_killed_share__some_of_each__of_the_valid_ones() -> None:
    verdicts = [Verdict.KILLED] * 3 + [Verdict.SURVIVED, Verdict.EQUIVALENT, Verdict.BROKEN]
    run = Run(1, 50, tuple(entry(number, verdict) for number, verdict in enumerate(verdicts)))
    assert run.killed_share == 0.75


def test_unexplained__survivors__without_a_word_only() -> None:
    entries = (
        entry(1, Verdict.KILLED),
        entry(2, Verdict.SURVIVED, "no input reaches it"),
        entry(3, Verdict.SURVIVED),
    )
    assert [each.key for each in Run(1, 50, entries).unexplained] == ["k3"]


def test_write__next_run__explanations_stay_with_their_mutants(tmp_path: Path) -> None:
    path = tmp_path / "mutation.json"
    known = {each.key for each in POPULATION}
    record.write(Run(1, 50, (entry(1, Verdict.SURVIVED), entry(2, Verdict.SURVIVED))), known, path)
    edited = json.loads(path.read_text())
    edited["mutants"][0]["explained"] = "no input reaches it"
    edited["mutants"][1]["explained"] = "the same for every caller"
    path.write_text(json.dumps(edited))

    told = record.explanations(path)
    assert told == {"k1": "no input reaches it", "k2": "the same for every caller"}
    again = record.entry(mutant(1), Outcome(Verdict.SURVIVED), told)
    record.write(Run(2, 50, (again,)), known, path)
    content = json.loads(path.read_text())
    assert content["mutants"][0]["explained"] == "no input reaches it"
    assert content["explained_elsewhere"] == {"k2": "the same for every caller"}
    assert record.explanations(path) == told


def test_write__mutant_gone__its_explanation_too(tmp_path: Path) -> None:
    path = tmp_path / "mutation.json"
    record.write(Run(1, 50, (entry(2, Verdict.SURVIVED, "why"),)), {"k2"}, path)
    record.write(Run(2, 50, (entry(1, Verdict.KILLED),)), {"k1"}, path)
    assert record.explanations(path) == {}


def test_entry__killed_after_all__explanation_dropped() -> None:
    assert entry(1, Verdict.KILLED, "said once").explained == ""
