"""A new key store: its password, and a private key that somebody has already."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click
from eth_keys.constants import SECPK1_N

from assay import keys
from assay.cli import consent
from assay.cli.settings import PASSWORD_VARIABLE
from assay.errors import KeyStoreError, PasswordError

_KEY_BYTES = 32


def new_password(password_file: Path | None, key_store: Path) -> str:
    """For a new key store: from its file, which is made if it is not there, or as always."""
    if password_file is not None and not password_file.exists():
        os.environ.pop(PASSWORD_VARIABLE, None)
        password = secrets.token_urlsafe()
        keys.write_new(password_file, f"{password}\n".encode())
        return password
    found = keys.take_password(password_file, PASSWORD_VARIABLE)
    if found is not None:
        return found
    if not consent.interactive():
        raise PasswordError(
            f"no password for the new key store: give --password-file, or {PASSWORD_VARIABLE}; "
            "without a terminal nobody can be asked"
        )
    typed: str = click.prompt(
        f"Password for {key_store}", hide_input=True, confirmation_prompt=True, err=True
    )
    return typed


def typed_key() -> bytes:
    """A private key, typed without being shown, or the first line of standard input.

    Raises KeyStoreError, which does not repeat it.
    """
    if consent.interactive():
        text = click.prompt("Private key", hide_input=True, err=True)
    else:
        text = sys.stdin.readline(200)
    try:
        key = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES or not 0 < int.from_bytes(key, "big") < SECPK1_N:
        raise KeyStoreError("that is no private key: expected 0x and 64 hex digits")
    return key
