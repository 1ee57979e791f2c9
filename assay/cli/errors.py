"""What the command line itself refuses, and how the process ends."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from assay.errors import AssayError


class Exit(IntEnum):
    """Exit codes of the process (docs/cli.md)."""

    OK = 0
    REFUSED = 1
    MISCONFIGURED = 2
    PENDING = 3
    UNANSWERED = 4
    INTERRUPTED = 130


class CliError(AssayError):
    """Something that only the command line refuses."""

    code = Exit.REFUSED


class SettingsError(CliError):
    """The configuration does not say what is needed. `faults` names everything wrong with it."""

    code = Exit.MISCONFIGURED

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = ["the configuration is refused:", *(f"  - {fault}" for fault in self.faults)]
        return "\n".join(lines)


class InputError(CliError):
    """A file or text given as an input cannot be read as one."""

    code = Exit.MISCONFIGURED


class OutputError(CliError):
    """The result cannot be written where it was to go."""

    code = Exit.MISCONFIGURED


class ConsentMissingError(CliError):
    """Nobody is there to be asked whether to send. `costs` says what it would have taken."""

    code = Exit.MISCONFIGURED

    def __init__(self, title: str, costs: dict[str, Any]) -> None:
        super().__init__(title, costs)
        self.title, self.costs = title, costs

    def __str__(self) -> str:
        return (
            f"{self.title}: nothing was sent, since nobody is at the terminal to say yes; give "
            "--yes to send without being asked"
        )


class DeclinedError(CliError):
    """The answer to the question whether to send was no."""


class MissingExtraError(CliError):
    """A part of the package that is installed on demand is not there."""

    code = Exit.MISCONFIGURED


class PartlySentError(CliError):
    """Some of many jobs were posted before something went wrong."""

    def __init__(self, jobs: Sequence[bytes], cause: AssayError) -> None:
        super().__init__(tuple(jobs), cause)
        self.job_ids, self.cause = tuple(jobs), cause

    def __str__(self) -> str:
        names = ", ".join("0x" + job_id.hex() for job_id in self.job_ids)
        return f"{self.cause}. Before that {len(self.job_ids)} jobs were posted: {names}"


class StoppedError(CliError):
    """Waiting was interrupted; the jobs go on."""

    code = Exit.INTERRUPTED

    def __init__(self, job_ids: Sequence[bytes]) -> None:
        super().__init__(tuple(job_ids))
        self.job_ids = tuple(job_ids)

    def __str__(self) -> str:
        if not self.job_ids:
            return (
                "interrupted while sending: what was sent goes on; `assay jobs list` shows the "
                "jobs that were posted"
            )
        return "interrupted: what was posted goes on"


def exit_code(error: AssayError) -> Exit:
    """How the process ends on an error."""
    if isinstance(error, PartlySentError):
        return exit_code(error.cause)
    if isinstance(error, CliError):
        return error.code
    from assay import answers, inference, transactions  # late: by now they are imported
    from assay.addresses import AddressError
    from assay.asset import AmountError
    from assay.deployments import DeploymentFileError
    from assay.errors import KeyStoreError, SecretError
    from assay.publish import errors as publish

    match error:
        case (
            DeploymentFileError() | KeyStoreError() | SecretError() | AddressError() | AmountError()
        ):
            return Exit.MISCONFIGURED
        case publish.ExtraMissingError() | publish.UnknownStoreError() | publish.DetailsError():
            return Exit.MISCONFIGURED
        case answers.AnswerPendingError() | transactions.TransactionPendingError():
            return Exit.PENDING
        case (
            answers.JobRefundedError()
            | answers.JobUnresolvedError()
            | answers.JobCancelledError()
            | inference.InputRefusedError()
        ):
            return Exit.UNANSWERED
        case inference.PartlyAnsweredError():
            return _worst([exit_code(one) for one in error.failures.values()])
        case _:
            return Exit.REFUSED


def _worst(codes: Sequence[Exit]) -> Exit:
    """Of several jobs: refused before pending, since waiting does not help; pending before none."""
    order = (Exit.MISCONFIGURED, Exit.REFUSED, Exit.PENDING, Exit.UNANSWERED)
    return next((code for code in order if code in codes), Exit.REFUSED)


def values_of(error: AssayError) -> dict[str, Any]:
    """What an error says besides its message, by name."""
    found: dict[str, Any] = dict(getattr(error, "values", {}))
    for name, key in _VALUES.items():
        if hasattr(error, name):
            found[key] = getattr(error, name)
    failures = getattr(error, "failures", None)
    if isinstance(failures, dict):
        found["failures"] = {str(index): described(one) for index, one in failures.items()}
    posted = getattr(error, "posted", None)
    if posted is not None:
        found["jobs"] = [one.job_id for one in posted]
    return found


_VALUES = {
    "job_id": "job",
    "job_ids": "jobs",
    "transaction_hash": "transaction",
    "faults": "faults",
    "costs": "costs",
}


def described(error: AssayError) -> dict[str, Any]:
    """An error as JSON shows it."""
    name = {"name": error.name} if hasattr(error, "name") else {}
    return {
        "error": type(error).__name__,
        "message": str(error),
        **name,
        "values": values_of(error),
    }
