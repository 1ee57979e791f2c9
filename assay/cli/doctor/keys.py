"""The account: its key store, who can read it, its password."""

from __future__ import annotations

import os
from pathlib import Path

from assay import keys
from assay.cli.doctor.findings import Findings
from assay.cli.session import MAKER, Session
from assay.cli.settings import PASSWORD_VARIABLE

_OTHERS = 0o077


def look(found: Findings, session: Session) -> None:
    """Without a key store one can only read, which is no fault."""
    key_store, password_file = session.settings.key_store, session.settings.password_file
    if key_store is None:
        found.note("key store", f"none, so nothing can be sent; `{MAKER}` makes one")
        return
    named = found.attempt("key store", lambda: keys.named_address(key_store, MAKER))
    for name, path in (("key store", key_store), ("password file", password_file)):
        if path is not None:
            _private(found, name, path)
    if key_store.exists():
        _unlock(found, session, key_store, named)


def _private(found: Findings, name: str, path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # reading it says so
    if mode & _OTHERS:
        found.wrong(name, f"{path}: others can read it; run chmod 600 on it")


def _unlock(found: Findings, session: Session, key_store: Path, named: str | None) -> None:
    password_file = session.settings.password_file
    password = found.attempt(
        "password",
        lambda: keys.take_password(password_file, PASSWORD_VARIABLE, dict(os.environ)) or "",
    )
    if password is None:
        return
    if not password:
        found.note(
            "password", f"in no file and not in {PASSWORD_VARIABLE}: it is asked for when needed"
        )
        return
    account = found.attempt("key store", lambda: keys.unlock(key_store, password, MAKER))
    if account is None:
        return
    if named not in (None, account.address):
        found.wrong(
            "key store",
            f"{key_store} names {named} and holds the key of {account.address}: correct its "
            "address, or make it anew",
        )
        return
    found.ok("key store", f"account {account.address}")
