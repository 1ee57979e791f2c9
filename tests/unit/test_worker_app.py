"""Starting: a node that does not answer is waited for, and nothing else is."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from assay.deployments import StaleDeploymentError
from assay.errors import AssayError
from assay.rpc import UnreachableRpcError
from worker import app
from worker.errors import NothingLeftError, OtherStoreError, PreflightError
from worker.preflight import Check, Preflight

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


def test_build__node_does_not_answer_for_minutes__said_about_every_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with capture_logs() as said:
        _, pauses = start(monkeypatch, *[[UNREACHABLE]] * 20, [WRONG])
    assert sum(pauses) == 165.5
    assert [entry["event"] for entry in said] == ["waiting"] * 3


def test_build__told_to_stop_while_it_waits__closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "Preflight", Sequence)
    Sequence.coming, Sequence.passwords, Sequence.closed = [[UNREACHABLE]], [], 0
    settings: Any = None
    with pytest.raises(KeyboardInterrupt):
        app.build(settings, None, {"ASSAY_WORKER_PASSWORD": "secret"}, told)
    assert Sequence.closed == 1


# --- what is told of what was found ---


def found(*checks: Check) -> Preflight:
    settings: Any = None
    return Preflight(settings, checks=list(checks))


def other_store(*, worker_differs: bool) -> Check:
    error = OtherStoreError("another's", worker_differs=worker_differs)
    return Check("store", ok=False, detail="another's", error=error)


ANOTHER_CHAIN = Check("chain", ok=False, detail="anew", error=StaleDeploymentError("anew"))
OFF = Check("activity", ok=False, detail="switched off", idle=True)
NO_STAKE = Check("stake", ok=False, detail="no stake", idle=True)
NO_GAS = Check("gas", ok=False, detail="none")


def test_faults__another_chain__first_and_without_the_store_that_follows() -> None:
    store = other_store(worker_differs=False)
    assert found(NO_GAS, store, ANOTHER_CHAIN).faults == ["chain: anew", "gas: none"]


def test_faults__right_chain_or_another_workers_store__the_store_told() -> None:
    assert found(other_store(worker_differs=False)).faults == ["store: another's"]
    both = found(other_store(worker_differs=True), ANOTHER_CHAIN)
    assert both.faults == ["chain: anew", "store: another's"]


def test_require__switched_off_alone__nothing_left() -> None:
    for checks in ((OFF,), (OFF, NO_STAKE)):
        with pytest.raises(NothingLeftError):
            found(*checks).require()


@pytest.mark.parametrize("checks", [(NO_STAKE,), (OFF, NO_GAS)])
def test_require__something_else_is_wrong__refused(checks: tuple[Check, ...]) -> None:
    with pytest.raises(PreflightError) as caught:
        found(*checks).require()
    assert not isinstance(caught.value, NothingLeftError)


def test_build__something_else_is_wrong_too__not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error, pauses = start(monkeypatch, [UNREACHABLE, WRONG])
    assert (pauses, len(error.faults)) == ([], 2)


def test_build__impatient__says_at_once_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    error, pauses = start(monkeypatch, [UNREACHABLE], patient=False)
    assert pauses == []
    assert "no answer" in str(error)
