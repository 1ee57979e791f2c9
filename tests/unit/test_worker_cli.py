"""The command line and the log, as far as they need no chain."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from assay.addresses import address
from worker import app, logs
from worker.cli import main
from worker.errors import NothingLeftError
from worker.keys import unlock
from worker.runner import Daemon
from worker.settings import Settings

WORKER = address("0x7B4F2a8993A06682b87473195472e7B0647E312f")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where log lines go; the process's own set-up is put back afterwards."""
    before = structlog.get_config()
    yield io.StringIO()
    structlog.configure(**before)


def settings(tmp_path: Path, **changes: str) -> Settings:
    return Settings(
        rpc_url="http://node.example",
        deployment="local",
        worker=WORKER,
        key_store=tmp_path / "signer.json",
        data_dir=tmp_path,
        **changes,  # type: ignore[arg-type]
    )


def test_new_key__password_in_a_file__address_printed(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("right\n")
    key_store = tmp_path / "signer.json"
    done = CliRunner().invoke(main, ["new-key", str(key_store), "--password-file", str(password)])
    assert done.exit_code == 0, done.output
    assert unlock(key_store, "right").address == done.output.strip()


def test_new_key__no_password__message_and_no_file(tmp_path: Path) -> None:
    key_store = tmp_path / "signer.json"
    done = CliRunner().invoke(main, ["new-key", str(key_store)], env={"ASSAY_WORKER_PASSWORD": ""})
    assert done.exit_code == 1
    assert "no password for the key store" in done.output
    assert not key_store.exists()


@pytest.mark.parametrize("command", ["run", "once", "check"])
def test_command__no_settings__all_missing_ones_named(command: str) -> None:
    done = CliRunner().invoke(main, [command])
    assert done.exit_code == 2
    for name in ("rpc_url", "deployment", "worker", "key_store", "data_dir"):
        assert f"{name}: missing" in done.output


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings in a file; nothing they name is there."""
    path = tmp_path / "worker.toml"
    path.write_text(
        f'rpc_url = "http://127.0.0.1:1"\ndeployment = "local"\nworker = "{WORKER}"\n'
        f'key_store = "{tmp_path}/signer.json"\ndata_dir = "{tmp_path}/data"\n'
    )
    return path


def raising(error: BaseException) -> Callable[..., Daemon]:
    def build(*_: object, **__: object) -> Daemon:
        raise error

    return build


def test_run__told_to_stop_while_it_waits_for_the_node__stopped(
    config: Path, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    monkeypatch.setattr(app, "build", raising(KeyboardInterrupt()))
    monkeypatch.setattr(sys, "stderr", log)
    done = CliRunner().invoke(main, ["run", "-c", str(config)])
    assert (done.exit_code, "Aborted" in done.output) == (0, False)
    assert "stopped" in done.output


def test_once__switched_off_and_nothing_open__said_and_no_fault(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = NothingLeftError(["activity: switched off"])
    monkeypatch.setattr(app, "build", raising(off))
    done = CliRunner().invoke(main, ["once", "-c", str(config)])
    assert done.exit_code == 0
    assert done.output == "The worker is switched off, and nothing is left to see through.\n"
    done = CliRunner().invoke(main, ["run", "-c", str(config)])
    assert (done.exit_code, "activity: switched off" in done.output) == (1, True)


def test_log__json__one_object_a_line_with_the_job(tmp_path: Path, log: io.StringIO) -> None:
    logs.configure(settings(tmp_path, log_format="json"), log)
    with structlog.contextvars.bound_contextvars(job=b"\x01\x02"):
        structlog.get_logger().info("computed", bytes=3)
    structlog.get_logger().debug("too little")
    (line,) = log.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["job"], entry["bytes"]) == ("computed", "0x0102", 3)
    assert (entry["level"], entry["timestamp"][-1]) == ("info", "Z")


@pytest.mark.parametrize("form", ["json", "console"])
def test_log__exception__with_its_trace_and_no_variables(
    tmp_path: Path, log: io.StringIO, form: str
) -> None:
    logs.configure(settings(tmp_path, log_format=form), log)
    password = f"secret of {form}"
    try:
        raise ValueError("a bug")
    except ValueError:
        structlog.get_logger().exception("no decision", job=b"\x01")
    assert "ValueError" in log.getvalue()
    assert "a bug" in log.getvalue()
    assert password not in log.getvalue()


def test_log__console__readable(tmp_path: Path, log: io.StringIO) -> None:
    logs.configure(settings(tmp_path, log_level="debug"), log)
    structlog.get_logger().debug("sent", job=b"\x01\x02")
    assert "sent" in log.getvalue()
    assert "job=0x0102" in log.getvalue()


def test_daemon__imports__no_model_runtime() -> None:
    """It belongs into the sandboxed child alone."""
    program = (
        "import sys, worker.cli; "
        "print([m for m in ('onnx', 'onnxruntime', 'ape') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
