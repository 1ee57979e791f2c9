"""JSON-RPC as it is: plain values, several calls in one request.

web3 formats every answer, which takes longer than to ask; the worker needs few of its forms.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from assay import reverts
from assay.contract_errors import ContractError
from assay.deadlines import TimedTransport, within
from assay.rpc import RefusedByNodeError, UnreachableRpcError

Call = tuple[str, Sequence[Any]]
"""Method and parameters."""

_REVERTED = 3
_ANSWER_SECONDS = 10.0
"""For a whole answer, unless the caller is in more of a hurry (`assay.deadlines.within`)."""
_MOST_BYTES = 128 << 20
_MOST_CALLS = 100
_TOO_MANY_REQUESTS = 429
_TOO_LARGE = 413
_NO_ENTRY = (401, 402, 403)
_FAULT_OF_THE_SERVER = 500
_LIMIT_EXCEEDED = -32_005
_RATE_WORDS = ("rate limit", "too many requests", "request limit", "compute units")
_DEFAULT_REST_SECONDS = 1.0
_LONGEST_REST_SECONDS = 300.0
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


class RateLimitedError(UnreachableRpcError):
    """The node wants to be left alone for a while."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class _BatchTooLargeError(Exception):
    """The node takes no so many calls in one request."""


class Node:
    """One node. Close it.

    Raises UnreachableRpcError when no answer comes, or none of JSON-RPC, RateLimitedError, and
    RefusedByNodeError. Nothing is asked twice, but for batches that are too large for the node:
    the next cycle asks again.
    """

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._client = httpx.Client(
            timeout=_ANSWER_SECONDS, headers=_HEADERS, transport=transport or TimedTransport()
        )
        self._ids = itertools.count(1)
        self._most_calls = _MOST_CALLS

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
            self._heed(refusal)
            raise RefusedByNodeError(f"the node at {self.host} refused {method}: {refusal}")
        return answer.get("result")

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """The answers to several calls, in as few requests as nodes allow.

        A call refused gives a Refusal.
        """
        answers: list[Any] = []
        while len(answers) < len(calls):
            try:
                answers += self._batch(calls[len(answers) :][: self._most_calls])
            except _BatchTooLargeError as error:
                if self._most_calls == 1:
                    raise RefusedByNodeError(f"the node at {self.host}: {error}") from None
                self._most_calls //= 2
        return answers

    def tell_all(self, calls: Sequence[Call]) -> list[Any]:
        """Hand something to the node: the same as to ask."""
        return self.ask_all(calls)

    def turn_away(self) -> None:
        """The node is behind what was read before; there is no other one."""

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _batch(self, calls: Sequence[Call]) -> list[Any]:
        requests = [self._request(method, params) for method, params in calls]
        answers = self._post(requests)
        if isinstance(answers, dict):
            refusal = Refusal.of(answers.get("error", answers))
            self._heed(refusal)
            if "batch" in refusal.message.lower():
                raise _BatchTooLargeError(f"refused a batch: {refusal}")
            raise RefusedByNodeError(f"the node at {self.host} refused a batch: {refusal}")
        found = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        ordered = [found.get(request["id"]) for request in requests]
        if None in ordered:
            raise self._unreachable("answers to other calls")
        results = [
            Refusal.of(answer["error"]) if "error" in answer else answer.get("result")
            for answer in ordered
            if answer is not None
        ]
        for result in results:
            if isinstance(result, Refusal):
                self._heed(result)
        return results

    def _heed(self, refusal: Refusal) -> None:
        """Raises RateLimitedError if that is what the refusal means."""
        text = refusal.message.lower()
        if refusal.data is None and (
            refusal.code == _LIMIT_EXCEEDED or any(word in text for word in _RATE_WORDS)
        ):
            raise self._limited(_DEFAULT_REST_SECONDS)

    def _limited(self, seconds: float) -> RateLimitedError:
        return RateLimitedError(
            f"the node at {self.host} wants no more requests for {seconds:g} s: its plan may be "
            "too small for this worker",
            seconds,
        )

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: Any) -> Any:
        try:
            with (
                within(_ANSWER_SECONDS),
                self._client.stream("POST", self._url, content=json.dumps(body)) as response,
            ):
                self._require_ok(response, several=isinstance(body, list))
                content = self._content(response)
            answer = json.loads(content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(type(error).__name__) from None
        except ValueError:
            raise self._unreachable(f"HTTP {response.status_code} without JSON") from None
        if not isinstance(answer, dict | list):
            raise self._unreachable("an answer that is no JSON-RPC")
        return answer

    def _require_ok(self, response: httpx.Response, *, several: bool) -> None:
        code = response.status_code
        if code == _TOO_MANY_REQUESTS:
            raise self._limited(_rest_seconds(response.headers.get("retry-after")))
        if code == _TOO_LARGE and several:
            raise _BatchTooLargeError("HTTP 413 for a batch")
        if code in _NO_ENTRY or code >= _FAULT_OF_THE_SERVER:
            raise self._unreachable(f"HTTP {code}")

    def _content(self, response: httpx.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES:
                raise self._unreachable(f"more than {_MOST_BYTES} bytes")
        return bytes(content)

    def _unreachable(self, what: str) -> UnreachableRpcError:
        return UnreachableRpcError(
            f"no answer from the node at {self.host} ({what}): check that it runs, that its "
            "address is right and that it lets you in"
        )


def _rest_seconds(header: str | None) -> float:
    """How long to leave the node alone: seconds, or a date, as HTTP has it."""
    if header is None:
        return _DEFAULT_REST_SECONDS
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return _DEFAULT_REST_SECONDS
        seconds = until.timestamp() - time.time()
    return min(max(seconds, 0.0), _LONGEST_REST_SECONDS)
