"""The key store, its password, and the salts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from worker import keys
from worker.errors import KeyStoreError, PasswordError, SecretError
from worker.keys import Salts, open_signer, take_password, unlock

KEY = bytes(range(1, 33))
JOB, ANOTHER = bytes(32), bytes([1]) * 32


@pytest.fixture
def key_store(tmp_path: Path) -> Path:
    path = tmp_path / "signer.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "right", iterations=2)))
    return path


def test_unlock__right_password__the_signer(key_store: Path) -> None:
    assert unlock(key_store, "right").key == KEY


def test_unlock__wrong_password__refused_without_telling_it(key_store: Path) -> None:
    with pytest.raises(PasswordError, match=r"signer\.json: the password is wrong") as caught:
        unlock(key_store, "a secret guess")
    assert "guess" not in str(caught.value)


def test_open_signer__wrong_password__says_where_it_came_from(
    key_store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("guess")
    with pytest.raises(PasswordError, match=r"is wrong; it came from password_file, .*/password$"):
        open_signer(key_store, file, {})
    with pytest.raises(PasswordError, match=r"is wrong; it came from ASSAY_WORKER_PASSWORD$"):
        open_signer(key_store, None, {"ASSAY_WORKER_PASSWORD": "guess"})


def test_password__no_file__said_without_its_number(tmp_path: Path) -> None:
    with pytest.raises(PasswordError, match=r"cannot be read: No such file or directory$"):
        take_password(tmp_path / "none", {})


def test_unlock__no_file__says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreError, match="new-key"):
        unlock(tmp_path / "none.json", "x")


@pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"version": 3}', '{"crypto": 1}'])
def test_unlock__no_keyfile__refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "signer.json"
    path.write_text(content)
    with pytest.raises(KeyStoreError, match=r"signer\.json"):
        unlock(path, "x")


def test_create__new_key__unlocks_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signer.json"
    created = keys.create(path, "right")
    assert path.stat().st_mode & 0o777 == 0o600
    assert unlock(path, "right").address == created.address


def test_create__file_there__never_overwritten(key_store: Path) -> None:
    before = key_store.read_bytes()
    with pytest.raises(SecretError, match="exists already"):
        keys.create(key_store, "other")
    assert key_store.read_bytes() == before


def test_password__variable__taken_and_removed() -> None:
    environment = {"ASSAY_WORKER_PASSWORD": "right", "HOME": "/"}
    assert take_password(None, environment) == "right"
    assert environment == {"HOME": "/"}


def test_password__file__first_line_and_variable_removed(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("from the file\nsecond line\n")
    environment = {"ASSAY_WORKER_PASSWORD": "other"}
    assert take_password(path, environment) == "from the file"
    assert environment == {}


def test_password__nowhere__says_where_it_belongs() -> None:
    with pytest.raises(PasswordError, match="password_file, or ASSAY_WORKER_PASSWORD"):
        take_password(None, {})


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_password__file_without_one__refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PasswordError):
        take_password(path, {})


def test_salts__same_round__same_salt_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "salt.secret"
    first = Salts.at(path).of(JOB, 0)
    assert Salts.at(path).of(JOB, 0) == first
    assert (len(first), first[16:]) == (32, bytes(16))
    assert any(first[:16])
    assert path.stat().st_mode & 0o777 == 0o600


def test_salts__other_job_round_or_secret__other_salt(tmp_path: Path) -> None:
    salts = Salts.at(tmp_path / "a")
    others = [salts.of(JOB, 1), salts.of(ANOTHER, 0), Salts.at(tmp_path / "b").of(JOB, 0)]
    assert len({salts.of(JOB, 0), *others}) == 4


def test_salts__readable_by_others__refused(tmp_path: Path) -> None:
    path = tmp_path / "salt.secret"
    Salts.at(path)
    path.chmod(0o644)
    with pytest.raises(SecretError, match="chmod 600"):
        Salts.at(path)


def test_salts__damaged__refused_rather_than_replaced(tmp_path: Path) -> None:
    path = tmp_path / "salt.secret"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(SecretError, match="5 bytes"):
        Salts.at(path)


def test_salts__repr__hides_the_secret() -> None:
    assert "0101" not in repr(Salts(b"\x01" * 32))
    assert "x01" not in repr(Salts(b"\x01" * 32))
