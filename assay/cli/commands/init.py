"""`assay init`."""

from __future__ import annotations

from pathlib import Path

import click

from assay import keys
from assay.cli import consent, settings
from assay.cli.command import makes
from assay.cli.errors import SettingsError
from assay.cli.output import fields
from assay.cli.session import MAKER, Session
from assay.cli.setup import accounts, files
from assay.errors import SecretError

_DEMO = {"rpc_url": "http://127.0.0.1:8545", "deployment": "anvil"}
_QUESTIONS = {"rpc_url": "URL of a node", "deployment": "Network, or the file of its deployment"}


@makes(
    """Write a file with the settings, with comments; it holds no secret.

    It goes to --config, ./assay.toml by default, and is never overwritten. What is not said is
    asked for; without a terminal it is that of the demo network.
    """
)
@click.option("--user", is_flag=True, help="Into your configuration folder, for all folders.")
@click.option("--new-key", is_flag=True, help="Make an account, in the key store that is named.")
@click.option(
    "--import-key",
    is_flag=True,
    help="Put a private key into it, typed, or from standard input; never an argument.",
)
def command(session: Session, user: bool, new_key: bool, import_key: bool) -> None:
    if new_key and import_key:
        raise click.UsageError("--new-key and --import-key exclude each other")
    if user and session.config is not None:
        raise click.UsageError("--user and --config exclude each other")
    path = settings.user_file() if user else session.config or settings.FILE
    if path.exists():
        raise SecretError(f"{path}: exists already; it is never overwritten")
    values = _values(session, path)
    makes_key = new_key or import_key
    if makes_key:
        values.setdefault("key_store", str(files.key_store_beside(path)))
    settings.check(values)
    address = _account(session, path, values, import_key=import_key) if makes_key else None
    keys.write_new(path, files.text(values).encode())
    if address is None and "key_store" in values:
        address = _named(path.parent / values["key_store"])
    document = {"config": str(path), "account": address}
    session.show(document, fields({"wrote": path, "account": address or "none yet"}))


def _values(session: Session, path: Path) -> dict[str, str]:
    faults = list(settings.told_to_all(session.options))
    if faults:
        raise SettingsError(faults)
    values = {name: str(value) for name, value in session.options.items() if value is not None}
    for name, usual in _DEMO.items():
        if name not in values:
            ask = consent.interactive() and not session.as_json
            question = _QUESTIONS[name]
            values[name] = click.prompt(question, default=usual, err=True) if ask else usual
    return files.seen_from(path.parent, values)


def _named(key_store: Path) -> str | None:
    """The account of a key store that is there already."""
    return keys.named_address(key_store, MAKER) if key_store.exists() else None


def _account(session: Session, path: Path, values: dict[str, str], *, import_key: bool) -> str:
    key_store = path.parent / values["key_store"]
    if key_store.exists():
        raise SecretError(f"{key_store}: exists already; it is never overwritten")
    key = accounts.typed_key() if import_key else None
    file = values.get("password_file")
    password = accounts.new_password(None if file is None else path.parent / file, key_store)
    session.note("encrypting the key …")
    return keys.create(key_store, password, key).address
