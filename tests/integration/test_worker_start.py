"""Starting a worker: what it refuses, all at once, and the process itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from eth_account import Account

from assay import events
from assay.jobs import Status
from assay.posting import PostedJob
from tests.support.plain_chain import ETHER, UNIT, account
from tests.support.worker_rig import PASSWORD, TERMS, Rig, Shifted, live
from tests.unit import onnx_models
from worker import app
from worker.errors import PreflightError
from worker.preflight import Preflight

INTEGERS = np.array([4, 5], np.int32)
DEADLINE_SECONDS = 60


def faults(rig: Rig, password: str = PASSWORD, **changes: Any) -> tuple[str, ...]:
    """What a worker with these settings refuses to start for."""
    settings = rig.settings(0, **changes)
    with pytest.raises(PreflightError) as caught:
        app.build(settings, Shifted(), {"ASSAY_WORKER_PASSWORD": password})
    return caught.value.faults


def deployment(rig: Rig, **changes: Any) -> str:
    """The path of a deployment's file that says something else."""
    altered = rig.chain.deployment.model_copy(update={"network": "altered", **changes})
    return str(altered.write(rig.folder))


# --- each fault ---


def test_start__all_well__nothing_to_complain_about(rig: Rig) -> None:
    assert rig.daemon(0, Shifted()).parts.board.live == []


def test_start__wrong_chain_id__refused(rig: Rig) -> None:
    (fault,) = faults(rig, deployment=deployment(rig, chain_id=1))
    assert fault.startswith("chain: the node at http://127.0.0.1")
    assert "is on chain 31337" in fault


def test_start__chain_started_anew__refused(rig: Rig) -> None:
    (fault,) = faults(rig, deployment=deployment(rig, genesis_hash=bytes(32)))
    assert "started anew" in fault


def test_start__contract_missing__refused(rig: Rig) -> None:
    nowhere = account("nowhere").address
    (fault,) = faults(rig, deployment=deployment(rig, vault=nowhere))
    assert f"vault at {nowhere}" in fault


def test_start__no_deployment__refused(rig: Rig) -> None:
    (fault,) = faults(rig, deployment=str(rig.folder / "none.json"))
    assert fault.startswith("deployment: ")
    assert "no such file" in fault


def test_start__node_unreachable__refused_without_the_key_in_its_url(rig: Rig) -> None:
    (fault,) = faults(rig, rpc_url="http://user:secret@127.0.0.1:9/v3/key")
    assert "no answer from the node at http://127.0.0.1:9" in fault
    assert "secret" not in fault


def test_start__wrong_password__refused(rig: Rig) -> None:
    (fault,) = faults(rig, password="guess")
    assert fault.endswith("the password is wrong; it came from ASSAY_WORKER_PASSWORD")


def test_start__signer_not_the_registered_one__refused(rig: Rig) -> None:
    key_store = rig.folder / "other.json"
    other = Account.create()
    rig.chain.rpc("anvil_setBalance", other.address, hex(ETHER))
    key_store.write_text(json.dumps(Account.encrypt(other.key, PASSWORD, iterations=2)))
    (fault,) = faults(rig, key_store=key_store)
    assert f"holds {other.address}, but the registered signer" in fault
    assert account("worker 0").address in fault


def test_start__not_registered__refused(rig: Rig) -> None:
    stranger = account("stranger").address
    (fault,) = faults(rig, worker=stranger)
    assert f"{stranger} is not registered as a worker" in fault
    assert f"`assay stake register {account('worker 0').address}`" in fault


def unstake_all(rig: Rig, number: int) -> None:
    worker = account(f"worker {number}").address
    units = rig.free(number)
    rig.chain.send("vault", "unstake", units * rig.chain.deployment.unit, sender=worker)
    for _ in range(2):
        rig.pass_time(rig.chain.deployment.epoch)


def test_start__no_stake__refused(rig: Rig) -> None:
    unstake_all(rig, 0)
    (fault,) = faults(rig)
    assert "has no stake: `assay stake add AMOUNT`" in fault


def test_start__no_stake_but_a_vote_to_see_through__starts(rig: Rig) -> None:
    version = rig.publish(onnx_models.identity(dtype=onnx_models.INT32))
    daemon = rig.daemon(0, Shifted())
    rig.post(version, INTEGERS)
    daemon.run_until_idle()
    rig.crash(daemon)
    unstake_all(rig, 0)
    assert live(rig.daemon(0, Shifted())).votes


def test_start__switched_off__refused(rig: Rig) -> None:
    rig.chain.send("vault", "setActive", False, sender=account("worker 0").address)
    (fault,) = faults(rig)
    assert "switched off" in fault


def test_start__no_gas__refused(rig: Rig) -> None:
    rig.chain.rpc("anvil_setBalance", account("worker 0").address, "0x0")
    (fault,) = faults(rig)
    assert "cannot pay for gas" in fault


def test_start__two_daemons_on_one_store__second_refused(rig: Rig) -> None:
    rig.daemon(0, Shifted())
    (fault,) = faults(rig)
    assert f"another daemon (process {os.getpid()}) works on this store" in fault


def test_start__store_of_another_worker__refused(rig: Rig) -> None:
    rig.crash(rig.daemon(0, Shifted()))
    found = faults(rig, worker=account("worker 1").address)
    assert any("belongs to another worker: its worker is" in fault for fault in found)


def test_start__chain_started_anew_since_the_store_was_made__only_the_chain_named(
    rig: Rig,
) -> None:
    rig.crash(rig.daemon(0, Shifted()))
    (fault,) = faults(rig, deployment=deployment(rig, genesis_hash=bytes(32)))
    assert fault.startswith("chain: ")


def test_start__deployed_again_since_the_store_was_made__new_data_dir(rig: Rig) -> None:
    older = deployment(rig, settlement=rig.chain.deployment.queue)
    rig.crash(rig.daemon(0, Shifted(), deployment=older))
    (fault,) = faults(rig)
    assert "the store is of another deployment" in fault
    assert fault.endswith("name a new data_dir")


def test_start__everything_wrong__all_told_at_once(rig: Rig) -> None:
    found = faults(
        rig,
        password="guess",
        deployment=deployment(rig, chain_id=1),
        data_dir=Path("/proc/nowhere"),
    )
    assert [fault.split(":")[0] for fault in found] == [
        "chain",
        "key store",
        "salt secret",
        "store",
        "disk",
    ]


def test_start__refused__store_free_for_the_next(rig: Rig) -> None:
    faults(rig, password="guess")
    rig.daemon(0, Shifted())


def test_look__appeals_are_on__says_what_credit_the_signer_has(rig: Rig) -> None:
    def found(**changes: Any) -> list[str]:
        preflight = Preflight(rig.settings(0, **changes))
        preflight.look({"ASSAY_WORKER_PASSWORD": PASSWORD})
        preflight.close()
        assert preflight.faults == []
        return [check.detail for check in preflight.checks if check.name == "appeals"]

    signer = account("worker 0").address
    assert found() == []
    (detail,) = found(appeal_max_deposit=ETHER)
    assert detail.startswith(f"{signer} has no credit, so nothing is appealed")
    rig.client.deposit(3 * UNIT, to=signer)
    (detail,) = found(appeal_max_deposit=ETHER)
    assert detail.endswith("(3 units) of credit of the signer")


def test_look__beside_the_running_worker__no_fault_and_the_largest_bond(rig: Rig) -> None:
    rig.daemon(0, Shifted())
    rig.chain.send("vault", "setActive", False, sender=account("worker 0").address)
    preflight = Preflight(rig.settings(0, max_bond_percent=10), beside=True)
    preflight.look({"ASSAY_WORKER_PASSWORD": PASSWORD})
    preflight.close()
    assert preflight.faults == []
    details = {check.name: check.detail for check in preflight.findings}
    assert details["store"] == f"in use by the running worker, process {os.getpid()}"
    assert f"({rig.free(0) // 10} units) for one round" in details["worker"]


def test_look__sandbox__every_protection_told(rig: Rig) -> None:
    preflight = Preflight(rig.settings(0))
    preflight.look_at_sandbox()
    names = [check.name for check in preflight.checks]
    assert names[0] == "sandbox"
    assert "sandbox: network" in names
    assert preflight.faults == []


# --- the process ---


def write_config(rig: Rig, number: int = 0, **changes: Any) -> Path:
    """A worker's settings as the file an operator would write."""
    settings = rig.settings(number, **changes)
    path = rig.folder / f"worker {number}.toml"
    path.write_text(
        f'rpc_url = "{settings.rpc_url}"\n'
        f'deployment = "{settings.deployment}"\n'
        f'worker = "{settings.worker}"\n'
        f'key_store = "{settings.key_store}"\n'
        f'data_dir = "{settings.data_dir}"\n'
        "poll_seconds = 0.1\n"
        "claim_age_seconds = 0\n"
        'log_format = "json"\n'
        f'[artefacts]\nfile_roots = ["{rig.models}"]\n'
    )
    return path


def command(name: str, config: Path) -> Sequence[str]:
    return [sys.executable, "-m", "worker", name, "--config", str(config)]


def environment(password: str = PASSWORD) -> dict[str, str]:
    return {**os.environ, "ASSAY_WORKER_PASSWORD": password}


def test_process__wrong_password__message_and_exit_code(rig: Rig) -> None:
    done = subprocess.run(
        command("run", write_config(rig)),
        env=environment("guess"),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "the password is wrong" in done.stderr
    assert "guess" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_process__bad_configuration__message_and_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('rpc_url = "nonsense"\n')
    done = subprocess.run(
        command("check", path),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert "rpc_url: expected an http:// or https:// URL" in done.stderr
    assert "worker: missing" in done.stderr


def test_process__check__table_of_what_it_found(rig: Rig) -> None:
    done = subprocess.run(
        command("check", write_config(rig)),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for name in ("deployment", "chain", "key store", "store", "worker", "signer", "gas", "sandbox"):
        assert name in done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process__told_to_stop_while_it_waits_for_its_node__stopped(
    rig: Rig, number: signal.Signals
) -> None:
    config = write_config(rig, rpc_url="http://127.0.0.1:9")
    with subprocess.Popen(
        command("run", config), env=environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        events_of_it = []
        for line in process.stderr:
            events_of_it.append(json.loads(line)["event"])
            if events_of_it == ["waiting"]:
                process.send_signal(number)
        assert process.wait(timeout=DEADLINE_SECONDS) == 0
    assert events_of_it == ["waiting", "stopped"]


def test_process__once_when_switched_off_and_nothing_is_open__said(rig: Rig) -> None:
    rig.chain.send("vault", "setActive", False, sender=account("worker 0").address)
    done = subprocess.run(
        command("once", write_config(rig)),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing is left to see through" in done.stdout


class Processes:
    """Real `assay-worker run` processes and their logs."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, number: int) -> None:
        with self.log(number).open("ab") as log:
            self._running[number] = subprocess.Popen(
                command("run", write_config(self._rig, number)),
                env=environment(),
                stderr=log,
                stdout=log,
            )

    def end(self, number: int, how: signal.Signals) -> int:
        process = self._running.pop(number)
        process.send_signal(how)
        return process.wait(timeout=DEADLINE_SECONDS)

    def log(self, number: int) -> Path:
        return self._rig.folder / f"worker {number}.log"

    def close(self) -> None:
        for number in list(self._running):
            self.end(number, signal.SIGKILL)


@pytest.fixture
def processes(rig: Rig) -> Iterator[Processes]:
    """Processes on a chain with a block each half second."""
    rig.thaw()
    rig.chain.rpc("evm_setIntervalMining", 1)
    processes = Processes(rig)
    yield processes
    processes.close()
    rig.chain.rpc("evm_setIntervalMining", 0)
    rig.chain.rpc("evm_setAutomine", True)


def await_view(rig: Rig, posted: PostedJob, wanted: Any) -> None:
    """Wait until the job's view is as wanted, for so long at most."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not wanted(rig.client.view(posted)):
        assert time.monotonic() < deadline, rig.client.view(posted)
        time.sleep(0.05)


def test_process__killed_between_commit_and_reveal__settled_after_the_restart(
    rig: Rig, processes: Processes
) -> None:
    version = rig.publish(onnx_models.identity(dtype=onnx_models.INT32))
    processes.start(0)
    processes.start(1)
    posted = rig.post(version, INTEGERS)
    await_view(rig, posted, lambda view: view.committed == 2)
    processes.end(0, signal.SIGKILL)
    processes.start(0)
    processes.start(2)
    await_view(rig, posted, lambda view: view.status is Status.DECIDED and view.closed)
    assert rig.client.wait(posted, timeout=1).arrays[0].tolist() == [4, 5]
    voters = [e.worker for e in rig.client.history(posted) if isinstance(e, events.Committed)]
    assert len(voters) == len(set(voters)) == 3
    assert [processes.end(number, signal.SIGTERM) for number in range(3)] == [0, 0, 0]

    lines = [json.loads(line) for line in processes.log(1).read_text().splitlines()]
    job = "0x" + posted.job_id.hex()
    steps = [line.get("step") for line in lines if line.get("job") == job]
    assert {"commit", "reveal"} <= set(steps)
    assert PASSWORD not in processes.log(1).read_text()
    assert TERMS.committee == 3
