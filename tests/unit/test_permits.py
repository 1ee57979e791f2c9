"""Signed allowances: for assets that take them, in the domain that they sign in, and else not."""

from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from assay import permits, rpc
from assay.chain import Chain
from tests.unit.nodes import node
from tests.unit.samples import ACCOUNT, DEPLOYMENT

NOW = 1_700_000_000
BLOCK = {"number": "0x1", "timestamp": hex(NOW), "hash": "0x" + "00" * 32}


def selector(signature: str) -> str:
    return "0x" + keccak(text=signature)[:4].hex()


def separator(name: str, version: str, chain_id: int = DEPLOYMENT.chain_id) -> bytes:
    kind = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    return keccak(
        encode(
            ("bytes32", "bytes32", "bytes32", "uint256", "address"),
            (
                keccak(kind),
                keccak(text=name),
                keccak(text=version),
                chain_id,
                DEPLOYMENT.asset,
            ),
        )
    )


def asset(**functions: Any) -> Chain:
    """A chain whose asset has these functions, and reverts for others."""
    answers = {
        "name": (selector("name()"), "string"),
        "version": (selector("version()"), "string"),
        "separator": (selector("DOMAIN_SEPARATOR()"), "bytes32"),
        "nonce": (selector("nonces(address)"), "uint256"),
    }
    table = {
        answers[name][0]: "0x" + encode((answers[name][1],), (value,)).hex()
        for name, value in functions.items()
    }

    def call(transaction: dict[str, str], _: str) -> Any:
        refusal = {"error": {"code": 3, "message": "execution reverted", "data": "0x"}}
        return table.get(transaction["data"][:10], refusal)

    w3 = node(
        eth_chainId=hex(DEPLOYMENT.chain_id), eth_call=call, eth_getBlockByNumber=lambda *_: BLOCK
    )
    return Chain(w3, DEPLOYMENT)


@pytest.mark.parametrize(
    "functions",
    [
        {"name": "Coin", "separator": separator("Coin", "1"), "nonce": 5},
        {"name": "Coin", "separator": separator("Coin", "2"), "nonce": 5, "version": "2"},
    ],
    ids=["version 1", "version told"],
)
def test_sign__asset_takes_permits__signed_by_the_account(functions: dict[str, Any]) -> None:
    found = permits.sign(asset(**functions), ACCOUNT, 77)
    assert found is not None
    assert (found.amount, found.deadline) == (77, NOW + 3_600)
    signable = encode_typed_data(
        domain_data={
            "name": "Coin",
            "version": functions.get("version", "1"),
            "chainId": DEPLOYMENT.chain_id,
            "verifyingContract": DEPLOYMENT.asset,
        },
        message_types={
            "Permit": [
                {"name": name, "type": kind}
                for name, kind in (
                    ("owner", "address"),
                    ("spender", "address"),
                    ("value", "uint256"),
                    ("nonce", "uint256"),
                    ("deadline", "uint256"),
                )
            ]
        },
        message_data={
            "owner": ACCOUNT.address,
            "spender": DEPLOYMENT.vault,
            "value": 77,
            "nonce": 5,
            "deadline": found.deadline,
        },
    )
    signature = (found.v, int.from_bytes(found.r, "big"), int.from_bytes(found.s, "big"))
    assert Account.recover_message(signable, vrs=signature) == ACCOUNT.address


@pytest.mark.parametrize(
    "functions",
    [
        {"name": "Coin"},
        {"name": "Coin", "separator": separator("Coin", "1")},
        {"separator": separator("Coin", "1"), "nonce": 5},
        {"name": "Coin", "separator": separator("Another", "1"), "nonce": 5},
        {"name": "Coin", "separator": separator("Coin", "1", chain_id=7), "nonce": 5},
        {"name": "Coin", "separator": separator("Coin", "3"), "nonce": 5, "version": "2"},
    ],
    ids=["no permits", "no nonces", "no name", "other name", "other chain", "other version"],
)
def test_sign__no_domain_that_fits__none(functions: dict[str, Any]) -> None:
    """A signature in another domain would only cost a failed transaction."""
    assert permits.sign(asset(**functions), ACCOUNT, 77) is None


def test_sign__account_signs_no_typed_data__none() -> None:
    class Signer:
        address = ACCOUNT.address

    chain = asset(name="Coin", separator=separator("Coin", "1"), nonce=5)
    assert permits.sign(chain, cast("LocalAccount", Signer()), 77) is None


def test_sign__node_gone__said() -> None:
    gone = node(eth_chainId=hex(DEPLOYMENT.chain_id), eth_call=ConnectionError("refused"))
    with pytest.raises(rpc.UnreachableRpcError):
        permits.sign(Chain(gone, DEPLOYMENT), ACCOUNT, 77)
