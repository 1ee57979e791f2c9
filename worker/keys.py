"""The worker's two secrets: the signer's key, encrypted, and what its salts are derived from."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from eth_account import Account
from eth_account.signers.local import LocalAccount

from worker.errors import KeyStoreError, PasswordError, SecretError
from worker.settings import PASSWORD_VARIABLE

_SALT_BYTES = 16
_SECRET_BYTES = 32
_SALT_DOMAIN = b"assay.salt/1"


def take_password(
    password_file: Path | None, environment: MutableMapping[str, str] | None = None
) -> str:
    """The key store's password, from the first line of a file or else from the environment.

    The variable is removed from the environment either way, so that no child process inherits it.
    Raises PasswordError when there is none.
    """
    environment = os.environ if environment is None else environment
    from_environment = environment.pop(PASSWORD_VARIABLE, None)
    if password_file is not None:
        try:
            lines = password_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise PasswordError(f"{password_file}: the password cannot be read: {error}") from None
        if not lines or not lines[0]:
            raise PasswordError(f"{password_file}: expected the password on its first line")
        return lines[0]
    if not from_environment:
        raise PasswordError(
            f"no password for the key store: set password_file, or {PASSWORD_VARIABLE}"
        )
    return from_environment


def unlock(key_store: Path, password: str) -> LocalAccount:
    """The signer in an Ethereum keyfile.

    Raises KeyStoreError for a file that is missing or none, PasswordError for a wrong password.
    """
    try:
        keyfile = json.loads(key_store.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeyStoreError(
            f"{key_store}: the key store cannot be read: {error.strerror}; create one with "
            "`assay-worker new-key`"
        ) from None
    except ValueError:
        raise KeyStoreError(f"{key_store}: expected an encrypted keyfile, which is JSON") from None
    try:
        account: LocalAccount = Account.from_key(Account.decrypt(keyfile, password))
    except ValueError as error:
        if "mac mismatch" not in str(error).lower():
            raise KeyStoreError(f"{key_store}: not a keyfile this version reads: {error}") from None
        raise PasswordError(f"{key_store}: the password is wrong") from None
    except (KeyError, TypeError, AttributeError, NotImplementedError) as error:
        raise KeyStoreError(f"{key_store}: not a keyfile: {error!r}") from None
    return account


def create(key_store: Path, password: str) -> LocalAccount:
    """A new signer, encrypted into a file that must not exist yet; only its owner can read it."""
    account: LocalAccount = Account.create()
    _write_new(key_store, json.dumps(Account.encrypt(account.key, password)).encode())
    return account


@dataclass(frozen=True)
class Salts:
    """Salts of commitments: the same for the same round, unknown to anyone without the secret.

    The secret is its own, not the signer's key: a signer can be rotated, a salt must not change.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> Salts:
        """The salts of the secret in that file, which is created when it is missing.

        Raises SecretError when others can read it, or when it is damaged.
        """
        if not path.exists():
            _write_new(path, secrets.token_bytes(_SECRET_BYTES))
        try:
            if path.stat().st_mode & 0o077:
                raise SecretError(f"{path}: others can read the salt secret; run chmod 600 on it")
            secret = path.read_bytes()
        except OSError as error:
            raise SecretError(f"{path}: the salt secret cannot be read: {error}") from None
        if len(secret) != _SECRET_BYTES:
            raise SecretError(
                f"{path}: {len(secret)} bytes where a salt secret has {_SECRET_BYTES}; restore it "
                "from a backup, since open commitments cannot be revealed without it"
            )
        return cls(secret)

    def of(self, job_id: bytes, round_: int) -> bytes:
        """The salt, 32 bytes, of the commitment in one round of one job.

        The second half is zero, because zeros are cheap on chain, and 128 bits hide a result well.
        """
        message = _SALT_DOMAIN + job_id + round_.to_bytes(32, "big")
        random = hmac.new(self.secret, message, hashlib.sha256).digest()
        return random[:_SALT_BYTES] + bytes(len(random) - _SALT_BYTES)


def _write_new(path: Path, content: bytes) -> None:
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
