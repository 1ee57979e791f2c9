"""How a job is named to the client: by itself, or by its id."""

from assay.errors import AssayError
from assay.jobs import Job
from assay.posting import PostedJob

JobReference = bytes | str | Job | PostedJob
"""A job, or its id as 32 bytes or hexadecimal text."""


class BadJobIdError(AssayError):
    """Something is not the id of a job."""


def id_of(job: JobReference) -> bytes:
    """The id of a job. Raises BadJobIdError for what cannot be one."""
    if isinstance(job, Job | PostedJob):
        return job.job_id
    try:
        raw = bytes.fromhex(job.removeprefix("0x")) if isinstance(job, str) else bytes(job)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadJobIdError(f"{job!r} is no job id: expected 32 bytes, or 0x and 64 hex digits")
    return raw
