"""The operators: each with stake, a key store, a configuration and a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_account.signers.local import LocalAccount

from scripts.demo.errors import TooSlowError, WorkerDiedError
from scripts.demo.load import OPTIMISTIC, TERMS
from scripts.demo.network import Network
from worker import keys
from worker.settings import ENVIRONMENT_PREFIX

PRODUCT = str(Path(sys.executable).with_name("assay-worker"))
"""The worker's command."""
STAKE = 100 * 10**18
APPEALS = 20
"""As many as the credit of each honest signer is good for at once."""
GAS_MONEY = 10**18
_START_SECONDS = 60
_STOP_SECONDS = 15
_LAST_WORDS = 300
_WORKING = b'"event": "working"'


@dataclass(frozen=True)
class Operator:
    """A worker as its operator set it up."""

    name: str
    account: LocalAccount
    """The cold account, which owns the stake."""
    signer: str
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
    log_start: int = 0
    """Where in the log its first line is: the operator may have had processes before."""

    def require_alive(self) -> None:
        """Raises WorkerDiedError if the process has ended."""
        code = self.process.poll()
        if code is not None:
            lines = self.operator.log.read_text(errors="replace").strip().splitlines()
            last = lines[-1][-_LAST_WORDS:] if lines else "nothing"
            raise WorkerDiedError(
                f"{self.operator.name} ended by itself with code {code}; its last words: {last}"
            )

    @property
    def ready(self) -> bool:
        """Whether it has written its first line, which follows its own checks."""
        return self.operator.log.stat().st_size > self.log_start

    @property
    def working(self) -> bool:
        """Whether it has said that it works."""
        with self.operator.log.open("rb") as log:
            log.seek(self.log_start)
            return _WORKING in log.read()


def enlist(
    network: Network, folder: Path, models: Path, accounts: Sequence[LocalAccount]
) -> list[Operator]:
    """Makes each account an operator; the last one lies, and the others appeal what is wrong."""
    crew = []
    for number, account in enumerate(accounts, 1):
        lies = number == len(accounts)
        name = "liar" if lies else f"worker {number}"
        settings = _liar_settings() if lies else _honest_settings(network)
        operator = hire(network, folder, models, account, name, settings, lies=lies)
        if not lies:
            deposit = APPEALS * network.client(account).quote(OPTIMISTIC).appeal_deposit
            network.client(account).deposit(deposit, to=operator.signer)
        crew.append(operator)
    return crew


def hire(
    network: Network,
    folder: Path,
    models: Path,
    account: LocalAccount,
    name: str,
    settings: Mapping[str, str | int],
    *,
    lies: bool = False,
) -> Operator:
    """Gives an account stake, a signer in an encrypted key store, and a configuration."""
    place = folder / name.replace(" ", "-")
    place.mkdir(parents=True)
    operator = Operator(name, account, _new_signer(place), place, lies)
    network.give_ether(operator.signer, GAS_MONEY)
    _stake(network, operator)
    operator.config.write_text(_configuration(network, operator, models, settings))
    return operator


@contextmanager
def running(crew: Sequence[Operator]) -> Iterator[list[Crewman]]:
    """The crew's processes, ready for work, until the block ends."""
    started: list[Crewman] = []
    try:
        for operator in crew:
            started.append(Crewman(operator, start(operator)))
        _wait_until_ready(started)
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


def _new_signer(folder: Path) -> str:
    password = secrets.token_urlsafe()
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password + "\n")
    return keys.create(folder / "signer.json", password).address


def _stake(network: Network, operator: Operator) -> None:
    account = operator.account
    network.give_tokens(account)
    client = network.client(account)
    client.deposit(STAKE)
    vault = network.chain().vault.functions
    network.send(vault.register(operator.signer, ""), account)
    network.send(vault.stake(STAKE), account)


def _honest_settings(network: Network) -> Mapping[str, str | int]:
    deposit = OPTIMISTIC.deposit(0, 0) * network.deployment.unit
    return {"appeal_max_deposit": deposit, "watch_percent": 100}


def _liar_settings() -> Mapping[str, str | int]:
    """One seat a round at most: a liar that came late to a job could be drawn for two, and two of
    three decide. The demo shows what becomes of a minority."""
    return {"max_bond": TERMS.bond}


def _configuration(
    network: Network, operator: Operator, models: Path, settings: Mapping[str, str | int]
) -> str:
    values: dict[str, str | int] = {
        "rpc_url": network.url,
        "deployment": str(network.deployment_file),
        "worker": operator.account.address,
        "key_store": str(operator.folder / "signer.json"),
        "password_file": str(operator.folder / "password"),
        "data_dir": str(operator.folder / "data"),
        "claim_age_seconds": 4,
        "log_format": "json",
        **settings,
    }
    # A JSON string or number is a TOML one too.
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join([*lines, "", "[artefacts]", f"file_roots = [{json.dumps(str(models))}]", ""])


def start(operator: Operator) -> subprocess.Popen[bytes]:
    """The operator's worker, as a process; its log goes on where it was."""
    double = [sys.executable, "-m", "scripts.demo.liar"]
    command = [*(double if operator.lies else [PRODUCT, "run"]), "-c", str(operator.config)]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(ENVIRONMENT_PREFIX)}
    with operator.log.open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=inherited)


def _wait_until_ready(crewmen: Sequence[Crewman]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not all(crewman.ready for crewman in crewmen):
        for crewman in crewmen:
            crewman.require_alive()
        if time.monotonic() > deadline:
            raise TooSlowError(f"the workers did not start within {_START_SECONDS} s")
        time.sleep(0.1)
