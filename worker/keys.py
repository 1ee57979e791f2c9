"""The worker's two secrets: the signer's key, encrypted, and what its salts are derived from."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from eth_account.signers.local import LocalAccount

from assay import keys
from worker.errors import PasswordError, SecretError
from worker.settings import PASSWORD_VARIABLE

_MAKER = "assay-worker new-key"
_SALT_BYTES = 16
_SECRET_BYTES = 32
_SALT_DOMAIN = b"assay.salt/1"


def take_password(
    password_file: Path | None, environment: MutableMapping[str, str] | None = None
) -> str:
    """The key store's password, as `assay.keys.take_password` finds it.

    Raises PasswordError when there is none.
    """
    password = keys.take_password(password_file, PASSWORD_VARIABLE, environment)
    if password is None:
        raise PasswordError(
            f"no password for the key store: set password_file, or {PASSWORD_VARIABLE}"
        )
    return password


def unlock(key_store: Path, password: str) -> LocalAccount:
    """The signer in an Ethereum keyfile.

    Raises KeyStoreError for a file that is missing or none, PasswordError for a wrong password.
    """
    return keys.unlock(key_store, password, _MAKER)


def open_signer(
    key_store: Path,
    password_file: Path | None,
    environment: MutableMapping[str, str] | None = None,
) -> LocalAccount:
    """The signer in a keyfile, by the password as `take_password` finds it.

    Raises KeyStoreError, and PasswordError, which says where a wrong password came from.
    """
    password = take_password(password_file, environment)
    try:
        return unlock(key_store, password)
    except PasswordError as error:
        source = PASSWORD_VARIABLE if password_file is None else f"password_file, {password_file}"
        raise PasswordError(f"{error}; it came from {source}") from None


def create(key_store: Path, password: str) -> LocalAccount:
    """A new signer, encrypted into a file that must not exist yet; only its owner can read it."""
    return keys.create(key_store, password)


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
            keys.write_new(path, secrets.token_bytes(_SECRET_BYTES))
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
