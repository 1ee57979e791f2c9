"""Starting: a node that does not answer is waited for, and nothing else is."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from assay.errors import AssayError
from assay.rpc import UnreachableRpcError
from worker import app
from worker.errors import PreflightError
from worker.preflight import Preflight

UNREACHABLE = UnreachableRpcError("no answer")
WRONG = AssayError("wrong")


class Sequence(Preflight):
    """A preflight that finds other faults each time it looks."""

    coming: ClassVar[list[list[Exception]]] = []
    passwords: ClassVar[list[str]] = []
    closed = 0

    def look(self, environment: MutableMapping[str, str] | None = None) -> None:
        assert environment is not None
        self.passwords.append(environment.pop("ASSAY_WORKER_PASSWORD"))
        self.look_at_chain()

    def look_at_chain(self) -> None:
        self.checks.clear()
        for error in self.coming.pop(0):
            self._try("chain", lambda error=error: self._fail(error), str)

    def _fail(self, error: Exception) -> None:
        raise error

    def close(self) -> None:
        type(self).closed += 1


def start(
    monkeypatch: pytest.MonkeyPatch, *found: list[Exception], patient: bool = True
) -> tuple[PreflightError, list[float]]:
    """What a start ends with that finds these faults one look after the other; and its pauses."""
    monkeypatch.setattr(app, "Preflight", Sequence)
    Sequence.coming, Sequence.passwords, Sequence.closed = list(found), [], 0
    pauses: list[float] = []
    settings: Any = None
    environment = {"ASSAY_WORKER_PASSWORD": "secret", "HOME": "/"}
    with pytest.raises(PreflightError) as caught:
        app.build(settings, None, environment, pauses.append if patient else None)
    assert environment == {"HOME": "/"}
    assert Sequence.passwords == ["secret"]  # the key store is opened once
    return caught.value, pauses


def test_build__node_does_not_answer__waited_for_longer_each_time_and_said_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with capture_logs() as said:
        _, pauses = start(monkeypatch, *[[UNREACHABLE]] * 7, [WRONG])
    assert pauses == [0.5, 1, 2, 4, 8, 10, 10]
    assert [entry["event"] for entry in said] == ["waiting"]
    assert Sequence.closed == 1


def test_build__something_else_is_wrong_too__not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error, pauses = start(monkeypatch, [UNREACHABLE, WRONG])
    assert (pauses, len(error.faults)) == ([], 2)


def test_build__impatient__says_at_once_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    error, pauses = start(monkeypatch, [UNREACHABLE], patient=False)
    assert pauses == []
    assert "no answer" in str(error)
