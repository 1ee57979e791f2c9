"""Five operators: each with stake, a key store, a configuration and a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_account.signers.local import LocalAccount

from scripts.demo.network import Network
from worker import keys

STAKE = 100 * 10**18
GAS_MONEY = 10**18
_STOP_SECONDS = 15
_IDLE_SECONDS = 4
_TICKS = os.sysconf("SC_CLK_TCK")


class WorkerDiedError(RuntimeError):
    """A worker's process ended by itself."""


@dataclass(frozen=True)
class Operator:
    """A worker as its operator set it up."""

    name: str
    account: LocalAccount
    """The cold account, which owns the stake."""
    folder: Path
    lies: bool

    @property
    def config(self) -> Path:
        return self.folder / "worker.toml"

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"


@dataclass(frozen=True)
class Crewman:
    """An operator's running process."""

    operator: Operator
    process: subprocess.Popen[bytes]

    def require_alive(self) -> None:
        if self.process.poll() is not None:
            tail = self.operator.log.read_text(errors="replace")[-2_000:]
            raise WorkerDiedError(f"{self.operator.name} ended by itself; the end of its log:\n{tail}")

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the daemon itself; the sandboxed processes that run models are not in it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


class Meter:
    """CPU time that jobs cost each daemon: what it uses from now on, less what waiting uses."""

    def __init__(self, crewmen: Sequence[Crewman]) -> None:
        """Watches the crew wait for a few seconds first."""
        self._crewmen = crewmen
        start = self._read()
        time.sleep(_IDLE_SECONDS)
        self._started, self._used = time.monotonic(), self._read()
        self._idle = [(now - before) / _IDLE_SECONDS for now, before in zip(self._used, start, strict=True)]

    def busy_seconds(self) -> list[float]:
        passed = time.monotonic() - self._started
        figures = zip(self._read(), self._used, self._idle, strict=True)
        return [now - before - idle * passed for now, before, idle in figures]

    def _read(self) -> list[float]:
        return [crewman.cpu_seconds for crewman in self._crewmen]


def enlist(network: Network, folder: Path, models: Path, accounts: Sequence[LocalAccount]) -> list[Operator]:
    """Gives each account stake, a signer in an encrypted key store, and a configuration. The last one lies."""
    crew = []
    for number, account in enumerate(accounts, 1):
        lies = number == len(accounts)
        operator = Operator("liar" if lies else f"worker {number}", account, folder / f"worker-{number}", lies)
        operator.folder.mkdir(parents=True)
        signer = _new_signer(operator)
        network.give_ether(signer, GAS_MONEY)
        _stake(network, account, signer)
        operator.config.write_text(_configuration(network, operator, models))
        crew.append(operator)
    return crew


@contextmanager
def running(crew: Sequence[Operator]) -> Iterator[list[Crewman]]:
    """The crew's processes, until the block ends."""
    started: list[Crewman] = []
    try:
        for operator in crew:
            started.append(Crewman(operator, _start(operator)))
        yield started
    finally:
        for crewman in started:
            crewman.process.terminate()
        for crewman in started:
            try:
                crewman.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                crewman.process.kill()
                crewman.process.wait()


def _new_signer(operator: Operator) -> str:
    password = secrets.token_urlsafe()
    password_file = operator.folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    return keys.create(operator.folder / "signer.json", password).address


def _stake(network: Network, account: LocalAccount, signer: str) -> None:
    network.give_tokens(account)
    network.client(account).deposit(STAKE)
    vault = network.contract("StakeVault", network.deployment.vault).functions
    network.send(vault.register(signer, ""), account)
    network.send(vault.stake(STAKE), account)


def _configuration(network: Network, operator: Operator, models: Path) -> str:
    values = {
        "rpc_url": network.url,
        "deployment": str(network.deployment_file),
        "worker": operator.account.address,
        "key_store": str(operator.folder / "signer.json"),
        "password_file": str(operator.folder / "password"),
        "data_dir": str(operator.folder / "data"),
        "claim_age_seconds": 8,
        "log_format": "json",
    }
    # A JSON string or number is a TOML one too.
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join([*lines, "", "[artefacts]", f"file_roots = [{json.dumps(str(models))}]", ""])


def _start(operator: Operator) -> subprocess.Popen[bytes]:
    product = [str(Path(sys.executable).with_name("assay-worker")), "run", "-c", str(operator.config)]
    double = [sys.executable, "-m", "scripts.demo.liar", str(operator.config)]
    with operator.log.open("wb") as log:
        return subprocess.Popen(double if operator.lies else product, stdout=log, stderr=subprocess.STDOUT)
