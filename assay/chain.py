"""The contracts of one deployment, read through one web3."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eth_typing import BlockNumber, ChecksumAddress, HexStr
from web3 import Web3
from web3.contract.contract import Contract, ContractFunction
from web3.types import BlockIdentifier, FilterParams, LogReceipt

from assay import abi, rpc
from assay.deployments import Deployment
from assay.events import Event, decode

LOG_SPAN = 5_000
"""Blocks asked for in one request for logs; many nodes refuse more than some thousands."""

Topics = Sequence[HexStr | Sequence[HexStr] | None]
"""What the topics of a log must be, by position; None for any."""

_UINT = {"type": "uint256"}
_ADDRESS = {"type": "address"}
_BOOL = {"type": "bool"}
_WORD = {"type": "bytes32"}
_TEXT = {"type": "string"}


class Chain:
    """Calls and logs of a deployment's contracts. Errors are those of `rpc.translated`."""

    def __init__(self, w3: Web3, deployment: Deployment, log_span: int = LOG_SPAN) -> None:
        self.w3 = w3
        self.deployment = deployment
        self._log_span = log_span
        self.registry = self._contract(deployment.registry, abi.load("ModelRegistry"))
        self.vault = self._contract(deployment.vault, abi.load("StakeVault"))
        self.queue = self._contract(deployment.queue, abi.load("JobQueue"))
        self.settlement = self._contract(deployment.settlement, abi.load("Settlement"))
        self.asset = self._contract(
            deployment.asset,
            [
                _erc20("balanceOf", [_ADDRESS], _UINT, "view"),
                _erc20("allowance", [_ADDRESS, _ADDRESS], _UINT, "view"),
                _erc20("approve", [_ADDRESS, _UINT], _BOOL, "nonpayable"),
                # What a token with permits (EIP-2612) has besides.
                _erc20("name", [], _TEXT, "view"),
                _erc20("version", [], _TEXT, "view"),
                _erc20("nonces", [_ADDRESS], _UINT, "view"),
                _erc20("DOMAIN_SEPARATOR", [], _WORD, "view"),
            ],
        )

    def call(self, function: ContractFunction, block: BlockIdentifier = "latest") -> Any:
        """What a view function returns."""
        with rpc.translated(self.w3):
            return function.call(block_identifier=block)

    def head(self) -> int:
        """Number of the newest block."""
        with rpc.translated(self.w3):
            return self.w3.eth.block_number

    def events_backwards(
        self,
        *wanted: Topics,
        of: Sequence[ChecksumAddress] | None = None,
        first: int = 0,
        spans: int = 1,
    ) -> Iterator[list[Event]]:
        """Events of queue and settlement that match one of the lists of topics, newest first.

        One list for a range of blocks, down to the deployment's. Asks for less at once when a node
        refuses.

        Args:
            of: contracts to ask for instead of those two.
            first: block before which nothing is asked for.
            spans: how many times as many blocks as usual are asked for at once, where events are
                rare.
        """
        places = of or (self.deployment.queue, self.deployment.settlement)
        first, last = max(first, self.deployment.block), self.head()
        span = self._log_span * spans
        while last >= first:
            low = max(first, last - span + 1)
            try:
                logs = [log for topics in wanted for log in self._logs(places, topics, low, last)]
            except rpc.RefusedByNodeError:
                if span == 1:
                    raise
                span = max(1, span // 4)
                continue
            yield sorted(self.decode(logs), key=lambda event: event.at.order, reverse=True)
            last = low - 1

    def decode(self, logs: Iterable[LogReceipt]) -> Iterator[Event]:
        """The events among logs of this deployment's contracts; others are passed over."""
        ours = {*self.deployment.contracts.values()} - {self.deployment.asset}
        for log in logs:
            event = decode(log) if log["address"] in ours else None
            if event is not None:
                yield event

    def _logs(
        self, places: Sequence[ChecksumAddress], topics: Topics, low: int, high: int
    ) -> list[LogReceipt]:
        wanted: FilterParams = {
            "address": list(places),
            "topics": topics,
            "fromBlock": BlockNumber(low),
            "toBlock": BlockNumber(high),
        }
        with rpc.translated(self.w3):
            return self.w3.eth.get_logs(wanted)

    def _contract(self, place: ChecksumAddress, entries: list[dict[str, Any]]) -> Contract:
        return self.w3.eth.contract(address=place, abi=entries)


def _erc20(
    name: str, inputs: list[dict[str, str]], output: dict[str, str], mutability: str
) -> dict[str, Any]:
    named = [{"name": f"input{index}", **item} for index, item in enumerate(inputs)]
    return {
        "type": "function",
        "name": name,
        "inputs": named,
        "outputs": [{"name": "", **output}],
        "stateMutability": mutability,
    }
