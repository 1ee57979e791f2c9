"""Says why a seat is left that the worker was drawn for: once for each round of a job."""

from __future__ import annotations

import structlog


class SeatsLeft:
    """What was said. Forgotten at the end of the process."""

    def __init__(self) -> None:
        self._rounds: dict[bytes, int] = {}
        self._log = structlog.get_logger(__name__)

    def tell(self, job_id: bytes, round_: int, reason: str) -> None:
        """Log the reason, unless one was logged for this round."""
        if self._rounds.get(job_id) != round_:
            self._rounds[job_id] = round_
            self._log.info("seat left", job=job_id, round=round_, reason=reason)

    def forget(self, job_id: bytes) -> None:
        """Nothing is left to do about the job, or it was told of another fork."""
        self._rounds.pop(job_id, None)
