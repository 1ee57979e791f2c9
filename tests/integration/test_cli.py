"""`assay` on a chain: set up, ask, look, appeal, stake, and how it ends when it is refused."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from eth_account import Account
from structlog.testing import capture_logs

from assay import RemoteInput, keys
from assay.cli import consent
from assay.client import Client
from assay.events import JobPosted
from assay.inference import Offer
from assay.manifest import manifest_uri
from assay.posting import PostedJob
from assay.tensors import encode
from assay.terms import Terms
from tests.support.cli import Done, run
from tests.support.pages import ROOT
from tests.support.plain_chain import ETHER, REQUESTER, PlainChain, account
from tests.support.worker_rig import Rig
from tests.unit import onnx_models
from tests.unit.samples import MANIFEST

PASSWORD = "correct horse"
MODEL = f"{REQUESTER.address}/sums"
INPUT = "[1, 2]"
RESULT = encode([np.array([[3.0]], np.float32)])
LIE = encode([np.array([[4.0]], np.float32)])
ASK = ("infer", MODEL, INPUT, "--max-price", "0.1", "--yes")
COLD = account("cold of the command line")


@pytest.fixture
def home(chain: PlainChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration for the requester, in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    chain.deployment.write(tmp_path / "deployments")
    key_store(tmp_path / "me.json", REQUESTER.key)
    Path("password").write_text(f"{PASSWORD}\n")
    Path("password").chmod(0o600)
    Path("assay.toml").write_text(
        f'rpc_url = "{url(chain)}"\ndeployment = "local"\npoll_seconds = 0.02\n'
        'key_store = "me.json"\npassword_file = "password"\n'
    )
    return tmp_path


@pytest.fixture
def version(chain: PlainChain, home: Path) -> bytes:
    """Of the model `sums`, whose manifest lies in a folder."""
    client = Client(chain.w3, chain.deployment, REQUESTER)
    artefact = home / "model.onnx"
    Path(manifest_uri(str(artefact))).write_bytes(MANIFEST.canonical())
    return client.register("sums", b"artefact", MANIFEST, uris=[artefact.as_uri()]).version_id


def url(chain: PlainChain) -> str:
    return str(chain.w3.provider.endpoint_uri)  # type: ignore[attr-defined]


def key_store(path: Path, key: bytes) -> None:
    path.write_text(json.dumps(Account.encrypt(key, PASSWORD, iterations=2)))
    path.chmod(0o600)


def well(done: Done) -> Done:
    """A command that did what it was to do."""
    assert done.code == 0, done.err
    return done


def seen_through(monkeypatch: pytest.MonkeyPatch, then: Callable[[PostedJob], None]) -> None:
    """From now on something happens to every job as soon as it is posted."""
    accept = Client.accept

    def accepting(client: Client, *offers: Offer, **watch: Any) -> list[PostedJob]:
        posted = accept(client, *offers, **watch)
        for one in posted:
            then(one)
        return posted

    monkeypatch.setattr(Client, "accept", accepting)


def settled(chain: PlainChain, monkeypatch: pytest.MonkeyPatch, *results: bytes) -> None:
    """The workers answer every job."""
    seen_through(monkeypatch, lambda one: chain.settle(one.job, *(results or (RESULT,) * 3)))


# --- from nothing to an answer ---


def test_cli__from_init_to_withdraw__as_the_page_says(
    rig: Rig, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a real model in real workers."""
    monkeypatch.setenv("ASSAY_POLL_SECONDS", "0.02")
    Path("assay.toml").unlink()
    chosen = ("--rpc-url", url(rig.chain), "--deployment", "local", "--key-store", "new.json")
    done = well(
        run(
            *("init", *chosen, "--password-file", "new-password", "--import-key", "--json"),
            typed=REQUESTER.key.hex() + "\n",
        )
    )
    assert done.json["account"] == REQUESTER.address
    assert Path("new-password").stat().st_mode & 0o777 == 0o600
    checked_key = keys.unlock(Path("new.json"), Path("new-password").read_text().strip(), "")
    assert checked_key.address == REQUESTER.address
    key_store(Path("new.json"), REQUESTER.key)  # the same, for less work at each command
    Path("new-password").write_text(PASSWORD)
    checked = well(run("doctor", "--json"))
    assert {one["verdict"] for one in checked.json["checks"]} <= {"ok", "note"}

    before = well(run("credit", "show", "--json")).json["credit"]
    well(run("credit", "deposit", "0.5", "--yes"))
    assert int(well(run("credit", "show", "--json")).json["credit"]) == int(before) + ETHER // 2

    version = rig.publish(onnx_models.identity(dtype=onnx_models.INT32))
    for number in range(3):
        rig.daemon(number)

    def work(one: PostedJob) -> None:
        rig.pass_time(0)
        with capture_logs():  # they would be printed among the command's own lines
            rig.drive_until_done()

    seen_through(monkeypatch, work)
    asked = ("infer", "0x" + version.hex(), "[4, 5]", "--max-price", "0.1", "--yes")
    found = well(run(*asked, "--json", "--output", "answer.npz")).json
    assert found["outputs"]["y"] == {"dtype": "INT32", "shape": [2], "values": [4, 5]}
    assert len(found["provenance"]["agreed"]) == 3
    assert np.load("answer.npz")["y"].tolist() == [4, 5]

    (job,) = well(run("jobs", "list", "--json")).json["jobs"]
    assert (job["job"], job["status"], job["final"]) == (found["job"], "DECIDED", True)
    assert "final" in well(run("jobs", "show", found["job"])).out
    assert "[4, 5]" in well(run("jobs", "result", found["job"])).out
    well(run("credit", "withdraw", "all", "--yes"))
    assert well(run("credit", "show", "--json")).json["credit"] == 0


def test_infer__several_ways_to_give_inputs__same_answer(
    chain: PlainChain, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(chain, monkeypatch)
    np.save("row.npy", np.array([1, 2], np.float64))
    Path("rows.csv").write_text("a,b\n1,2\n3,4\n")
    price = ("--max-price", str(ETHER // 10), "--wei", "--yes", "--json")
    for given in (("--input", "x=[[1, 2]]"), ("row.npy", "--cast"), ('{"x": [1, 2]}',)):
        found = well(run("infer", MODEL, *given, *price)).json
        assert found["outputs"]["y"]["values"] == [[3.0]]
    many = well(run("infer", MODEL, "--many", "rows.csv", *price, "-o", "all.json")).json
    assert [one["input"] for one in many["jobs"]] == ["row 0", "row 1"]
    assert json.loads(Path("all.json").read_text()) == many


def test_infer__by_reference__uploaded_first_and_only_the_reference_posted(
    chain: PlainChain, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(chain, monkeypatch)
    done = run(*ASK, "--by-reference", "--json")
    assert done.code == 2 and "store: missing" in done.error["message"]
    monkeypatch.setenv("ASSAY_STORE", "./inputs")
    foreseen = well(run(*ASK[:-1], "--by-reference", "--offer")).out
    assert "FolderStore(" in foreseen
    done = run(*ASK[:-1], "--by-reference", "--json")
    assert done.error["error"] == "ConsentMissingError"
    assert not Path("inputs").exists()
    found = well(run(*ASK, "--by-reference", "--json")).json
    assert found["outputs"]["y"]["values"] == [[3.0]]
    (served,) = Path("inputs").iterdir()
    said = Client(chain.w3, chain.deployment).history(bytes.fromhex(found["job"][2:]))[0]
    assert isinstance(said, JobPosted)
    reference = RemoteInput.decode(said.input)
    assert reference.uris == (served.absolute().as_uri(),)
    assert hashlib.sha256(served.read_bytes()).digest() == reference.sha256


def test_infer__offer__says_what_it_costs_and_sends_nothing(
    chain: PlainChain, version: bytes
) -> None:
    before = chain.w3.eth.get_transaction_count(REQUESTER.address)
    offer = well(run("infer", MODEL, INPUT, "--max-price", "0.1", "--offer", "--json")).json
    assert 0 < int(offer["likely"]) < int(offer["at_most"]) <= ETHER // 10
    assert 10_000 < offer["gas_for_kilobyte"] < 50_000 < offer["gas"]
    people = well(run("infer", MODEL, INPUT, "--max-price", "0.1", "--offer")).out
    assert "2 of 3 seats decide; 30% of the stake has them with" in people
    assert chain.w3.eth.get_transaction_count(REQUESTER.address) == before


def test_infer__nobody_to_ask__refused_with_the_costs(chain: PlainChain, version: bytes) -> None:
    before = chain.w3.eth.get_transaction_count(REQUESTER.address)
    done = run("infer", MODEL, INPUT, "--max-price", "0.1", "--json")
    assert (done.code, done.out) == (2, "")
    assert done.error["error"] == "ConsentMissingError"
    assert done.error["values"]["costs"]["gas"] > 0
    assert chain.w3.eth.get_transaction_count(REQUESTER.address) == before


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1)])
def test_deposit__asked__sent_only_after_a_yes(
    chain: PlainChain, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    monkeypatch.setattr(consent, "interactive", lambda: True)
    before = chain.call("vault", "credit", REQUESTER.address)
    done = run("credit", "deposit", "0.25", typed=typed)
    assert done.code == code, done.err
    assert "0.25 MOCK" in done.err
    assert "gas, about" in done.err
    came = chain.call("vault", "credit", REQUESTER.address) - before
    assert came == (ETHER // 4 if code == 0 else 0)


def test_infer__no_answer_in_time__pending_and_the_id_told(
    chain: PlainChain, version: bytes
) -> None:
    done = run(*ASK, "--timeout", "0.2", "--json")
    assert done.code == 3
    job = done.error["values"]["job"]
    assert run("jobs", "result", job).code == 3
    assert f"assay jobs result {job}" in run("jobs", "result", job).err
    chain.settle(Client(chain.w3, chain.deployment).job(job), *(RESULT,) * 3)
    assert well(run("jobs", "watch", job, "--json")).json["final"] is True
    assert "[[3.]]" in well(run("jobs", "result", job)).out


def test_infer__interrupted_while_waiting__id_and_how_to_go_on(
    chain: PlainChain, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "resume", interrupt)
    done = run(*ASK)
    assert done.code == 130
    (job,) = run("jobs", "list", "--json").json["jobs"]
    assert f"assay jobs result {job['job']}" in done.err


def test_infer__no_wait__posted_and_cancelled_in_time(chain: PlainChain, version: bytes) -> None:
    posted = well(run(*ASK, "--no-wait", "--json")).json["jobs"]
    job = posted[0]["job"]
    well(run("jobs", "cancel", job, "--yes"))
    done = run("jobs", "result", job, "--json")
    assert (done.code, done.error["error"]) == (4, "JobCancelledError")


def test_infer__some_without_an_answer__others_shown_and_written(
    chain: PlainChain, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[PostedJob] = []

    def first_only(one: PostedJob) -> None:
        jobs.append(one)
        if len(jobs) == 1:
            chain.settle(one.job, *(RESULT,) * 3)

    seen_through(monkeypatch, first_only)
    rows = ("--many", "[[1, 2], [3, 4]]", "--max-price", "0.1", "--yes", "--timeout", "0.3")
    done = run("infer", MODEL, *rows, "--json", "-o", "some.npz")
    assert done.code == 3
    first, second = done.json["jobs"]
    assert first["outputs"]["y"]["values"] == [[3.0]]
    assert second["error"]["error"] == "AnswerPendingError"
    assert done.error["error"] == "PartlyAnsweredError"
    assert list(np.load("some.npz")) == ["y.0"]


# --- jobs ---


def test_appeal__provisional_answer__says_what_it_takes_and_deposits_it(
    chain: PlainChain, version: bytes
) -> None:
    client = Client(chain.w3, chain.deployment, REQUESTER)
    terms = Terms.optimistic(3, seat_fee=100, bond=2_000, appeal_window=600, commit_seconds=30)
    client.deposit(client.quote(terms).escrow)
    posted = client.post(version, [np.array([[1.0, 2.0]], np.float32)], terms)
    chain.propose(posted.job, chain.workers[0], LIE)
    job = "0x" + posted.job_id.hex()
    given = well(run("jobs", "result", job, "--provisional", "--json")).json
    assert (given["final"], given["outputs"]["y"]["values"]) == (False, [[4.0]])
    refused = run("jobs", "appeal", job, "--json")
    assert refused.code == 2
    takes = client.appeal_deposit(posted)
    assert int(refused.error["values"]["costs"]["deposit"]) == takes
    done = well(run("jobs", "appeal", job, "--yes", "--json")).json
    assert (done["round"], int(done["deposit"])) == (0, takes)
    assert client.view(posted).round == 1


def test_jobs__ended__closed_once(
    chain: PlainChain, version: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(chain, monkeypatch)
    job = well(run(*ASK, "--json")).json["job"]
    well(run("jobs", "close", job, "--yes"))
    done = run("jobs", "close", job, "--yes", "--json")
    assert (done.code, done.error["name"]) == (1, "ClosedAlready")
    shown = well(run("jobs", "show", job, "--json")).json
    assert (shown["closed"], shown["history"][0]["event"]) == (True, "JobPosted")
    assert 0 < int(shown["cost"]) < int(shown["escrow"])
    done = run("jobs", "deliver", job, "--yes", "--json")
    assert (done.code, done.error["name"]) == (1, "NoCallback")
    assert run("jobs", "advance", job, "--yes").code == 1


def test_jobs_list__others_and_bounds__newest_first(chain: PlainChain, version: bytes) -> None:
    well(run(*ASK, "--no-wait"))
    two = ("--many", "[[1, 2], [3, 4]]", "--max-price", "0.1", "--yes", "--no-wait", "--json")
    together = [one["job"] for one in well(run("infer", MODEL, *two)).json["jobs"]]
    found = well(run("jobs", "list", "--all", "--limit", "1", "--json")).json
    assert (len(found["jobs"]), found["complete"]) == (1, False)
    nobody = ("--requester", COLD.address)
    assert well(run("jobs", "list", *nobody, "--json")).json["jobs"] == []
    both = well(run("jobs", "list", "--json")).json
    assert both["complete"]
    assert [one["job"] for one in both["jobs"]][:2] == together[::-1]
    assert len(both["jobs"]) == 3


# --- models ---


def test_models__found_shown_and_taken_out_of_service(chain: PlainChain, version: bytes) -> None:
    (model,) = well(run("models", "search", "SUMS", "--json")).json["models"]
    assert model["model"] == MODEL
    assert well(run("models", "list", "--owner", COLD.address, "--json")).json["models"] == []
    shown = well(run("models", "show", MODEL)).out
    for text in ("EXACT", "two numbers to one", "[?, 2]", version.hex()):
        assert text in shown
    well(run("models", "deprecate", version.hex(), "--yes"))
    found = well(run("models", "show", version.hex(), "--json")).json
    assert found["shown_versions"][0]["deprecated"] is True
    done = run(*ASK, "--json")
    assert (done.code, done.error["error"]) == (1, "NothingInServiceError")


def test_publish__drafted_shown_and_registered__asked_by_its_name(
    chain: PlainChain, home: Path
) -> None:
    Path("model.onnx").write_bytes(onnx_models.linear().SerializeToString())
    Path("rows.csv").write_text("1,2,3\n4,5,6\n")
    said = ("--description", "two sums", "--licence", "MIT", "--samples", "rows.csv")
    what = ("publish", "model.onnx", "linear", *said, "--store", "./store", "--no-emulation")
    before = chain.w3.eth.get_transaction_count(REQUESTER.address)
    draft = well(run(*what, "--draft", "--json")).json
    assert (draft["numerics"], draft["manifest"]["inputs"][0]["shape"]) == ("TOLERANCE", [None, 3])
    assert {one["kind"] for one in draft["cautions"]} >= {"local-uri", "one-place"}
    refused = run(*what)
    assert refused.code == 2
    for text in ("How far results move", "caution: local-uri", "gas, about"):
        assert text in refused.err
    assert chain.w3.eth.get_transaction_count(REQUESTER.address) == before
    assert not list(Path().glob("store/*"))
    done = well(run(*what, "--royalty", "250", "--yes", "--json")).json
    assert done["new"] is True
    shown = well(run("models", "show", f"{REQUESTER.address}/linear", "--json")).json
    (version,) = shown["shown_versions"]
    assert (version["version"], version["royalty_bps"]) == (done["version"], 250)
    assert shown["manifest"]["description"] == "two sums"
    assert well(run(*what, "--royalty", "250", "--yes", "--json")).json["new"] is False


def test_publish__what_cannot_be__refused_before_anything_is_sent(
    chain: PlainChain, home: Path
) -> None:
    Path("model.onnx").write_bytes(onnx_models.linear().SerializeToString())
    said = ("publish", "model.onnx", "linear", "--description", "x", "--licence", "MIT", "--json")
    for more, code, error in (
        ((), 2, "UsageError"),  # nothing says where it can be fetched
        (("--exact", "--unserved"), 1, "NumericsError"),
        (("--exact", "--atol", "1"), 2, "UsageError"),
        (("--store", "ftp://x"), 2, "UnknownStoreError"),
        (("--store", "https://user:secret@x.example"), 2, "SettingsError"),
        (("--uri", "nonsense"), 2, "DetailsError"),
    ):
        done = run(*said, *more)
        assert (done.code, done.error["error"]) == (code, error), more
        assert "secret" not in done.err


# --- stake ---


def test_stake__the_life_of_a_worker__every_step(
    chain: PlainChain, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_store(home / "cold.json", COLD.key)
    monkeypatch.setenv("ASSAY_KEY_STORE", "cold.json")
    chain.fund(COLD.address, ETHER)
    signer = account("signer of the command line").address
    done = run("stake", "add", "0.5", "--yes", "--json")
    assert (done.code, done.error["name"]) == (1, "NotRegistered")
    well(run("stake", "register", signer, "--endpoint", "https://one.example", "--yes"))
    done = run("stake", "add", "0.0000000000001", "--yes", "--json")
    assert (done.code, done.error["name"]) == (1, "NotWholeUnits")
    done = run("stake", "add", "1000", "--yes")
    assert "0 TOK (0 wei) of credit" in done.err or "0 MOCK (0 wei) of credit" in done.err
    added = well(run("stake", "add", "0.5", "--yes", "--json")).json
    assert int(added["deposited"]) == ETHER // 2
    shown = well(run("stake", "show", "--json")).json
    assert (shown["signer"], int(shown["stake"])) == (signer, ETHER // 2)
    well(run("stake", "switch", "off", "--yes"))
    well(run("stake", "endpoint", "", "--yes"))
    well(run("stake", "signer", COLD.address, "--yes"))
    listed = well(run("workers", "list", "--json")).json["workers"]
    assert len(listed) == 4
    assert sum(one["share"] for one in listed) == pytest.approx(1.0)
    mine = next(one for one in listed if one["worker"] == COLD.address)
    assert (mine["active"], mine["signer"], mine["endpoint"]) == (False, COLD.address, "")
    assert COLD.address in well(run("workers", "show", COLD.address)).out
    well(run("stake", "unstake", "all", "--yes"))
    done = run("stake", "withdraw", "--yes", "--json")
    assert (done.code, done.error["name"]) == (1, "StillUnbonding")
    epochs = done.error["values"]
    assert epochs["release_at"] == epochs["release_epoch"] * chain.deployment.epoch
    chain.mine(1, 2 * chain.deployment.epoch)
    well(run("stake", "withdraw", "--yes"))
    assert int(well(run("credit", "show", "--json")).json["credit"]) == ETHER // 2


# --- what is wrong ---


def test_doctor__many_faults__all_told_at_once(
    chain: PlainChain, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_store(home / "poor.json", account("poor").key)
    (home / "poor.json").chmod(0o644)
    (home / "file").write_text("")
    monkeypatch.setenv("ASSAY_KEY_STORE", "poor.json")
    monkeypatch.setenv("ASSAY_CACHE_DIR", "file")
    done = run("doctor", "--json")
    assert done.code == 1
    wrong = {one["name"] for one in done.json["checks"] if one["verdict"] == "wrong"}
    assert wrong == {"key store", "gas", "cache of manifests"}
    assert "chmod 600" in run("doctor").out
    monkeypatch.setenv("ASSAY_RPC_URL", "http://user:secret@127.0.0.1:1/key")
    away = run("doctor")
    assert away.code == 1
    assert "no answer from the node at http://127.0.0.1:1" in away.out
    assert "secret" not in away.out + away.err
    both = run("doctor", "--deployment", "none", "--json")
    wrong = {one["name"] for one in both.json["checks"] if one["verdict"] == "wrong"}
    assert {"deployment", "node"} < wrong


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("infer", MODEL, INPUT, "--yes"), 2, "UsageError"),
        (("infer", "nobody", INPUT, "--max-price", "1"), 1, "UnknownModelError"),
        (("infer", MODEL, "[1]", "--max-price", "1", "--yes"), 1, "SignatureMismatchError"),
        (("infer", MODEL, "no.npy", "--max-price", "1"), 2, "InputError"),
        (("infer", MODEL, INPUT, "--max-price", "1e3"), 2, "AmountError"),
        (("infer", MODEL, INPUT, "--max-price", "1", "-o", "x.txt"), 2, "OutputError"),
        (("infer", MODEL, INPUT, "--max-price", "1", "--committee", "2"), 1, "TermsOutOf"),
        (("credit", "withdraw", "1000000", "--yes"), 1, "InsufficientCreditError"),
        (("credit", "show", "--deployment", "none"), 2, "DeploymentFileError"),
        (("credit", "deposit", "1", "--key-store", "none.json", "--yes"), 2, "KeyStoreError"),
        (("jobs", "show", "0x12"), 2, "BadParameter"),
        (("jobs", "show", "0x" + 64 * "1"), 1, "UnknownJobError"),
        (("workers", "show", COLD.address), 1, "ContractError"),
        (("init",), 2, "SecretError"),
    ],
)
def test_cli__what_cannot_work__refused_with_its_code(
    version: bytes, arguments: tuple[str, ...], code: int, error: str
) -> None:
    done = run(*arguments, "--json")
    assert (done.code, done.out) == (code, "")
    assert done.error["error"].startswith(error)


def test_process__interrupted__ends_with_the_id(chain: PlainChain, version: bytes) -> None:
    client = Client(chain.w3, chain.deployment)
    program = [sys.executable, "-m", "assay.cli", *ASK, "--json"]
    with subprocess.Popen(
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT), "HOME": "."},
        # Where the tests run in the background a child would ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        while process.poll() is None and not client.jobs(REQUESTER.address).jobs:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    (job,) = client.jobs(REQUESTER.address).jobs
    assert (process.returncode, out) == (130, ""), err
    assert json.loads(err)["values"]["jobs"] == ["0x" + job.job_id.hex()]


def test_process__real__one_document_and_the_code(chain: PlainChain, version: bytes) -> None:
    program = [sys.executable, "-m", "assay.cli", "models", "show", MODEL, "--json"]
    done = subprocess.run(
        program, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "HOME": "."}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == MODEL
    assert done.stderr == ""
    program[-2] = "0x" + 64 * "0"
    refused = subprocess.run(
        program, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "HOME": "."}
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert json.loads(refused.stderr)["error"] == "UnknownModelError"
