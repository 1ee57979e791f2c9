"""`assay-worker`: run, once, check, new-key."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assay.errors import AssayError
from worker import app, keys, logs, signals
from worker.errors import NothingLeftError, SettingsError
from worker.preflight import Preflight
from worker.settings import Settings, load

_BAD_CONFIGURATION = 2
_CANNOT_WORK = 1

_config = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with the settings.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="assay")
def main() -> None:
    """The Assay worker: runs models for jobs on chain and votes on their results.

    Settings come from a TOML file and from variables ASSAY_WORKER_…, which stand above it. The
    password of the key store comes from password_file or from ASSAY_WORKER_PASSWORD.
    """


@main.command()
@_config
def run(config: Path | None) -> None:
    """Work until the process is told to stop (SIGTERM or SIGINT)."""
    with _explained():
        settings = _settings(config)
        try:
            with signals.interrupting(), closing(app.build(settings, pause=time.sleep)) as daemon:

                def stop(name: str) -> None:
                    daemon.stop()  # first: nobody may be there any more to read the log
                    structlog.get_logger(__name__).info("stopping", signal=name)

                with signals.answered(stop):
                    daemon.run()
        except KeyboardInterrupt:  # while it was starting, or closing
            structlog.get_logger(__name__).info("stopped")


@main.command()
@_config
def once(config: Path | None) -> None:
    """Work until nothing is left to do now, then end."""
    with _explained():
        try:
            daemon = app.build(_settings(config))
        except NothingLeftError:
            click.echo("The worker is switched off, and nothing is left to see through.")
            return
        with closing(daemon):
            daemon.run_until_idle()


@main.command()
@_config
def check(config: Path | None) -> None:
    """Look at everything a worker needs and say what is wrong."""
    with _explained():
        preflight = Preflight(_settings(config), beside=True)
        preflight.look()
        preflight.look_at_sandbox()
        preflight.close()
    table = Table(box=None, pad_edge=False, show_header=False)
    for item in preflight.findings:
        verdict = Text("ok", "green") if item.ok else Text("wrong", "red")
        table.add_row(verdict, Text(item.name), Text(item.detail))
    Console().print(table)
    if preflight.faults:
        sys.exit(_CANNOT_WORK)


@main.command("new-key")
@click.argument("key_store", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the password on its first line, if not in ASSAY_WORKER_PASSWORD.",
)
def new_key(key_store: Path, password_file: Path | None) -> None:
    """Create a signer in a new key store, and print the signer's address."""
    with _explained():
        account = keys.create(key_store, keys.take_password(password_file))
        click.echo(account.address)


def _settings(config: Path | None) -> Settings:
    settings = load(config)
    logs.configure(settings)
    return settings


@contextmanager
def _explained() -> Iterator[None]:
    """What the product refuses ends the process with a message instead of a trace."""
    try:
        yield
    except AssayError as error:
        click.echo(str(error), err=True)
        sys.exit(_BAD_CONFIGURATION if isinstance(error, SettingsError) else _CANNOT_WORK)
