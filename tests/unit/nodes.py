"""A node that answers from a table, so that tests need no socket."""

from collections.abc import Callable, Mapping
from typing import Any

from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

Answer = Any
"""A result; an exception to raise; a dict with `error`; or a function of the parameters."""


class TableProvider(BaseProvider):
    """Answers each method with what the table holds, and remembers the calls."""

    endpoint_uri = "https://user:password@node.example:8545/v3/secret-key"

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        super().__init__()
        self.answers = dict(answers)
        self.calls: list[tuple[str, Any]] = []

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        self.calls.append((method, params))
        answer = self.answers[method]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(*params)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict) and "error" in answer:
            return {"jsonrpc": "2.0", "id": 1, **answer}  # type: ignore[typeddict-item]
        return {"jsonrpc": "2.0", "id": 1, "result": answer}


def node(**answers: Answer) -> Web3:
    """A web3 on a node with these answers."""
    return Web3(TableProvider(answers))
