"""One mutant before the tests: the verdict, and which test gave it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scripts.mutation.artefacts import Artefact
from scripts.mutation.compiler import Bytecode
from scripts.mutation.errors import MutationError
from scripts.mutation.workshop import Workshop

_INVARIANTS = "tests/forge/invariants/"
_SECONDS = 300.0
"""Far more than the tests take; a mutant that needs longer runs for ever."""
_FAILED = re.compile(r"^\[FAIL.*\] (\w+\(.*?\))|^ (invariant_\w+\(\))", re.MULTILINE)
_SUITE = re.compile(r"^Encountered \d+ failing tests? in (\S+)", re.MULTILINE)
_TAIL = 3_000


class Verdict(StrEnum):
    """What became of a mutant. Only the first two are valid mutants."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"
    """The same bytecode: no fault at all."""
    BROKEN = "broken"
    """It does not compile."""


@dataclass(frozen=True)
class Outcome:
    """A verdict and its witness, a test; empty where none was needed."""

    verdict: Verdict
    killed_by: str = ""


@dataclass(frozen=True)
class Changed:
    """A contract with its new bytecode."""

    artefact: Artefact
    bytecode: Bytecode


def stages(tests: Collection[str]) -> list[tuple[str, ...]]:
    """Test files in the order to run them: what is quick first, invariants last."""
    late = sorted(file for file in tests if file.startswith(_INVARIANTS))
    early = sorted(file for file in tests if not file.startswith(_INVARIANTS))
    return [tuple(stage) for stage in (early, late) if stage]


def witness(workshop: Workshop, plan: Sequence[Sequence[str]]) -> str:
    """The first test that fails; empty if all pass."""
    workshop.forget_failures()
    for files in plan:
        try:
            code, output = workshop.forge(
                "test", "--fail-fast", "--match-path", glob(files), seconds=_SECONDS
            )
        except subprocess.TimeoutExpired:
            return "timeout"
        if code != 0:
            return failed_test(output)
    return ""


def glob(files: Sequence[str]) -> str:
    """A pattern for these files and no others."""
    return "{" + ",".join(files) + "}" if len(files) > 1 else files[0]


def failed_test(output: str) -> str:
    """`file:contract test` of the first failure that forge reports.

    Raises:
        MutationError: forge failed without saying that a test did.
    """
    summary = output[output.find("Failing tests:") :]
    suite, test = _SUITE.search(summary), _FAILED.search(summary)
    if suite is None:
        raise MutationError(f"forge test failed, but no test did:\n{output[-_TAIL:]}")
    return f"{suite[1]} {test[1] or test[2]}" if test else suite[1]
