"""Key stores as the command line uses them; `test_worker_keys` has what workers share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from assay import keys
from assay.errors import KeyStoreError, PasswordError

KEY = bytes(range(1, 33))
ACCOUNT = Account.from_key(KEY)


def store(path: Path, **changes: object) -> Path:
    keyfile = Account.encrypt(KEY, "right", iterations=2)
    path.write_text(json.dumps({**keyfile, **changes}))
    return path


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (ACCOUNT.address, ACCOUNT.address),
        (ACCOUNT.address[2:].lower(), ACCOUNT.address),
        ("0x12", None),
        (5, None),
    ],
)
def test_named_address__keyfile__as_it_says_without_its_password(
    tmp_path: Path, named: object, expected: str | None
) -> None:
    assert keys.named_address(store(tmp_path / "k.json", address=named), "maker") == expected


def test_named_address__no_keyfile__says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreError, match="`the maker`"):
        keys.named_address(tmp_path / "none.json", "the maker")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(KeyStoreError, match="expected an encrypted keyfile"):
        keys.named_address(tmp_path / "deep.json", "the maker")
    (tmp_path / "list.json").write_text("[]")
    assert keys.named_address(tmp_path / "list.json", "the maker") is None


def test_create__of_a_key__that_very_account(tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    assert keys.create(path, "right", KEY).address == ACCOUNT.address
    assert keys.unlock(path, "right", "maker").key == KEY
    with pytest.raises(PasswordError):
        keys.unlock(path, "wrong", "maker")


def test_take_password__nowhere__none_and_another_variable_left() -> None:
    environment = {"ANOTHER": "secret", "OURS": ""}
    assert keys.take_password(None, "OURS", environment) is None
    assert environment == {"ANOTHER": "secret"}
