"""The tree of commands, what it imports, and how it ends without a chain."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from eth_account import Account

from assay import keys
from assay.cli import consent, main
from assay.cli.lazy import LazyGroup
from assay.cli.session import Session
from assay.errors import PasswordError
from tests.support.cli import run

ROOT = Path(__file__).parents[2]


def leaves(group: LazyGroup = main, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, LazyGroup):
            yield from leaves(found, *above, name)
        else:
            yield (*above, name), found


LEAVES = [pytest.param(words, found, id=" ".join(words)) for words, found in leaves()]
SENDING = {
    *("infer", "publish", "models deprecate", "credit deposit", "credit withdraw"),
    *(f"jobs {name}" for name in ("cancel", "appeal", "advance", "deliver", "close")),
    *(f"stake {name}" for name in ("register", "add", "unstake", "withdraw")),
    *(f"stake {name}" for name in ("signer", "endpoint", "switch")),
}


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize("arguments", [["--help"], ["jobs", "--help"], ["--version"]])
def test_help__any_group__imports_no_chain_and_no_model(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from assay.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    heavy = {'web3', 'numpy', 'onnx', 'onnxruntime', 'eth_account', 'pydantic', 'PIL'}\n"
        "    print(end.code, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize(("words", "found"), LEAVES)
def test_command__every_one__has_help_and_json(
    words: tuple[str, ...], found: click.Command
) -> None:
    names = {option for one in found.params for option in one.opts}
    assert {"--json", "--config", "--deployment", "--rpc-url", "--key-store"} <= names
    assert ("--yes" in names) == (" ".join(words) in SENDING)
    done = run(*words, "--help")
    assert (done.code, done.err) == (0, "")


def test_completion__group__without_importing_its_commands() -> None:
    jobs = main.get_command(click.Context(main), "jobs")
    assert isinstance(jobs, LazyGroup)
    found = jobs.shell_complete(click.Context(jobs), "re")
    assert [item.value for item in found] == ["result"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion__shell__its_script(shell: str) -> None:
    assert "_ASSAY_COMPLETE" in run("completion", shell).out
    assert run("completion", shell, "--json").json["shell"] == shell


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["infer"], ["jobs", "list", "--limit", "0"], ["credit", "--bad"]]
)
def test_usage__wrong__code_2_in_both_forms(arguments: list[str]) -> None:
    people, program = run(*arguments), run(*arguments, "--json")
    assert people.code == program.code == 2
    assert "Usage:" in people.err
    assert program.error["values"] == {}
    assert people.out == program.out == ""


def test_settings__none__all_missing_ones_told() -> None:
    done = run("models", "list", "--json")
    assert done.code == 2
    assert len(done.error["values"]["faults"]) == 2


def test_doctor__nothing_set__says_how_to_begin() -> None:
    done = run("doctor", "--json")
    assert done.code == 1
    checks = done.json["checks"]
    assert [one["verdict"] for one in checks[:3]] == ["wrong", "wrong", "note"]
    assert "assay init" in checks[2]["detail"]


# --- init ---


def test_init__once__commented_and_without_secrets(tmp_path: Path) -> None:
    done = run("init", "--key-store", "me.json", "--json")
    assert (done.code, done.json) == (0, {"config": "assay.toml", "account": None})
    text = Path("assay.toml").read_text()
    assert 'deployment = "anvil"' in text
    assert "# log_range = 5000" in text
    assert Path("assay.toml").stat().st_mode & 0o777 == 0o600
    again = run("init", "--json")
    assert (again.code, again.error["error"]) == (2, "SecretError")
    assert Path("assay.toml").read_text() == text


def test_init__new_key__encrypted_under_the_password_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_PASSWORD", "right")
    done = run("init", "--user", "--new-key", "--json")
    assert done.code == 0, done.err
    folder = tmp_path / "config" / "assay"
    keyfile = json.loads((folder / "assay-key.json").read_text())
    assert "0x" + keyfile["address"] == done.json["account"]
    assert "deployments/anvil.json" in run("credit", "show").err  # that file is found
    assert "right" not in (folder / "assay.toml").read_text()


@pytest.mark.parametrize("typed", ["", "0x12", "zz" * 32, "00" * 32, "ff" * 32])
def test_init__import_of_no_key__refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("ASSAY_PASSWORD", "right")
    done = run("init", "--import-key", "--json", typed=f"{typed}\n")
    assert (done.code, done.error["error"]) == (2, "KeyStoreError")
    assert not typed or typed not in done.err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--new-key", "--import-key"],
        ["--user", "--config", "x.toml"],
        ["--rpc-url", "ftp://x"],
        ["--rpc-url", "http://user:secret@node.example"],
        ["--new-key"],  # and no password
    ],
)
def test_init__what_cannot_be__refused_and_nothing_written(arguments: list[str]) -> None:
    done = run("init", *arguments, "--json")
    assert done.code == 2
    assert "secret" not in done.err
    assert list(Path().iterdir()) == []


def test_init__key_store_there__not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_PASSWORD", "right")
    Path("me.json").write_text("{}")
    done = run("init", "--new-key", "--key-store", "me.json", "--json")
    assert (done.code, done.error["error"]) == (2, "SecretError")
    assert Path("me.json").read_text() == "{}"


def test_init__at_a_terminal__asks_for_what_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "interactive", lambda: True)
    key = "11" * 32
    typed = f"http://u:p@node.example\nnet\n{key}\nright\nright\n"
    done = run("init", "--import-key", typed=typed)
    assert done.code == 0, done.err
    text = Path("assay.toml").read_text()
    assert 'rpc_url = "http://u:p@node.example"' in text
    assert 'deployment = "net"' in text
    assert key not in done.out + done.err + text
    assert keys.unlock(Path("assay-key.json"), "right", "x").key.hex() == key


def test_password__asked_for_at_a_terminal__and_only_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyfile = Account.encrypt(bytes(31) + b"\x01", "right", iterations=2)
    Path("me.json").write_text(json.dumps(keyfile))
    options = {"key_store": Path("me.json"), "rpc_url": "http://x", "deployment": "x"}
    with pytest.raises(PasswordError, match="without a terminal nobody can be asked"):
        _ = Session(config=None, options=options).account
    monkeypatch.setattr(consent, "interactive", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "right")
    session = Session(config=None, options=options)
    assert session.account.address == session.address
