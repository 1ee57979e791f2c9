"""Reads off a finished run what each answer is worth, who earned what, and where the tokens are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import onnxruntime

from assay.client import Client
from assay.tensors import encode
from assay.tolerance import RIGHT, payloads_close
from scripts.demo.crew import Operator
from scripts.demo.findings import Balance, Earnings, Guarded, Judged
from scripts.demo.follow import Course
from scripts.demo.load import TERMS, Task
from scripts.demo.network import Network


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
        judged.append(Judged(task.model.name, answer.arrays[0], task.truth, agrees))
    return judged


def guarded(liars: Iterable[Operator], jobs: Iterable[Course]) -> Guarded:
    """What became of the proposals."""
    lying = {operator.account.address for operator in liars}
    proposed = [job for job in jobs if job.proposal is not None]
    lies = [job for job in proposed if job.proposal and job.proposal.worker in lying]
    return Guarded(
        proposed=len(proposed),
        lies=len(lies),
        appealed=sum(bool(job.appeals) for job in lies),
        overturned=sum(job.overturned for job in lies),
        doubted=sum(bool(job.appeals) for job in proposed if job not in lies),
    )


def earnings(crew: Iterable[Operator], jobs: Sequence[Course], unit: int) -> list[Earnings]:
    """What each worker put in and took out, from the events of its votes and its appeals."""
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
        made = [appeal for job in jobs for appeal in job.appeals]
        own = [appeal for appeal in made if appeal.appellant == operator.signer]
        back = sum(job.returned.get(operator.signer, 0) for job in jobs)
        rewards = back - sum(appeal.deposit for appeal in own)
        sums = (seats, right, fees, lost, len(own), rewards)
        result.append(Earnings(operator.name, operator.lies, *sums))
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
