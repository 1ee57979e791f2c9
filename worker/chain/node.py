"""JSON-RPC as it is: plain values, several calls in one request.

web3 formats every answer, which takes longer than to ask; the worker needs few of its forms.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from assay import reverts
from assay.contract_errors import ContractError
from assay.rpc import RefusedByNodeError, UnreachableRpcError

Call = tuple[str, Sequence[Any]]
"""Method and parameters."""

_REVERTED = 3
_TIMEOUT_SECONDS = 10
_MOST_CALLS = 100
_HEADERS = {"content-type": "application/json"}


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
    """One node. Close it.

    Raises UnreachableRpcError when no answer comes, or none of JSON-RPC, and RefusedByNodeError.
    Nothing is asked twice: the next cycle asks again.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._client = httpx.Client(timeout=_TIMEOUT_SECONDS, headers=_HEADERS, transport=transport)
        self._ids = itertools.count(1)

    @property
    def host(self) -> str:
        """Where the node is, without what may be secret in its address."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")

    def ask(self, method: str, *params: Any) -> Any:
        """The answer to one call."""
        answer = self._post(self._request(method, params))
        if not isinstance(answer, dict):
            raise self._unreachable("an answer that is no object")
        if "error" in answer:
            refusal = Refusal.of(answer["error"])
            raise RefusedByNodeError(f"the node at {self.host} refused {method}: {refusal}")
        return answer.get("result")

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """The answers to several calls, in as few requests as nodes allow.

        A call refused gives a Refusal.
        """
        answers: list[Any] = []
        for first in range(0, len(calls), _MOST_CALLS):
            answers += self._batch(calls[first : first + _MOST_CALLS])
        return answers

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _batch(self, calls: Sequence[Call]) -> list[Any]:
        requests = [self._request(method, params) for method, params in calls]
        answers = self._post(requests)
        if isinstance(answers, dict):
            refusal = Refusal.of(answers.get("error", answers))
            raise RefusedByNodeError(f"the node at {self.host} refused a batch: {refusal}")
        found = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        ordered = [found.get(request["id"]) for request in requests]
        if None in ordered:
            raise self._unreachable("answers to other calls")
        return [
            Refusal.of(answer["error"]) if "error" in answer else answer.get("result")
            for answer in ordered
            if answer is not None
        ]

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: Any) -> Any:
        try:
            response = self._client.post(self._url, content=json.dumps(body))
            answer = json.loads(response.content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(type(error).__name__) from None
        except ValueError:
            raise self._unreachable(f"HTTP {response.status_code} without JSON") from None
        if not isinstance(answer, dict | list):
            raise self._unreachable("an answer that is no JSON-RPC")
        return answer

    def _unreachable(self, what: str) -> UnreachableRpcError:
        return UnreachableRpcError(
            f"no answer from the node at {self.host} ({what}): check that it runs, that its "
            "address is right and that it lets you in"
        )
