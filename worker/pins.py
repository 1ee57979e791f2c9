"""Which inputs stay on disk until they are used: as many as there is room for, shared fairly."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from assay.remote_inputs import RemoteInput

_Requester = ChecksumAddress | None


@dataclass(slots=True)
class _Held:
    size: int
    jobs: set[bytes] = field(default_factory=set)


class Pins:
    """Inputs by the jobs that hold them. Thread-safe.

    When they are more than `max_bytes`, whoever asks for most gives up what was held last: a
    requester with many large inputs crowds out nobody but himself.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._jobs: dict[bytes, tuple[_Requester, bytes]] = {}
        self._held: dict[_Requester, dict[bytes, _Held]] = {}
        self._bytes: Counter[_Requester] = Counter()

    def hold(self, job_id: bytes, remote: RemoteInput, requester: _Requester) -> None:
        """Keep a job's input, if there is room for it."""
        with self._lock:
            if job_id in self._jobs:
                return
            inputs = self._held.setdefault(requester, {})
            if remote.sha256 not in inputs:
                inputs[remote.sha256] = _Held(remote.size)
                self._bytes[requester] += remote.size
            inputs[remote.sha256].jobs.add(job_id)
            self._jobs[job_id] = requester, remote.sha256
            while self._bytes.total() > self._max_bytes:
                self._give_up()

    def release(self, job_id: bytes) -> None:
        """The job needs its input no more."""
        with self._lock:
            found = self._jobs.pop(job_id, None)
            if found is None:
                return
            requester, digest = found
            held = self._held[requester][digest]
            held.jobs.remove(job_id)
            if not held.jobs:
                del self._held[requester][digest]
                self._take_off(requester, held.size)

    def digests(self) -> frozenset[bytes]:
        """The sha256 of all that is held."""
        with self._lock:
            return frozenset(digest for inputs in self._held.values() for digest in inputs)

    def _give_up(self) -> None:
        requester = max(self._bytes, key=lambda one: self._bytes[one])
        _, held = self._held[requester].popitem()  # the last one
        for job_id in held.jobs:
            del self._jobs[job_id]
        self._take_off(requester, held.size)

    def _take_off(self, requester: _Requester, size: int) -> None:
        self._bytes[requester] -= size
        if not self._held[requester]:
            del self._held[requester], self._bytes[requester]
