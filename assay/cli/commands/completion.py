"""`assay completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from assay.cli.command import makes
from assay.cli.errors import MissingExtraError
from assay.cli.session import Session

_VARIABLE = "_ASSAY_COMPLETE"


@makes(
    """Print the script that completes `assay` in a shell.

    For bash: assay completion bash > ~/.local/share/bash-completion/completions/assay
    """
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(session: Session, shell: str) -> None:
    from assay.cli import main

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has these three
    try:
        script = kind(main, {}, "assay", _VARIABLE).source()
    except RuntimeError as error:  # click looks at the version of bash
        raise MissingExtraError(f"{shell}: {error}") from None
    if session.as_json:
        session.show({"shell": shell, "script": script})
    else:
        click.echo(script)
