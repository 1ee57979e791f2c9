"""Answers, earnings and the vault's books: what there is to say about a run, to the wei."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from assay.client import Client
from assay.tensors import encode
from assay.tolerance import RIGHT, payloads_close
from scripts.demo.crew import Operator
from scripts.demo.follow import Course
from scripts.demo.load import TERMS, Task
from scripts.demo.network import Network


@dataclass(frozen=True)
class Judged:
    """A settled answer beside what a local run of the model says and what is true."""

    task: Task
    answer: npt.NDArray[Any]
    agrees: bool
    """Within three tolerances of onnxruntime in this process."""


@dataclass(frozen=True)
class Balance:
    """Where the vault's tokens are, wei."""

    held: int
    credit: int
    stake: int
    burned: int

    @property
    def difference(self) -> int:
        """Zero with every job closed and every vote claimed: then no pot holds anything."""
        return self.held - self.credit - self.stake - self.burned


@dataclass(frozen=True)
class Earnings:
    """What the demo brought one worker, wei."""

    operator: Operator
    seats: int
    right: int
    fees: int
    bonds_lost: int


def judge(client: Client, jobs: dict[bytes, Task]) -> list[Judged]:
    """Reads every settled answer and runs the same model here."""
    sessions = {
        task.model.name: onnxruntime.InferenceSession(
            task.model.artefact, providers=["CPUExecutionProvider"]
        )
        for task in jobs.values()
    }
    judged = []
    for job_id, task in jobs.items():
        answer = client.wait(job_id, timeout=0)
        session = sessions[task.model.name]
        (local,) = session.run(None, {session.get_inputs()[0].name: task.row})
        agrees = payloads_close(answer.payload, encode([local]), task.model.tolerance, RIGHT)
        judged.append(Judged(task, answer.arrays[0], agrees))
    return judged


def earnings(crew: Iterable[Operator], jobs: Iterable[Course], unit: int) -> list[Earnings]:
    """What each worker put in and took out, from the events of its votes."""
    bond = TERMS.bond * unit
    result = []
    for operator in crew:
        worker = operator.account.address
        seats = right = fees = lost = 0
        for job in jobs:
            taken = job.seats.get(worker, 0)
            seats += taken
            returned = job.claims.get(worker, 0)
            fees += max(0, returned - taken * bond)
            right += taken if returned > taken * bond else 0
            lost += taken * bond if returned == 0 else 0
        result.append(Earnings(operator, seats, right, fees, lost))
    return result


def balance(network: Network, holders: Sequence[str], workers: Sequence[str]) -> Balance:
    """The vault's tokens and what it owes: to `holders` as credit, to `workers` as stake."""
    chain = network.chain()
    vault = chain.vault.functions
    in_vault = 0
    for worker in workers:
        _signer, _active, free, _weight, unbonding, *_ = chain.call(vault.worker(worker))
        in_vault += (free + unbonding) * network.deployment.unit
    owed = {*holders, *workers, network.deployment.queue}
    return Balance(
        held=chain.call(chain.asset.functions.balanceOf(network.deployment.vault)),
        credit=sum(chain.call(vault.credit(holder)) for holder in owed),
        stake=in_vault,
        burned=chain.call(vault.burned()),
    )


def closeness(judged: Sequence[Judged]) -> tuple[float, float]:
    """Share of right labels among the digits, and the diabetes answers' mean absolute error."""
    labels = [item for item in judged if item.answer.size > 1]
    numbers = [item for item in judged if item.answer.size == 1]
    accuracy = np.mean([np.argmax(item.answer) == item.task.truth for item in labels])
    error = np.mean([abs(float(item.answer.ravel()[0]) - item.task.truth) for item in numbers])
    return float(accuracy), float(error)
