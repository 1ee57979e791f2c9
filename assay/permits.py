"""Allowances by signature (EIP-2612), which save a deposit its first transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak

from assay import rpc
from assay.chain import Chain
from assay.contract_errors import ContractError

_VALID_SECONDS = 3_600
_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_PERMIT = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit:
    """A signed allowance."""

    amount: int
    deadline: int
    v: int
    r: bytes
    s: bytes


def taken(chain: Chain, account: LocalAccount) -> bool:
    """Whether the asset says that it takes such signatures, and the account can give one."""
    return hasattr(account, "sign_typed_data") and _domain(chain) is not None


def sign(chain: Chain, account: LocalAccount, amount: int) -> Permit | None:
    """The vault's allowance of `amount` wei of the asset, signed by the account.

    None when the asset takes no such signatures, or when the account cannot sign typed data.
    Raises UnreachableRpcError.
    """
    if not hasattr(account, "sign_typed_data"):
        return None
    domain = _domain(chain)
    nonce = None if domain is None else _read(chain, "nonces", account.address)
    if nonce is None:
        return None
    with rpc.translated(chain.w3):
        deadline = int(chain.w3.eth.get_block("latest")["timestamp"]) + _VALID_SECONDS
    signed = account.sign_typed_data(
        domain_data=domain,
        message_types=_PERMIT,
        message_data={
            "owner": account.address,
            "spender": chain.deployment.vault,
            "value": amount,
            "nonce": nonce,
            "deadline": deadline,
        },
    )
    return Permit(
        amount=amount,
        deadline=deadline,
        v=signed.v,
        r=signed.r.to_bytes(32, "big"),
        s=signed.s.to_bytes(32, "big"),
    )


def _domain(chain: Chain) -> dict[str, Any] | None:
    """The domain the asset signs in: the one that hashes to its separator, or none known here."""
    separator = _read(chain, "DOMAIN_SEPARATOR")
    name = _read(chain, "name")
    if separator is None or name is None:
        return None
    chain_id, asset = chain.deployment.chain_id, chain.deployment.asset
    for version in _versions(chain):
        if _separator(name, version, chain_id, asset) == bytes(separator):
            return {
                "name": name,
                "version": version,
                "chainId": chain_id,
                "verifyingContract": asset,
            }
    return None


def _versions(chain: Chain) -> Iterator[str]:
    """The standard does not say where the version is told; most tokens have 1."""
    yield "1"
    told = _read(chain, "version")
    if told is not None:
        yield str(told)


def _separator(name: str, version: str, chain_id: int, asset: ChecksumAddress) -> bytes:
    return keccak(
        encode(
            ("bytes32", "bytes32", "bytes32", "uint256", "address"),
            (keccak(text=_DOMAIN), keccak(text=name), keccak(text=version), chain_id, asset),
        )
    )


def _read(chain: Chain, function: str, *arguments: Any) -> Any:
    """What a function of the asset returns; None if it has no such function."""
    try:
        return chain.call(getattr(chain.asset.functions, function)(*arguments))
    except rpc.UnreachableRpcError:
        raise
    except (ContractError, rpc.RpcError):
        return None
