"""The command `assay` itself: how errors are shown, and how the process ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from assay.cli.errors import Exit, described, exit_code
from assay.cli.lazy import LazyGroup
from assay.errors import AssayError


class Root(LazyGroup):
    """Ends the process with a documented code, and a message instead of a trace."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Runs the command and ends the process, whatever comes."""
        del standalone_mode  # errors are shown here
        given = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in given
        try:
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            code = _usage(error, as_json)
        except click.Abort:
            code = _say("Interrupted", "interrupted", {}, Exit.INTERRUPTED, as_json)
        except AssayError as error:
            code = _refusal(error, as_json)
        sys.exit(code if isinstance(code, int) else Exit.OK)


def _usage(error: click.ClickException, as_json: bool) -> int:
    if not as_json:
        error.show()
    else:
        _say(type(error).__name__, error.format_message(), {}, Exit.MISCONFIGURED, as_json)
    return Exit.MISCONFIGURED


def _refusal(error: AssayError, as_json: bool) -> int:
    from assay.cli.output import jobs_hint

    shown = described(error)
    code = exit_code(error)
    hint = jobs_hint(shown["values"]) if code in (Exit.PENDING, Exit.INTERRUPTED) else ""
    message = shown["message"] if as_json or not hint else f"{shown['message']}\n{hint}"
    return _say(shown["error"], message, shown, code, as_json)


def _say(name: str, message: str, shown: dict[str, Any], code: Exit, as_json: bool) -> int:
    from assay.cli.output import clean, dumped

    if as_json:
        document = {"error": name, "message": message, "values": {}, **shown}
        click.echo(dumped(document), err=True)
    else:
        click.echo(clean(message), err=True)
    return code
