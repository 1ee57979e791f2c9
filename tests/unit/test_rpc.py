"""What goes wrong on the way to a node, without what is secret in its address."""

import traceback
from json import JSONDecodeError
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from requests import ConnectionError as NoConnectionError
from requests import HTTPError
from web3 import Web3
from web3.exceptions import BlockNumberOutOfRange

from assay.contract_errors import ContractError
from assay.rpc import RefusedByNodeError, RpcError, UnreachableRpcError, host, request, translated
from tests.unit.nodes import node

PLACE = Web3.to_checksum_address("0x" + "11" * 20)
JOB = b"\x01" * 32
REVERT = (
    "0x" + (keccak(text="NoCallback(bytes32)")[:4] + encode(("bytes32",), (b"\x01" * 32,))).hex()
)


def calling(answer: Any) -> Web3:
    """A node that answers so to every call."""
    return node(eth_chainId="0x1", eth_call=answer)


def call(w3: Web3) -> None:
    w3.eth.call({"to": PLACE, "data": "0x"})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "failure",
    [
        NoConnectionError("/v3/secret-key"),
        HTTPError("401 for /v3/secret-key"),
        TimeoutError("user:password"),
        JSONDecodeError("secret-key", "<html>", 0),
    ],
)
def test_translated__no_answer__said_without_secrets(failure: Exception) -> None:
    w3 = calling(failure)
    with pytest.raises(UnreachableRpcError, match="check that it runs") as caught, translated(w3):
        call(w3)
    shown = "".join(traceback.format_exception(caught.value))
    assert "no answer from the node at https://node.example:8545" in shown
    assert "secret-key" not in shown
    assert "password" not in shown


@pytest.mark.parametrize(
    "error",
    [
        {"code": 3, "message": "execution reverted", "data": REVERT},
        {"code": 3, "message": "execution reverted", "data": {"data": REVERT}},
        {"code": -32015, "message": "VM execution error.", "data": "Reverted " + REVERT},
    ],
)
@pytest.mark.filterwarnings("ignore:Could not decode revert reason")
def test_translated__revert__the_contracts_error(error: dict[str, Any]) -> None:
    w3 = calling({"error": error})
    with pytest.raises(ContractError) as caught, translated(w3):
        call(w3)
    assert (caught.value.name, caught.value.values) == ("NoCallback", {"job_id": JOB})


def test_translated__revert_without_data__no_reason() -> None:
    w3 = calling({"error": {"code": 3, "message": "execution reverted", "data": "0x"}})
    with pytest.raises(ContractError, match="NoReason"), translated(w3):
        call(w3)


def test_translated__another_error_of_the_node__its_message() -> None:
    w3 = calling({"error": {"code": -32005, "message": "too many requests"}})
    with pytest.raises(RefusedByNodeError, match="answered: too many requests"), translated(w3):
        call(w3)


def test_translated__web3_itself_refuses__its_kind_named() -> None:
    with (
        pytest.raises(RpcError, match="BlockNumberOutOfRange"),
        translated(node()),
    ):
        raise BlockNumberOutOfRange


def test_translated__error_of_the_caller__let_through() -> None:
    with pytest.raises(KeyError), translated(node()):
        raise KeyError("not of a node")


def test_request__answer_without_json_rpc__unreachable() -> None:
    with pytest.raises(UnreachableRpcError):
        request(node(eth_chainId=JSONDecodeError("no", "<html>", 0)), "eth_chainId")


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://user:password@node.example/v3/key", "https://node.example"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("wss://node.example:443/key?token=1", "wss://node.example:443"),
        (None, "TableProvider"),
    ],
)
def test_host__address_of_a_node__scheme_host_and_port(uri: str | None, shown: str) -> None:
    w3 = node()
    w3.provider.endpoint_uri = uri  # type: ignore[attr-defined]
    assert host(w3) == shown
