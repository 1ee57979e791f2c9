"""The worker's settings: where they come from, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.errors import SettingsError
from worker.inference import artefact_settings, executor_settings
from worker.settings import ArtefactTable, ExecutorTable, Settings, load

WORKER = "0x7B4F2a8993A06682b87473195472e7B0647E312f"
FILE = f"""
rpc_url = "http://node.example:8545"
deployment = "local"
worker = "{WORKER}"
key_store = "~/signer.json"
data_dir = "/var/lib/assay"

[executor]
memory_mb = 512
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "worker.toml"
    path.write_text(FILE)
    return path


def faults(path: Path | None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(path)
    return caught.value.faults


def test_load__file__values_and_defaults(config: Path) -> None:
    settings = load(config)
    assert settings.worker == WORKER
    assert settings.key_store == Path.home() / "signer.json"
    assert settings.executor.memory_mb == 512
    assert settings.confirmations == 0


def test_load__environment__stands_above_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_WORKER_DEPLOYMENT", "sepolia")
    monkeypatch.setenv("ASSAY_WORKER_EXECUTOR__MEMORY_MB", "1024")
    settings = load(config)
    assert settings.deployment == "sepolia"
    assert settings.executor.memory_mb == 1024
    assert settings.rpc_url == "http://node.example:8545"


def test_load__environment_alone__enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "RPC_URL": "https://node.example",
        "DEPLOYMENT": "local",
        "WORKER": WORKER.lower(),
        "KEY_STORE": "k.json",
        "DATA_DIR": "d",
    }.items():
        monkeypatch.setenv(f"ASSAY_WORKER_{name}", value)
    assert load(None).worker == WORKER


def test_load__many_faults__all_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('rpc_url = "ftp://x"\nworker = "0x12"\nfoo = 1\n[executor]\nbar = 2\n')
    monkeypatch.setenv("ASSAY_WORKER_RPCURL", "x")
    monkeypatch.setenv("ASSAY_WORKER_EXECUTOR__RUN_SECONDS", "-1")
    told = "\n".join(faults(path))
    for name in (
        "ASSAY_WORKER_RPCURL: no such setting",
        "rpc_url: expected an http",
        "worker: '0x12' is no address",
        "foo: no such setting",
        "executor.bar: no such setting",
        "executor.run_seconds: ",
        "deployment: missing; set it in the file, or ASSAY_WORKER_DEPLOYMENT",
        "key_store: missing",
        "data_dir: missing",
    ):
        assert name in told
    assert len(faults(path)) == 9


def test_load__no_such_file__said_with_what_is_missing(tmp_path: Path) -> None:
    told = faults(tmp_path / "none.toml")
    assert "cannot be read: No such file" in told[0]
    assert len(told) == 6


def test_load__not_toml__said(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("= 1")
    assert "not a TOML file" in faults(path)[0]


def test_load__password_variable__no_fault(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_WORKER_PASSWORD", "hunter2")
    assert "hunter2" not in repr(load(config))


@pytest.mark.parametrize("table", [Settings, ExecutorTable, ArtefactTable])
def test_settings__every_one__is_described(table: type[Settings]) -> None:
    assert [n for n, field in table.model_fields.items() if not field.description] == []


def test_fees__gwei__exact_wei(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_WORKER_MAX_FEE_GWEI", "0.000000001")
    monkeypatch.setenv("ASSAY_WORKER_PRIORITY_FEE_GWEI", "1.5")
    settings = load(config)
    assert (settings.max_fee_wei, settings.priority_fee_wei) == (1, 1_500_000_000)


def test_tables__sandbox_and_artefacts__reach_their_parts(config: Path) -> None:
    settings = load(config)
    assert executor_settings(settings).limits.memory_bytes == 512 << 20
    assert executor_settings(settings).max_result_bytes == 48 << 10
    assert artefact_settings(settings).cache_dir == Path("/var/lib/assay/models")
    assert artefact_settings(settings).file_roots == ()
