"""What every command has: the options that all share, and a session to work with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from assay.cli.lazy import HELP_OPTIONS

_File = click.Path(path_type=Path, dir_okay=False)
_F = TypeVar("_F", bound=Callable[..., Any])

SETTINGS = ("deployment", "rpc_url", "key_store", "password_file")
"""The settings that are options, too."""


def _shared() -> list[click.Parameter]:
    return [
        click.Option(["-c", "--config"], type=_File, help="The TOML file with the settings."),
        click.Option(["--deployment"], metavar="NAME|FILE", help="The network, or its file."),
        click.Option(
            ["--rpc-url"],
            metavar="URL",
            help="The node. One with a key in it belongs into the file or the environment.",
        ),
        click.Option(["--key-store"], type=_File, help="The keyfile of your account."),
        click.Option(["--password-file"], type=_File, help="The file with its password."),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document."),
    ]


class Command(click.Command):
    """A command that is given a `assay.cli.session.Session` as its object."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        attributes["params"] = [*attributes.get("params", ()), *_shared()]
        attributes.setdefault("context_settings", HELP_OPTIONS)
        super().__init__(*args, **attributes)

    def invoke(self, ctx: click.Context) -> Any:
        from assay.cli.session import Session

        taken = {name: ctx.params.pop(name) for name in (*SETTINGS, "config", "as_json")}
        config, as_json = taken.pop("config"), taken.pop("as_json")
        yes = ctx.params.pop("yes", False)
        ctx.obj = Session(config=config, options=taken, as_json=as_json, yes=yes)
        return super().invoke(ctx)


def makes(help_: str) -> Callable[[Callable[..., Any]], Command]:
    """Makes a function a command; its first argument is the session."""

    def made(function: Callable[..., Any]) -> Command:
        return click.command(cls=Command, help=help_)(click.pass_obj(function))

    return made


def sends(function: _F) -> _F:
    """The option of commands that send transactions: not to be asked."""
    option = click.option("-y", "--yes", is_flag=True, help="Send without asking.")
    return option(function)


in_wei = click.option("--wei", is_flag=True, help="Amounts are integers, in wei.")
