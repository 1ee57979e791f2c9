"""The deep invariants: more than a million calls of the handler, in sequences of a new seed."""

import json
import os
import secrets
from collections.abc import Callable
from typing import Any

from benchmarks.commands import CommandFailedError, output
from benchmarks.figures import Figure

STEPS = 1
_TESTS = "tests/forge/invariants/*"
_SEED_BITS = 64


def measure(advance: Callable[[], None]) -> list[Figure]:
    """Calls of the handler in sequences that forge makes up, all of which must succeed.

    Raises:
        CommandFailedError: an invariant is broken, or a call reverted. What failed is kept, and
            `FOUNDRY_PROFILE=deep forge test` tries it first.
    """
    seed = str(secrets.randbits(_SEED_BITS))
    command = ["forge", "test", "--json", "--match-path", _TESTS, "--fuzz-seed", seed]
    printed = output(command, {**os.environ, "FOUNDRY_PROFILE": "deep"})
    advance()
    found = json.loads(printed.splitlines()[-1])  # what compiling has to say comes before
    return [Figure("fuzz.invariant_calls", calls(found), "calls")]


def calls(found: dict[str, Any]) -> int:
    """Calls of all invariants in what `forge test --json` prints.

    Raises:
        CommandFailedError: a call reverted, or there is no invariant.
    """
    total = 0
    for suite, tests in found.items():
        for name, result in tests["test_results"].items():
            kind = result["kind"].get("Invariant")
            if kind is None:
                continue
            if kind["reverts"] != 0:
                raise CommandFailedError(f"{suite} {name}: {kind['reverts']} calls reverted")
            total += kind["calls"]
    if total == 0:
        raise CommandFailedError(f"no invariant was run in {_TESTS}")
    return total
