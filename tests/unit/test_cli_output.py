"""What is printed, and what an error says and ends with."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import click
import ml_dtypes
import numpy as np
import pytest
from rich.console import Console

from assay import answers, inference, transactions
from assay.addresses import AddressError
from assay.asset import AmountError
from assay.cli import consent, output, results
from assay.cli.consent import Consent
from assay.cli.errors import (
    ConsentMissingError,
    DeclinedError,
    Exit,
    InputError,
    OutputError,
    PartlySentError,
    StoppedError,
    described,
    exit_code,
)
from assay.contract_errors import contract_error
from assay.deployments import DeploymentFileError
from assay.errors import AssayError, PasswordError
from assay.jobs import JobView
from assay.rpc import UnreachableRpcError
from assay.transactions import Sending

JOB = bytes(31) + b"\x01"
VIEW: JobView = None  # type: ignore[assignment]
PENDING = answers.AnswerPendingError(JOB, "waits", VIEW)
REFUNDED = answers.JobRefundedError(JOB, "is refunded")
REFUSED = contract_error("ClosedAlready", job_id=JOB)


def partly(*failures: AssayError) -> AssayError:
    return inference.PartlyAnsweredError([], {}, dict(enumerate(failures)))


# --- JSON ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1 << 53, 1 << 53),
        ((1 << 53) + 1, str((1 << 53) + 1)),
        (-(1 << 60), str(-(1 << 60))),
        (b"\x01\x02", "0x0102"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (True, True),
        (None, None),
        (Exit.PENDING, 3),
        ((1, [2.5]), [1, [2.5]]),
        (Path("a"), "a"),
        (1 + 2j, [1.0, 2.0]),
        (np.array([[1.5]], np.float32), [[1.5]]),
        (np.array([2**63], np.uint64), [str(2**63)]),
        (np.array(["a"], object), ["a"]),
        (np.array([1.5], ml_dtypes.bfloat16), [1.5]),
    ],
)
def test_dumped__value__as_any_reader_of_json_takes_it(value: Any, expected: Any) -> None:
    assert json.loads(output.dumped({"x": value})) == {"x": expected}


def test_clean__what_steers_a_terminal__replaced() -> None:
    assert output.clean("a\x1b[2Jb\nc\x07") == "a\ufffd[2Jb\nc\ufffd"


def test_table__text_of_strangers__neither_markup_nor_escapes() -> None:
    console = Console(file=io.StringIO(), width=80)
    console.print(output.fields({"name": "[red]x[/red]\x1b[31m"}))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]x[/red]" in printed
    assert "\x1b" not in printed


def test_when__beyond_the_calendar__said_all_the_same() -> None:
    assert output.when(0) == "1970-01-01 00:00:00 UTC"
    assert "after 1970" in output.when(1 << 60)


# --- errors ---


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (REFUSED, 1),
        (UnreachableRpcError("gone"), 1),
        (InputError("no"), 2),
        (DeploymentFileError("x", ["y"]), 2),
        (PasswordError("wrong"), 2),
        (AddressError("none"), 2),
        (AmountError("none"), 2),
        (ConsentMissingError("x", {}), 2),
        (PENDING, 3),
        (transactions.TransactionPendingError(JOB, "waits"), 3),
        (REFUNDED, 4),
        (answers.JobUnresolvedError(JOB, "x"), 4),
        (answers.JobCancelledError(JOB, "x"), 4),
        (inference.InputRefusedError(JOB, "x"), 4),
        (partly(REFUNDED, PENDING), 3),
        (partly(REFUNDED, REFUNDED), 4),
        (partly(REFUNDED, PENDING, REFUSED), 1),
        (PartlySentError([JOB], REFUSED), 1),
        (StoppedError([JOB]), 130),
    ],
)
def test_exit_code__error__as_documented(error: AssayError, code: int) -> None:
    assert exit_code(error) == code


def test_described__error__name_message_and_values() -> None:
    assert described(REFUSED) == {
        "error": "DoneAlreadyError",
        "message": str(REFUSED),
        "name": "ClosedAlready",
        "values": {"job_id": JOB},
    }
    assert described(PENDING)["values"] == {"job": JOB}
    inner = described(partly(REFUNDED))["values"]["failures"]["0"]
    assert inner["error"] == "JobRefundedError"
    json.loads(output.dumped(described(partly(PENDING, REFUSED))))


def test_jobs_hint__ids__commands_that_go_on() -> None:
    hint = output.jobs_hint(described(StoppedError([JOB]))["values"])
    assert f"assay jobs result 0x{JOB.hex()}" in hint
    assert output.jobs_hint({}) == ""


# --- consent ---


def sending(gas: int = 100, price: int = 2) -> Sending:
    return Sending(
        function="f",
        to="0x0",  # type: ignore[arg-type]
        gas=gas,
        gas_price=price,
        max_gas_price=2 * price,
    )


def answers(monkeypatch: pytest.MonkeyPatch, *given: bool) -> list[bool]:
    """Somebody at the terminal, with these answers; those that are left."""
    left = list(given)
    monkeypatch.setattr(consent, "interactive", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: left.pop(0))
    return left


def test_consent__nobody_there__costs_of_all_that_would_be_sent() -> None:
    asked = Consent(yes=False, as_json=True)
    asked.plan("Do it", {}, {"amount": 5}, later_gas=50)
    with pytest.raises(ConsentMissingError) as caught:
        asked.before(sending())
    assert caught.value.costs == {"amount": 5, "gas": 150, "gas_price": 2, "gas_cost": 300}


def test_consent__as_said__asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    left = answers(monkeypatch, True, False)
    asked = Consent(yes=False, as_json=True)
    asked.plan("Do it", {}, {}, later_gas=100)
    asked.before(sending())
    asked.before(sending())
    assert left == [False]


def test_consent__dearer_than_said__asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    left = answers(monkeypatch, True, False)
    asked = Consent(yes=False, as_json=True)
    asked.ask(100, 2)
    asked.before(sending())
    with pytest.raises(DeclinedError, match="nothing more was sent"):
        asked.before(sending(price=2_000))
    assert left == []


def test_consent__question__names_what_a_stranger_may_have_chosen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, True)
    asked = Consent(yes=False, as_json=False, places=lambda: {"network": "main, chain 1"})
    asked.before(sending())
    shown = capsys.readouterr().err
    assert "main, chain 1" in shown and "f of 0x0" in shown


# --- files ---


def test_write__npz__read_again_without_pickle(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    arrays = {
        "text": np.array(["a", "bc"], object),
        "half": np.array([1.5], ml_dtypes.bfloat16),
        "nibble": np.array([-3], ml_dtypes.int4),
        "number": np.array([[1]], np.int64),
    }
    results.write(path, {}, [arrays])
    with np.load(path, allow_pickle=False) as found:
        assert {name: found[name].tolist() for name in found.files} == {
            "text": ["a", "bc"],
            "half": [1.5],
            "nibble": [-3],
            "number": [[1]],
        }


def test_write__many__by_the_place_of_the_job(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    one = {"y": np.array([1])}
    results.write(path, {}, [one, None, one])
    assert list(np.load(path)) == ["y.0", "y.2"]
    results.write(tmp_path / "a.json", {"jobs": [1]}, [one])
    assert json.loads((tmp_path / "a.json").read_text()) == {"jobs": [1]}


@pytest.mark.parametrize("name", ["a.txt", "a", "none/a.npz"])
def test_check__file_that_could_not_be_written__refused_beforehand(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(OutputError):
        results.check(tmp_path / name)


def test_outputs__every_type__named_as_in_the_manifest() -> None:
    shown = results.outputs(
        {"y": np.array([1.5], ml_dtypes.bfloat16), "t": np.array(["a"], object)}
    )
    assert json.loads(output.dumped(shown)) == {
        "y": {"dtype": "BFLOAT16", "shape": [1], "values": [1.5]},
        "t": {"dtype": "STRING", "shape": [1], "values": ["a"]},
    }
