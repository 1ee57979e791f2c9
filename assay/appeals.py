"""Appealing an answer, and delivering one. Amounts in wei."""

from __future__ import annotations

from dataclasses import dataclass

from assay.answers import Answer, AnswerReader
from assay.chain import Chain
from assay.contract_errors import contract_error
from assay.credit import Credit
from assay.jobs import Job, JobView
from assay.transactions import Mined, Sender


@dataclass(frozen=True, kw_only=True, slots=True)
class Appeal:
    """An appeal that has been made."""

    round: int
    """The one whose answer was appealed."""
    deposit: int
    """Wei taken from the credit: a bond, and the seats of all rounds that may follow. What is not
    lost or spent comes back when the job is closed."""
    transaction_hash: bytes


def deposit_of(job: Job, view: JobView, unit: int) -> int:
    """Wei that an appeal of the answer in this view takes; `unit` is the wei in a unit.

    Raises ContractError, named WrongStatus or AppealWindowOver, when there is nothing to appeal.
    """
    terms = job.request.terms
    if not view.status.answered:
        raise contract_error("WrongStatus", job_id=job.job_id, received=int(view.status))
    if terms.appeal_window == 0 or view.round + 1 == terms.rounds:
        raise contract_error("AppealWindowOver", job_id=job.job_id, end=0, received=view.time)
    return terms.deposit(view.round, view.grown) * unit


class Appellant:
    """Appeals of one account."""

    def __init__(self, chain: Chain, sender: Sender, reader: AnswerReader, credit: Credit) -> None:
        self._chain = chain
        self._sender = sender
        self._reader = reader
        self._credit = credit

    def appeal(self, job: Job) -> Appeal:
        """Puts the answer that the job has now before a larger committee.

        Raises InsufficientCreditError, or the ContractError that says why it cannot be appealed.
        """
        view = self._reader.view(job.job_id)
        deposit = deposit_of(job, view, self._chain.deployment.unit)
        answer = self._answer(job)
        self._credit.require(deposit)
        mined = self._sender.send(
            self._chain.settlement.functions.appeal(
                job.key.as_tuple(), answer.proposer, answer.digest
            )
        )
        return Appeal(round=view.round, deposit=deposit, transaction_hash=mined.transaction_hash)

    def deliver(self, job: Job, answer: Answer) -> Mined:
        """Calls the job's callback with its final answer."""
        return self._sender.send(
            self._chain.queue.functions.deliver(
                job.request.as_tuple(), job.rules.pack(), answer.proposer, answer.payload
            )
        )

    def _answer(self, job: Job) -> Answer:
        answer = self._reader.look(job)
        if answer is None:  # appealed by somebody else in the meantime
            received = int(self._reader.view(job.job_id).status)
            raise contract_error("WrongStatus", job_id=job.job_id, received=received)
        return answer
