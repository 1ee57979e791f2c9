"""The command line, run in this process."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from assay.cli import main

# From 8.2 on click's runner keeps the two streams apart by itself.
_APART = "mix_stderr" in inspect.signature(CliRunner).parameters


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The one document on standard error."""
        return json.loads(self.err)


def run(*arguments: str, typed: str = "", environment: Mapping[str, str] | None = None) -> Done:
    """Runs `assay` with these arguments; raises what is no refusal."""
    runner = CliRunner(**({"mix_stderr": False} if _APART else {}))
    done = runner.invoke(main, list(arguments), input=typed, env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)
