"""Deployment files, and whether they fit the chain one is connected to."""

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from requests import ConnectionError as NoConnectionError

from assay.deployments import (
    AssetDiffersError,
    Deployment,
    DeploymentFileError,
    MissingCodeError,
    StaleDeploymentError,
    WrongChainError,
    load,
)
from assay.rpc import RefusedByNodeError, UnreachableRpcError
from tests.unit.nodes import node

GENESIS = "0x" + "9e" * 32
FIELDS: dict[str, Any] = {
    "network": "test",
    "chainId": 31_337,
    "genesisHash": GENESIS,
    "block": 4,
    "asset": "0x" + "01" * 20,
    "assetSymbol": "TOK",
    "assetDecimals": 6,
    "registry": "0x" + "02" * 20,
    "vault": "0x" + "03" * 20,
    "queue": "0x" + "04" * 20,
    "settlement": "0x" + "05" * 20,
    "unit": 10**12,
    "epoch": 3_600,
    "parameters": {"burn_bps": 2_000},
}
GOOD = {
    "eth_chainId": hex(31_337),
    "eth_getBlockByNumber": {"hash": GENESIS},
    "eth_getCode": "0x6001",
    "eth_call": "0x" + "6".zfill(64),
}


def deployment() -> Deployment:
    return Deployment(**FIELDS)


def test_load__written_by_itself__same(tmp_path: Path) -> None:
    path = deployment().write(tmp_path)
    assert json.loads(path.read_text()) == FIELDS
    assert load(path) == load("test", tmp_path) == deployment()
    assert list(tmp_path.iterdir()) == [path]


def test_load__addresses_in_lower_case__checksummed(tmp_path: Path) -> None:
    lower = FIELDS | {"vault": "0x" + "ab" * 20}
    (tmp_path / "test.json").write_text(json.dumps(lower))
    assert load("test", tmp_path).vault == "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"


def test_load__no_such_network__refused_with_those_there_are(tmp_path: Path) -> None:
    deployment().write(tmp_path)
    with pytest.raises(DeploymentFileError, match=r"no such file; networks in .*: test$"):
        load("main", tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "\ufffe", '{"network": 5}'])
def test_load__no_deployment__refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(DeploymentFileError, match=r"bad\.json is refused"):
        load(path)


def test_load__several_faults__all_named(tmp_path: Path) -> None:
    bad = FIELDS | {
        "network": "../up",
        "chainId": 0,
        "genesisHash": "0x12",
        "vault": "0xAbABABABABABABABABABABABABABABABABABABAB",
        "assetSymbol": "\x1b[2J",
        "assetDecimals": 78,
        "unit": "1",
    }
    del bad["epoch"]
    (tmp_path / "bad.json").write_text(json.dumps(bad))
    with pytest.raises(DeploymentFileError) as caught:
        load(tmp_path / "bad.json")
    names = {fault.split(":")[0] for fault in caught.value.faults}
    assert names == {
        "network",
        "chainId",
        "genesisHash",
        "vault",
        "assetSymbol",
        "assetDecimals",
        "unit",
        "epoch",
    }


def test_check__right_chain__passes() -> None:
    deployment().check(node(**GOOD))


def test_check__another_chain__refused() -> None:
    with pytest.raises(WrongChainError, match=r"is on chain 1, and .* on chain 31337"):
        deployment().check(node(**GOOD | {"eth_chainId": "0x1"}))


def test_check__chain_started_anew__refused_as_stale() -> None:
    other = {"eth_getBlockByNumber": {"hash": "0x" + "00" * 32}}
    with pytest.raises(StaleDeploymentError, match="deploy again"):
        deployment().check(node(**GOOD | other))


def test_check__contract_without_code__named() -> None:
    def code(place: str, _: str) -> str:
        return "0x" if place in (FIELDS["queue"], FIELDS["vault"]) else "0x6001"

    with pytest.raises(MissingCodeError, match=r"vault at 0x0303.*, queue at 0x0404") as caught:
        deployment().check(node(**GOOD | {"eth_getCode": code}))
    assert "registry" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    ["0x" + "9".zfill(64), "0x", "0x06", {"error": {"code": 3, "message": "execution reverted"}}],
)
def test_check__asset_with_other_decimals__refused(answer: Any) -> None:
    """A file could pass 500 of the asset for a half."""
    with pytest.raises(AssetDiffersError, match="counts the asset with 6 decimals"):
        deployment().check(node(**GOOD | {"eth_call": answer}))


def test_check__asset_that_says_none__counts_in_wei() -> None:
    none = Deployment(**FIELDS | {"assetDecimals": 0})
    none.check(node(**GOOD | {"eth_call": "0x"}))


@pytest.mark.parametrize(
    "failure", [NoConnectionError("/v3/secret-key"), TimeoutError("password"), OSError()]
)
def test_check__no_node__said_without_the_secrets_of_its_address(failure: Exception) -> None:
    with pytest.raises(UnreachableRpcError) as caught:
        deployment().check(node(eth_chainId=failure))
    shown = "".join(traceback.format_exception(caught.value))
    assert "https://node.example:8545" in shown
    assert "secret-key" not in shown
    assert "password" not in shown


def test_check__node_refuses__its_reason() -> None:
    answers = {"eth_chainId": {"error": {"code": -32005, "message": "rate limit"}}}
    with pytest.raises(RefusedByNodeError, match="refused eth_chainId: rate limit"):
        deployment().check(node(**answers))
