"""Key stores: an account's key, encrypted, and the password that opens it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from assay.addresses import AddressError, address
from assay.errors import KeyStoreError, PasswordError, SecretError

_LARGEST = 1 << 20
"""Characters of a file with a secret that are read; far more than any has."""
_MOST_BRACKETS = 100
"""Bounds the depth: where a library has raised Python's own, the parser overruns its stack."""


def take_password(
    password_file: Path | None, variable: str, environment: MutableMapping[str, str] | None = None
) -> str | None:
    """The key store's password, from the first line of a file or else from the environment.

    `variable` is removed from the environment either way, so that no child process inherits it.
    None when neither has one. Raises PasswordError for a file without one.
    """
    environment = os.environ if environment is None else environment
    from_environment = environment.pop(variable, None)
    if password_file is None:
        return from_environment or None
    try:
        lines = _read(password_file).splitlines()
    except OSError as error:
        raise PasswordError(
            f"{password_file}: the password cannot be read: {error.strerror}"
        ) from None
    except UnicodeDecodeError:
        raise PasswordError(f"{password_file}: the password cannot be read: no text") from None
    if not lines or not lines[0]:
        raise PasswordError(f"{password_file}: expected the password on its first line")
    return lines[0]


def unlock(key_store: Path, password: str, maker: str) -> LocalAccount:
    """The account in an Ethereum keyfile.

    `maker` is the command that makes one, for the message. Raises KeyStoreError for a file that is
    missing or none, PasswordError for a wrong password.
    """
    keyfile = _keyfile(key_store, maker)
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(keyfile, password))
    except ValueError as error:
        if "mac mismatch" not in str(error).lower():
            raise KeyStoreError(f"{key_store}: not a keyfile this version reads: {error}") from None
        raise PasswordError(f"{key_store}: the password is wrong") from None
    except (KeyError, TypeError, AttributeError, NotImplementedError) as error:
        raise KeyStoreError(f"{key_store}: not a keyfile: {error!r}") from None
    return account


def named_address(key_store: Path, maker: str) -> ChecksumAddress | None:
    """The address that a keyfile names in the clear; None for one that names none.

    It is what the file says: only its key can prove it. Raises KeyStoreError for a file that is
    missing or no keyfile.
    """
    keyfile = _keyfile(key_store, maker)
    named = keyfile.get("address") if isinstance(keyfile, dict) else None
    if not isinstance(named, str):
        return None
    try:
        return address("0x" + named.removeprefix("0x"))
    except AddressError:
        return None


def create(key_store: Path, password: str, key: bytes | None = None) -> LocalAccount:
    """An account, encrypted into a file that must not exist yet; only its owner can read it.

    A new one, or that of `key` (32 bytes). Raises SecretError.
    """
    account: LocalAccount = Account.create() if key is None else Account.from_key(key)
    write_new(key_store, json.dumps(Account.encrypt(account.key, password)).encode())
    return account


def write_new(path: Path, content: bytes) -> None:
    """Write a private file that must not exist, all of it or nothing. Raises SecretError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent) as file:  # readable by its owner only
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.link(file.name, path)
    except FileExistsError:
        raise SecretError(f"{path}: exists already; it is never overwritten") from None
    except OSError as error:
        raise SecretError(f"{path}: cannot be written: {error.strerror}") from None


def _keyfile(key_store: Path, maker: str) -> Any:
    try:
        text = _read(key_store)
        if text.count("[") + text.count("{") > _MOST_BRACKETS:
            raise ValueError("deeper than any keyfile")
        return json.loads(text)
    except OSError as error:
        raise KeyStoreError(
            f"{key_store}: the key store cannot be read: {error.strerror}; create one with "
            f"`{maker}`"
        ) from None
    except ValueError:
        raise KeyStoreError(f"{key_store}: expected an encrypted keyfile, which is JSON") from None


def _read(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(_LARGEST)
