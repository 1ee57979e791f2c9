"""The way to a node: what can go wrong on it, told without what is secret.

Addresses of nodes often carry a key in their path or their user name, and the errors of the HTTP
libraries repeat them. Here only the host is shown, and the causes are dropped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Any
from urllib.parse import SplitResult, urlsplit

from web3 import Web3
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError
from web3.types import RPCEndpoint

from assay import reverts
from assay.errors import AssayError


class RpcError(AssayError):
    """Something went wrong between here and the chain, rather than in a contract."""


class UnreachableRpcError(RpcError):
    """No answer, or none of JSON-RPC, came from the node."""


class RefusedByNodeError(RpcError):
    """The node answered with an error of its own."""


@contextmanager
def translated(w3: Web3) -> Iterator[None]:
    """Turns what web3 and its HTTP library raise inside into this package's errors.

    Raises:
        ContractError: a contract refused the call or transaction.
        UnreachableRpcError: the node cannot be reached.
        RefusedByNodeError: the node answered with an error.
    """
    try:
        yield
    except ContractLogicError as error:
        raise _contract_error(error) from None
    except Web3RPCError as error:
        raise RefusedByNodeError(f"the node at {host(w3)} answered: {_message(error)}") from None
    except Web3Exception as error:
        raise RpcError(f"the node at {host(w3)}: {type(error).__name__}: {error}") from None
    except (OSError, JSONDecodeError) as error:  # requests' errors are OSErrors
        raise _unreachable(w3, error) from None


def request(w3: Web3, method: str, *params: Any) -> Any:
    """The result of one JSON-RPC call as the node sends it, past web3's own reading of it.

    Raises UnreachableRpcError or RefusedByNodeError.
    """
    try:
        response = w3.provider.make_request(RPCEndpoint(method), list(params))
    except (OSError, JSONDecodeError, Web3Exception) as error:
        raise _unreachable(w3, error) from None
    if "error" in response:
        raise RefusedByNodeError(
            f"the node at {host(w3)} refused {method}: {_text(response['error'])}"
        )
    return response["result"]


def host(w3: Web3) -> str:
    """The node's address without what may be secret in it."""
    parts = _address(w3)
    if not parts.hostname:
        return type(w3.provider).__name__
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def hostname(w3: Web3) -> str | None:
    """Name or address of the machine the node is on; None where a provider has none."""
    return _address(w3).hostname


def _address(w3: Web3) -> SplitResult:
    return urlsplit(str(getattr(w3.provider, "endpoint_uri", "") or ""))


def _contract_error(error: ContractLogicError) -> AssayError:
    data = error.data
    if isinstance(data, dict):  # some nodes wrap it once more
        data = data.get("data", "")
    if isinstance(data, str) and "0x" in data:
        return reverts.decode(data[data.index("0x") :])
    return reverts.decode(b"")


def _unreachable(w3: Web3, error: Exception) -> UnreachableRpcError:
    return UnreachableRpcError(
        f"no answer from the node at {host(w3)} ({type(error).__name__}): check that it runs, "
        "that its address is right and that it lets you in"
    )


def _message(error: Web3RPCError) -> str:
    response = error.rpc_response or {}
    return _text(response.get("error", "an error without a message"))


def _text(error: Any) -> str:
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
