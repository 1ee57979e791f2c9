"""The documentation's programs and the example, from their first line to their last, on a chain."""

import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from eth_account import Account

from assay import deployments
from assay.client import Client, Settings
from assay.inference import Offer, Watch
from assay.jobs import Job, Status
from assay.posting import PostedJob
from assay.publish import measure
from assay.tensors import encode
from assay.terms import Terms
from examples import ask
from examples.models import digits
from tests.support.cli import run
from tests.support.pages import ROOT, blocks, page
from tests.support.plain_chain import ETHER, PlainChain, account, plain_chain

DAPP, COLD, READER = account("dapp"), account("cold"), account("reader")
RESULT = encode([np.eye(10, dtype=np.float32)[[7]]])
"""Certain of a seven."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainChain]:
    with plain_chain(tmp_path_factory.mktemp("deployments")) as chain:
        yield chain


@pytest.fixture
def chain(
    running: PlainChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PlainChain]:
    """The chain as it was at the beginning, and a folder with what `make network` leaves."""
    monkeypatch.chdir(tmp_path)
    running.deployment.model_copy(update={"network": ask.NETWORK}).write(deployments.FOLDER)
    snapshot = running.rpc("evm_snapshot")
    yield running
    running.rpc("evm_revert", snapshot)


def on_chain(code: str, chain: PlainChain) -> str:
    """A block of a page with the address of the chain that it is to run on."""
    return code.replace(ask.URL, url(chain))


def url(chain: PlainChain) -> str:
    return str(chain.w3.provider.endpoint_uri)  # type: ignore[attr-defined]


def see_through(chain: PlainChain, job: Job) -> None:
    """The workers answer a job and close it."""
    chain.settle(job, *[RESULT] * 3)
    request, rules = job.request.as_tuple(), job.rules.pack()
    chain.send("settlement", "close", request, rules, sender=chain.workers[0])


def seen_through(
    accept: Callable[..., list[PostedJob]], chain: PlainChain
) -> Callable[..., list[PostedJob]]:
    """Posting, after which the workers have been at work."""

    def accepting(client: Client, *offers: Offer, watch: Watch | None = None) -> list[PostedJob]:
        posted = accept(client, *offers, watch=watch)
        for one in posted:
            see_through(chain, one.job)
        return posted

    return accepting


def test_building_a_dapp__every_block_in_order__runs(
    chain: PlainChain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chain.fund(DAPP.address, 3 * ETHER)
    monkeypatch.setenv("DAPP_KEY", DAPP.key.hex())
    monkeypatch.setenv("READER", READER.address)
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path.cwd() / "cache"))
    digits.build(Path("models"))
    monkeypatch.setattr(Client, "accept", seen_through(Client.accept, chain))
    monkeypatch.setattr(measure, "emulators", lambda _: ())  # they take their time
    program: dict[str, Any] = {}
    for code in blocks(page("building-a-dapp.md"), "python"):
        code = code.replace("timeout=60, provisional", "timeout=0, provisional")  # nobody is there
        exec(on_chain(code, chain), program)  # noqa: S102 - the project's own page
        if "posted" in program and program["client"].view(program["posted"]).seed_block:
            see_through(chain, program["posted"].job)
    assert program["answer"].payload == RESULT
    printed = capsys.readouterr().out
    assert "one-place" not in printed and "local-uri: file:///" in printed
    assert len(list(Path("models/mine").glob("digits-*.onnx"))) == 1
    assert "a 7 say 3 workers\n" in printed
    assert "a 7\n" in printed
    assert "seats right: 3 lost: 0" in printed
    assert "DECIDED" in printed
    assert "267 bytes lie elsewhere, " in printed
    assert "InsufficientCredit 1\n" in printed
    assert program["client"].view(program["mistaken"]).status is Status.REFUNDED


def test_readme__program__answered(
    chain: PlainChain,
    asker: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path.cwd() / "cache"))
    publish(chain)
    monkeypatch.setattr(Client, "accept", seen_through(Client.accept, chain))
    (code,) = blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python")
    of_the_demo = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    assert of_the_demo in code
    exec(on_chain(code.replace(of_the_demo, DAPP.address), chain), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.startswith("a 7 say ('0x")


def test_running_a_worker__stake__registered_with_signer_and_gas(
    chain: PlainChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.fund(COLD.address, 0)
    signer = account("signer of the page").address
    monkeypatch.setenv("COLD_KEY", COLD.key.hex())
    monkeypatch.setenv("SIGNER", signer)
    text = on_chain(page("running-a-worker.md"), chain)
    (code,) = blocks(text, "python")
    exec(code, {})  # noqa: S102 - the project's own page
    lines = [line for code in blocks(text, "sh") for line in code.splitlines()]
    init, *commands = [line for line in lines if "--config me/assay.toml" in line]
    typed, _, rest = os.path.expandvars(init).partition(" | ")
    done = [run(*shlex.split(rest)[1:], typed=typed.removeprefix("echo ") + "\n")]
    for line in commands:
        yes = [] if " show " in line else ["--yes"]
        done.append(run(*shlex.split(os.path.expandvars(line))[1:], *yes))
    assert [one.code for one in done] == [0] * 5, done
    worker = chain.call("vault", "worker", COLD.address)
    assert worker[:3] == (signer, True, 100 * ETHER // chain.deployment.unit)
    assert chain.w3.eth.get_balance(signer) == ETHER


def test_deploying__hand_over__offered_and_taken(
    chain: PlainChain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    successor = account("successor").address
    monkeypatch.setenv("OWNER_KEY", account("owner").key.hex())
    monkeypatch.setenv("NEW_OWNER", successor)
    chain.rpc("anvil_setBalance", successor, hex(ETHER))
    (code,) = blocks(page("deploying.md"), "python")
    exec(on_chain(code, chain), {})  # noqa: S102 - the project's own page
    assert capsys.readouterr().out.count(f"is offered to {successor}") == 2
    for name in ("registry", "queue"):
        call = {"from": successor, "to": chain.deployment.contracts[name], "data": "0x79ba5097"}
        chain.w3.eth.wait_for_transaction_receipt(chain.w3.eth.send_transaction(call))
        assert chain.call(name, "owner") == successor


def test_deploying__gas__as_the_page_says(chain: PlainChain) -> None:
    """It speaks of millions, which are looked up in the receipts of the creations."""
    said = page("deploying.md")
    blocks_of_it = range(chain.deployment.block, chain.deployment.block + 4)
    receipts = [
        chain.w3.eth.get_transaction_receipt(digest)
        for number in blocks_of_it
        for digest in chain.w3.eth.get_block(number)["transactions"]
    ]
    created = {receipt["contractAddress"]: receipt["gasUsed"] for receipt in receipts}
    assert created.keys() == set(chain.deployment.contracts.values()) - {chain.deployment.asset}
    for gas, words in (
        (created[chain.deployment.settlement], "the largest transaction: below {} million gas"),
        (sum(created.values()), "All together take below {} million"),
    ):
        assert words.format(gas // 10**6 + 1) in said or words.format(gas // 10**6 + 2) in said


def test_running_a_worker__cold_account__that_of_its_key() -> None:
    """The key that the page exports is of the account that its configuration names."""
    text = page("running-a-worker.md")
    key = text.split("export COLD_KEY=")[1].split()[0]
    assert f'worker = "{Account.from_key(key).address}"' in text


# --- python -m examples.ask ---


@pytest.fixture
def asker(chain: PlainChain) -> Client:
    """The example's account, with tokens, on a chain where somebody has published the digits."""
    client = ask.connect(url(chain), ask.NETWORK)
    chain.fund(client.address, ETHER)
    return client


def publish(chain: PlainChain) -> None:
    """The digits, whose files lie on this machine."""
    built = digits.build(Path("models"))
    chain.fund(DAPP.address, 0)
    publisher = Client(chain.w3, chain.deployment, DAPP, Settings(poll_seconds=0.01))
    uris = [built.artefact.resolve().as_uri()]
    publisher.register(built.name, built.artefact, built.manifest, uris=uris)


def test_ask__network_up__answer_history_and_cost(
    chain: PlainChain,
    asker: Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(chain)
    monkeypatch.setattr(Client, "post", followed(Client.post, chain))
    assert ask.main(["--url", url(chain), "--row", "0"]) == 0
    printed = capsys.readouterr().out
    assert "100.00%" in printed
    assert "3 seats right, 0 lost" in printed
    assert "0.006000" in printed  # three fees of 2,000 units of a millionth
    assert printed.count("Committed") == 3


def followed(post: Callable[..., PostedJob], chain: PlainChain) -> Callable[..., PostedJob]:
    """Posting, after which the workers set to work."""

    def posting(client: Client, version: bytes, inputs: Any, terms: Terms) -> PostedJob:
        posted = post(client, version, inputs, terms)
        Thread(target=see_through, args=(chain, posted.job)).start()
        return posted

    return posting


def test_ask__nothing_published__said(
    chain: PlainChain, asker: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main(["--url", url(chain)]) == 1
    assert "nobody has published a model named 'digits'" in capsys.readouterr().err


def test_ask__another_chain_on_the_port__said(
    chain: PlainChain, capsys: pytest.CaptureFixture[str]
) -> None:
    anew = {"network": ask.NETWORK, "genesis_hash": bytes(32)}
    chain.deployment.model_copy(update=anew).write(deployments.FOLDER)
    assert ask.main(["--url", url(chain)]) == 1
    assert "another chain is up" in capsys.readouterr().err


def test_ask__row_that_is_not_there__said(
    chain: PlainChain, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main(["--url", url(chain), "--row", "-1"]) == 1
    assert "choose from 0 to 449" in capsys.readouterr().err


def test_ask__nothing_on_the_port__how_to_start_a_network(
    chain: PlainChain, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main(["--url", "http://127.0.0.1:1"]) == 1
    assert "start a network with `make network`" in capsys.readouterr().err
