"""JSON-RPC as it is: plain values, several calls in one request.

web3 formats every answer, which takes longer than the answer; here only its transport is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import requests
from requests.utils import get_environ_proxies
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.providers.rpc import HTTPProvider
from web3.types import RPCEndpoint

from assay import reverts
from assay.contract_errors import ContractError
from assay.rpc import RefusedByNodeError, UnreachableRpcError, host, request

Call = tuple[str, Sequence[Any]]
"""Method and parameters."""

_REVERTED = 3
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error a node answered one call with."""

    code: int
    message: str
    data: bytes | None = None
    """What a reverted call returned; None when the call did not revert."""

    @classmethod
    def of(cls, error: Mapping[str, Any]) -> Refusal:
        """From the error object of an answer."""
        code, message, data = error.get("code", 0), str(error.get("message", error)), None
        raw = error.get("data")
        if isinstance(raw, str) and raw.startswith("0x"):
            data = bytes.fromhex(raw[2:])
        elif code == _REVERTED or "revert" in message.lower():
            data = b""
        return cls(code, message, data)

    @property
    def revert(self) -> ContractError | None:
        """What the contract refused, or None when it was the node that did."""
        return None if self.data is None else reverts.decode(self.data)

    def __str__(self) -> str:
        return str(self.revert or f"{self.message} (error {self.code})")


class Node:
    """One node. Raises UnreachableRpcError and RefusedByNodeError (`assay.rpc`)."""

    def __init__(self, w3: Web3) -> None:
        self.w3 = w3

    @classmethod
    def at(cls, url: str) -> Node:
        """The node at an HTTP address. Failed requests are not repeated: the next cycle is."""
        session = requests.Session()
        session.proxies.update(get_environ_proxies(url))
        session.trust_env = False  # else the environment is searched again for each request
        provider = HTTPProvider(
            url,
            request_kwargs={"timeout": _TIMEOUT_SECONDS},
            session=session,
            exception_retry_configuration=None,
        )
        return cls(Web3(provider))

    def ask(self, method: str, *params: Any) -> Any:
        """The answer to one call."""
        return request(self.w3, method, *params)

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """The answers to several calls in one request; a call refused gives a Refusal."""
        if not calls:
            return []
        provider = cast(HTTPProvider, self.w3.provider)
        batch = [(RPCEndpoint(method), list(params)) for method, params in calls]
        try:
            answers = provider.make_batch_request(batch)
        except (OSError, ValueError, TypeError, Web3Exception) as error:
            raise UnreachableRpcError(
                f"no answer from the node at {host(self.w3)} ({type(error).__name__})"
            ) from None
        if not isinstance(answers, list):
            message = Refusal.of(cast(Mapping[str, Any], answers.get("error", {})))
            raise RefusedByNodeError(f"the node at {host(self.w3)} refused a batch: {message}")
        if len(answers) != len(calls):
            raise UnreachableRpcError(
                f"the node at {host(self.w3)} gave {len(answers)} answers to {len(calls)} calls"
            )
        return [
            Refusal.of(cast(Mapping[str, Any], answer["error"]))
            if "error" in answer
            else answer["result"]
            for answer in answers
        ]
